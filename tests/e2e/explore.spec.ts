// What one does on the Explore page, on a desktop.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, pageUrl, rowsShown, test } from './page';

const MEANS = "SELECT time_bucket(INTERVAL '6 hours', time) AS time, station, avg(temperature) AS temperature FROM weather GROUP BY ALL ORDER BY time";

// By a click: keys are ignored for a moment after the list has opened, and again when it is asked for anew.
async function acceptCompletion(page: Page, text: string) {
  await page.locator('.cm-tooltip-autocomplete li').filter({ hasText: text }).first().click();
  await expect(page.locator('.cm-content')).toContainText(text);
}

test('browses tables, columns and tag values, and writes them into the query', async ({ page }) => {
  await page.goto(pageUrl());
  await expect(page.getByRole('heading', { name: 'weather' })).toBeVisible();
  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Search tables, columns and tag values' });
  await expect(search).toBeFocused();
  await search.fill('harb');
  await page.getByRole('region', { name: 'Tag values' }).getByRole('button', { name: /harbour/ }).click();
  await rowsShown(page, '1 000 rows');
  await expect(page.locator('.cm-content')).toContainText("station = 'harbour'");
  await search.fill('weather');
  await page.getByRole('button', { name: /^weather \d/ }).click();
  await page.getByRole('button', { name: 'Values of station' }).click();
  await page.getByRole('button', { name: /^hill/ }).click();
  await expect(page.locator('.cm-content')).toContainText("station = 'hill'");
});

test('completes names and tag values, and runs with Ctrl-Enter', async ({ page }) => {
  await page.goto(pageUrl());
  const editor = page.getByRole('textbox', { name: 'SQL' });
  await editor.click();
  await page.keyboard.type('SELECT count(*) FROM wea');
  await acceptCompletion(page, 'weather');
  await page.keyboard.type(" WHERE station = 'ai");
  await acceptCompletion(page, 'airport');
  await page.keyboard.press('Control+Enter');
  await rowsShown(page, '1 row');
  await expect(page.getByRole('gridcell')).toHaveText('1440');
  expect(new URL(page.url()).searchParams.get('q')).toContain('airport');
});

test('keeps nanoseconds, shows NULL, and says UTC when asked', async ({ page }) => {
  await page.goto(pageUrl({ q: "SELECT time, station, gust FROM weather WHERE station = 'hill' ORDER BY time LIMIT 2" }));
  await rowsShown(page, '2 rows');
  const first = page.getByRole('gridcell').first();
  await expect(first).toHaveText('2024-01-01 01:00:00.123456789');
  await expect(first).toHaveAttribute('title', /2024-01-01 00:00:00\.123456789 UTC\n.*\n1704067200123456789 ns/);
  await page.keyboard.press('z');
  await expect(first).toHaveText('2024-01-01 00:00:00.123456789');
  await expect(page.getByRole('gridcell').nth(5)).toHaveText('NULL');
});

test('shows a million rows, sorts and filters them, reaches the last, copies cells', async ({ page }) => {
  await page.goto(pageUrl({ q: "SELECT i, (i * 7919) % 1000003 AS mixed, 'row ' || i AS name FROM range(1000000) t(i)" }));
  await rowsShown(page, '1 000 000 rows');
  const grid = page.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('Control+End');
  await expect(page.getByRole('gridcell', { name: 'row 999999', exact: true })).toBeVisible();
  await page.getByRole('button', { name: /^mixed/ }).click();
  await page.keyboard.press('Escape');
  await grid.focus();
  await page.keyboard.press('Control+Home');
  await expect(page.locator('[data-row="0"][data-column="1"]')).toHaveText('0');
  await expect(page.locator('[data-row="1"][data-column="1"]')).toHaveText(/^[123]$/);
  await page.getByRole('searchbox', { name: 'Filter rows' }).fill('row 99999');
  await expect(page.getByText('11 of 1 000 000 rows')).toBeVisible();
  await page.locator('[data-row="0"][data-column="2"]').click();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Control+c');
  await expect(page.getByText('Copied 2 cells')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^\d+\trow 99999\d?$/);
  expect(new URL(page.url()).searchParams.get('sort')).toBe('mixed');
});

