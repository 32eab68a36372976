// Every state of the page in both colour schemes and on both sizes: pictures, and no grave finding of axe.
import { expect, expectAccessible, pageUrl, rowsShown, screenshot, test } from './page';

const WEATHER = 'SELECT *\nFROM weather\nORDER BY time DESC\nLIMIT 1000';
const MEANS = "SELECT time_bucket(INTERVAL '6 hours', time) AS time, station, avg(temperature) AS temperature\nFROM weather\nGROUP BY ALL\nORDER BY time";

test('start', async ({ page }) => {
  await page.goto(pageUrl());
  await page.getByRole('heading', { name: 'weather' }).scrollIntoViewIfNeeded();
  await expect(page.getByText('4 281 rows')).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'start', true);
});

test('table', async ({ page }) => {
  await page.goto(pageUrl({ q: WEATHER }));
  await rowsShown(page, '1 000 rows');
  await expect(page.getByRole('gridcell', { name: 'harbour' }).first()).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'table', true);
});

test('chart', async ({ page }) => {
  await page.goto(pageUrl({ q: MEANS, tab: 'chart' }));
  await rowsShown(page, '714 rows');
  await expect(page.locator('canvas').first()).toBeVisible();
  await page.waitForTimeout(1200); // the drawing's own animation
  await expectAccessible(page);
  await screenshot(page, 'chart', true);
});

test('plan', async ({ page }) => {
  await page.goto(pageUrl({ q: MEANS }));
  await rowsShown(page, '714 rows');
  await page.getByRole('button', { name: 'Explain' }).click();
  await expect(page.getByRole('region', { name: 'Query plan' }).getByText(/streamflow (scan|aggregate)/i).first()).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'plan', true);
});

test.describe('failure', () => {
  test.use({ expected: [/status of 400/] });
  test('error', async ({ page }) => {
    await page.goto(pageUrl({ q: "SELECT time, temprature\nFROM weather\nWHERE station = 'hill'" }));
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('temprature');
    await expect(alert).toContainText('request ');
    await expect(page.locator('.cm-lintRange-error')).toHaveText('temprature');
    await expectAccessible(page);
    await screenshot(page, 'error');
  });
});

test('empty result', async ({ page }) => {
  await page.goto(pageUrl({ q: "SELECT * FROM weather WHERE station = 'moon'" }));
  await expect(page.getByRole('heading', { name: 'No rows' })).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'empty');
});

test('command palette', async ({ page }) => {
  await page.goto(pageUrl({ q: WEATHER }));
  await rowsShown(page, '1 000 rows');
  await page.getByRole('button', { name: 'Command palette' }).click();
  await page.getByRole('textbox', { name: 'Search commands' }).fill('weather');
  await expect(page.getByText('Query weather')).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'palette');
});

test('keyboard shortcuts', async ({ page }) => {
  await page.goto(pageUrl());
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog')).toContainText('Run the statement or selection');
  await expectAccessible(page);
  await screenshot(page, 'help');
});
