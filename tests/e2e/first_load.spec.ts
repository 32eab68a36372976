// How much the browser must fetch before the page can be used, and that charts wait until they are wanted.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, pageUrl, test } from './page';

const DIST = path.resolve(__dirname, '../../build/release/web/dist');
const FIRST_LOAD_BYTES_MAX = 350 * 1024;

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

test('first load stays within 350 KiB gzipped, editor included', () => {
  const manifest = JSON.parse(readFileSync(path.join(DIST, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    chunk.css?.forEach((file) => files.add(file));
    chunk.imports?.forEach(visit);
  };
  visit('index.html');
  visit('src/explore/editor/SqlEditor.tsx'); // loads at once, beside the frame
  expect(files.size).toBeGreaterThan(2);
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(DIST, file))).length, 0);
  console.log(`first load: ${(bytes / 1024).toFixed(1)} KiB gzipped in ${files.size} files`);
  expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
  expect([...files].some((file) => /chart/i.test(file))).toBe(false);
  expect(existsSync(path.join(DIST, 'index.html'))).toBe(true);
});

test('the browser fetches no more than that', async ({ page }) => {
  const sizes: number[] = [];
  page.on('response', async (response) => {
    if (!response.url().includes('/assets/')) return;
    expect(response.headers()['cache-control']).toContain('immutable');
    sizes.push((await response.request().sizes()).responseBodySize);
  });
  await page.goto(pageUrl());
  await expect(page.getByRole('textbox', { name: 'SQL' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
});
