import { expect, it } from 'vitest';
import { sparkPath } from './sparkline';
import { bucketOf, chartQueryOf } from './starters';
import type { TableSchema } from '../browser/schema';

const DAY = 86_400_000_000_000n;
const flat: TableSchema = {
  name: 'sp500',
  columns: [{ name: 'time', kind: 'time', type: 'TIMESTAMP_NS' }, { name: 'close price', kind: 'field', type: 'DOUBLE' }, { name: 'note', kind: 'field', type: 'VARCHAR' }],
};
const tagged: TableSchema = { ...flat, name: 'cpu', columns: [...flat.columns, { name: 'host', kind: 'tag', type: 'VARCHAR' }] };

it('draws a small table as it is', () => {
  expect(chartQueryOf(flat, { rows: 5105, first: 0n, last: 7000n * DAY })).toBe('SELECT time, "close price"\nFROM sp500\nORDER BY time');
});

it('averages a tagged or large table over buckets', () => {
  const large = chartQueryOf(tagged, { rows: 3_000_000, first: 0n, last: 180n * DAY });
  expect(large).toContain("time_bucket(INTERVAL '1 day', time) AS time, avg(\"close price\") AS \"close price\"");
  expect(chartQueryOf(flat, { rows: 3_000_000, first: 0n, last: DAY })).toContain("INTERVAL '5 minutes'");
});

it('offers no chart without numbers or rows', () => {
  expect(chartQueryOf({ ...flat, columns: flat.columns.filter((column) => column.type !== 'DOUBLE') }, { rows: 1, first: 0n, last: 1n })).toBeUndefined();
  expect(chartQueryOf(flat, { rows: 0, first: undefined, last: undefined })).toBeUndefined();
  expect(chartQueryOf(flat, undefined)).toBeUndefined();
});

it('bucketOf stays within its ladder', () => {
  expect(bucketOf(0n)).toBe('1 second');
  expect(bucketOf(400n * 3600n * 1_000_000_000n)).toBe('1 hour');
  expect(bucketOf(2n ** 63n - 1n)).toBe('30 days');
});

it('sparkPath fills the box and survives constants', () => {
  expect(sparkPath([{ bucket: 0, value: 1 }, { bucket: 63, value: 3 }], 240, 48)).toBe('M0.0 45.0 L240.0 3.0');
  expect(sparkPath([{ bucket: 0, value: 5 }], 240, 48)).toBe('M0.0 45.0');
  expect(sparkPath([], 240, 48)).toBe('M0 48');
});
