import { describe, expect, it } from 'vitest';
import type { Frame, FrameSeries } from './frame';
import { makePicture, mergeCandles, nearestPoint } from './picture';

const START = 1_700_000_000_000_000_000n;
const series = (column: string, ...values: number[][]): FrameSeries => ({
  name: column, column, tags: {}, times: BigInt64Array.from(values[0] ?? [], (_, index) => START + BigInt(index)), values: values.map((one) => Float64Array.from(one)),
});
const frame = (...all: FrameSeries[]): Frame => ({
  method: 'minmax', x: { name: 'time', type: 'time' }, range: { from: START, to: START + 10n }, series: all, rowsScanned: 0, elapsedMs: 0,
});

it('points are exact differences to the left edge', () => {
  const picture = makePicture(frame(series('a', [5, 6, NaN])), { kind: 'line' }, { from: START - 1n, to: START + 9n });
  expect([...(picture.drawn[0]?.points ?? [])]).toEqual([1, 5, 2, 6, 3, NaN]);
  expect(picture.span).toBe(10);
  for (const origin of [START + 2n ** 32n, START - 2n ** 52n, -START / 1000n]) {
    const shifted = makePicture(frame(series('a', [0])), { kind: 'line' }, { from: origin, to: origin + 1n });
    expect(shifted.drawn[0]?.points[0]).toBe(Number(START - origin));
  }
});

it('axes are those in use, in order, with the unit their columns share', () => {
  const spec = { kind: 'line' as const, y: [{ column: 'a', axis: 3, unit: 'ms' }, { column: 'b', axis: 1, unit: '%' }, { column: 'c', axis: 1, unit: 'V' }] };
  const picture = makePicture(frame(series('a', [1]), series('b', [1]), series('c', [1])), spec, undefined);
  expect(picture.axes).toEqual([{ unit: '', columns: ['b', 'c'] }, { unit: 'ms', columns: ['a'] }]);
  expect(picture.drawn.map(({ axis }) => axis)).toEqual([1, 0, 0]);
});

describe('mergeCandles', () => {
  const candle = (column: string, base: number) => series(column, [base], [base + 3], [base - 3], [base + 1]);
  it('takes each price from the column of its name', () => {
    const [merged, ...more] = mergeCandles([candle('Open', 10), candle('High', 20), candle('Low', 5), candle('Close', 12), candle('volume', 99)]);
    expect(more).toEqual([]);
    expect(merged?.values.map(([value]) => value)).toEqual([10, 23, 2, 13]);
  });
  it('leaves other columns alone', () => expect(mergeCandles([candle('price', 1), candle('open', 2)])).toHaveLength(2));
});

it('nearestPoint halves its way', () => {
  const points = Float64Array.of(0, 0, 10, 0, 20, 0);
  expect([-5, 0, 4, 5, 6, 19, 99].map((x) => nearestPoint(points, 2, x))).toEqual([0, 0, 0, 0, 1, 2, 2]);
  expect(nearestPoint(new Float64Array(), 2, 1)).toBe(-1);
});