test('keeps and drops rows by a cell, and shows hostile names as text', async ({ page }) => {
  await page.goto(pageUrl({ q: 'SELECT * FROM "odd table"' }));
  await rowsShown(page, '1 row');
  await expect(page.getByRole('gridcell').nth(1)).toContainText('<img src=x onerror=alert(1)>');
  await page.goto(pageUrl({ q: 'SELECT station, count(*) AS rows FROM weather GROUP BY 1 ORDER BY 1' }));
  await page.getByRole('gridcell', { name: 'hill' }).click();
  await page.getByRole('button', { name: 'Without' }).click();
  await expect(page.getByText('2 of 3 rows')).toBeVisible();
  await page.getByRole('button', { name: /station ≠ hill/ }).click();
  await expect(page.getByRole('gridcell', { name: 'hill' })).toBeVisible();
});

test('cancels a running query', async ({ page }) => {
  await page.goto(pageUrl());
  await page.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.type('SELECT count(*) FROM range(3000000) a(x), range(30000) b(y) WHERE (x * y) % 7 = 3');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Run/ }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible();
});

test('draws a chart, zooms into the address, and comes back', async ({ page }) => {
  await page.goto(pageUrl({ q: MEANS, tab: 'chart' }));
  const canvas = page.locator('canvas').first();
  await expect(canvas).toBeVisible();
  await page.waitForTimeout(1000);
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the chart has no size');
  const y = box.y + box.height / 2;
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + box.width * 0.35, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 8 });
  await page.mouse.move(box.x + box.width * 0.65, y, { steps: 8 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect.poll(() => new URL(page.url()).searchParams.has('from')).toBe(true);
  const { searchParams } = new URL(page.url());
  expect(BigInt(searchParams.get('from') ?? 0)).toBeLessThan(BigInt(searchParams.get('to') ?? 0));
  await page.getByRole('button', { name: 'Show all times' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.has('from')).toBe(false);
});

test('goes live: newer rows arrive by themselves', async ({ page }) => {
  await page.goto(pageUrl({ q: 'SELECT max(time) AS newest FROM host_load' }));
  await rowsShown(page, '1 row');
  const cell = page.getByRole('gridcell');
  const before = await cell.textContent();
  await page.getByRole('button', { name: 'Live' }).click();
  await expect(cell).not.toHaveText(before ?? '', { timeout: 10_000 });
  expect(new URL(page.url()).searchParams.get('live')).toBe('1');
});

test('exports CSV, JSON and Arrow from the server', async ({ page }) => {
  await page.goto(pageUrl({ q: 'SELECT station, count(*) AS rows FROM weather GROUP BY 1 ORDER BY 1' }));
  await rowsShown(page, '3 rows');
  for (const [name, begin] of [['CSV', 'station,rows\nairport,1440\n'], ['JSON', '{"columns":[{"name":"station"']] as const) {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: new RegExp(`^${name}`) }).click()]);
    expect(readFileSync(await download.path(), 'utf8').replaceAll('\r', '').startsWith(begin)).toBe(true);
    expect(download.suggestedFilename()).toMatch(/^streamflow-\d{8}-\d{6}\.(csv|json)$/);
  }
});

test('shares everything by the address', async ({ page, context }) => {
  await page.goto(pageUrl({ q: 'SELECT station, count(*) AS rows FROM weather GROUP BY 1', sort: '-station' }));
  await rowsShown(page, '3 rows');
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText('Copied the link')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator('[data-row="0"][data-column="0"]')).toHaveText('hill');
  await other.goto(link.replace('/?', '/explore?'));
  await expect(other.locator('[data-row="0"][data-column="0"]')).toHaveText('hill');
});

test('remembers what was run, formats, and goes back', async ({ page }) => {
  await page.goto(pageUrl({ q: 'select 1 as one' }));
  await rowsShown(page, '1 row');
  await page.getByRole('button', { name: 'Format' }).click();
  await expect(page.locator('.cm-content')).toContainText('SELECT 1 AS one');
  await page.getByRole('button', { name: 'Tables', exact: true }).click();
  await page.getByRole('button', { name: 'Tables', exact: true }).click();
  await page.getByRole('button', { name: 'Query weather' }).click({ force: true });
  await rowsShown(page, '1 000 rows');
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('searchbox', { name: 'Search the history' }).fill('as one');
  await expect(page.getByRole('button', { name: /select 1 as one/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.goBack();
  await expect(page.locator('.cm-content')).toContainText('AS one');
  await rowsShown(page, '1 row');
});
