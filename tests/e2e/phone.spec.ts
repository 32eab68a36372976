// What is different on a phone.
import { expect, expectAccessible, pageUrl, rowsShown, screenshot, test } from './page';

test('tables open over the page and a tap queries', async ({ page }) => {
  await page.goto(pageUrl());
  await page.getByRole('button', { name: 'Tables' }).click();
  const dialog = page.getByRole('dialog', { name: 'Tables' });
  await dialog.getByRole('button', { name: /^weather/ }).click();
  await expect(dialog.getByText(/4 281 rows over/)).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'browser');
  await dialog.getByRole('button', { name: 'Query weather' }).click();
  await expect(dialog).toBeHidden();
  await rowsShown(page, '1 000 rows');
});

test('nothing is wider than the screen, and what is tapped is 44 pixels high', async ({ page }) => {
  await page.goto(pageUrl({ q: 'SELECT * FROM weather LIMIT 5' }));
  await rowsShown(page, '5 rows');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  for (const name of ['Run', 'Tables', 'Live', 'Share', 'Explain', 'History']) {
    const box = await page.getByRole('button', { name, exact: true }).boundingBox();
    expect(box?.height, name).toBeGreaterThanOrEqual(44);
    expect(box?.width, name).toBeGreaterThanOrEqual(44);
  }
});
