// What the tests of the page share: its address, a watch on errors, axe, screenshots.
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

export const serverUrl = (): string => process.env.STREAMFLOW_E2E_URL ?? '';
export const pageUrl = (search: Record<string, string> = {}): string => `${serverUrl()}/?${new URLSearchParams(search).toString()}`;

// Every test fails when the page logs an error, breaks its Content-Security-Policy or asks another host for anything.
// Answers of 4xx that a test provokes are named in `expected`.
export const test = base.extend<{ expected: RegExp[] }>({
  expected: [[], { option: true }],
  page: async ({ page, expected }, use) => {
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !expected.some((each) => each.test(message.text()))) wrong.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(serverUrl()).host) wrong.push(`asked ${host}`);
    });
    await use(page);
    expect(wrong).toEqual([]);
  },
});

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
}

// `documented` pictures are also those of the README and docs/web.md.
export async function screenshot(page: Page, name: string, documented = false): Promise<void> {
  const project = test.info().project.name;
  const file = path.join(root, 'build/e2e', `${name}-${project}.png`);
  await page.screenshot({ path: file, animations: 'disabled' });
  if (documented && process.env.STREAMFLOW_SCREENSHOTS) {
    mkdirSync(path.join(root, 'docs/images'), { recursive: true });
    copyFileSync(file, path.join(root, 'docs/images', `${name}-${project}.png`));
  }
}

export async function rowsShown(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.locator('[data-state]').filter({ hasText: text })).toBeVisible();
}

export { expect };
