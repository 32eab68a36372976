import react from '@vitejs/plugin-react';
import { fileURLToPath, URL } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mantineVariables } from './build-tools/mantineVariables.ts';

// The page is built into STREAMFLOW_WEB_OUT (the CMake build folder) and served by the C++ server. `npm run dev` serves it
// with a proxy to a running server.
const server = process.env.STREAMFLOW_URL ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react(), mantineVariables()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: process.env.STREAMFLOW_WEB_OUT ?? '../build/web/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/docs', '/openapi.json', '/health', '/metrics'].map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server, 'sec-fetch-site': 'same-origin' } },
      ]),
    ),
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/testing/setup.ts'],
    env: { TZ: 'Europe/Berlin' },
    include: ['src/**/*.test.{ts,tsx}', 'build-tools/**/*.test.ts'],
  },
});
