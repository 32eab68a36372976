// The web application against the real server: `./run test` runs it, `./run test --e2e [options]` runs it alone.
// Screenshots go to build/e2e; with STREAMFLOW_SCREENSHOTS=1 those of the documentation are written to docs/images too.
import { defineConfig } from '@playwright/test';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const desktop = { width: 1440, height: 900 };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export default defineConfig({
  testDir: __dirname,
  outputDir: path.join(root, 'build/e2e/traces'),
  globalSetup: './server.ts',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: [['line'], ['junit', { outputFile: process.env.STREAMFLOW_E2E_JUNIT ?? path.join(root, 'build/e2e/results.xml') }]],
  use: {
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.STREAMFLOW_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop-light', testIgnore: /phone\.spec/, use: { viewport: desktop, colorScheme: 'light' } },
    { name: 'desktop-dark', testMatch: /states\.spec/, use: { viewport: desktop, colorScheme: 'dark' } },
    { name: 'phone-light', testMatch: /(states|phone)\.spec/, use: { ...phone, colorScheme: 'light' } },
    { name: 'phone-dark', testMatch: /states\.spec/, use: { ...phone, colorScheme: 'dark' } },
  ],
});
