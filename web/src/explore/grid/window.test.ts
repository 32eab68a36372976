import { describe, expect, it } from 'vitest';
import { columnWindow, HEIGHT_MAX, rowWindow, scrollToRow } from './window';

const ROW = 28;
const VIEW = 600;

describe('rowWindow', () => {
  it('shows what is visible and a margin', () => {
    expect(rowWindow(1000, ROW, 280, VIEW, 2)).toEqual({ first: 8, last: 34, offset: 8 * ROW, height: 28_000 });
  });
  it('handles none and few rows', () => {
    expect(rowWindow(0, ROW, 0, VIEW, 4)).toEqual({ first: 0, last: 0, offset: 0, height: 0 });
    expect(rowWindow(3, ROW, 0, VIEW, 4)).toMatchObject({ first: 0, last: 3, height: 84 });
  });
  it('reaches the first and the last of five million rows', () => {
    const rows = 5_000_000;
    expect(rowWindow(rows, ROW, 0, VIEW, 0)).toMatchObject({ first: 0, height: HEIGHT_MAX });
    const end = rowWindow(rows, ROW, HEIGHT_MAX - VIEW, VIEW, 0);
    expect(end.last).toBe(rows);
    // The last row ends where the content ends.
    expect(end.offset + (end.last - end.first) * ROW).toBeCloseTo(HEIGHT_MAX, 3);
  });
});

describe('scrollToRow', () => {
  it('stays when the row is in view', () => expect(scrollToRow(12, 1000, ROW, 280, VIEW)).toBeUndefined());
  it('brings every row of a scaled list into view', () => {
    const rows = 3_000_000;
    for (const row of [0, 1, 999, 1_500_000, rows - 1]) {
      const top = scrollToRow(row, rows, ROW, 4_000_000, VIEW) ?? 4_000_000;
      const { first, last } = rowWindow(rows, ROW, top, VIEW, 0);
      expect(row).toBeGreaterThanOrEqual(first);
      expect(row).toBeLessThan(last);
    }
  });
});

describe('columnWindow', () => {
  it('keeps to the visible columns', () => {
    expect(columnWindow([100, 100, 100, 100], 150, 100)).toEqual({ first: 1, last: 3, starts: [0, 100, 200, 300, 400] });
  });
  it('shows at least one column, and none of none', () => {
    expect(columnWindow([100], 900, 10)).toMatchObject({ first: 0, last: 1 });
    expect(columnWindow([], 0, 10)).toMatchObject({ first: 0, last: 0 });
  });
});
