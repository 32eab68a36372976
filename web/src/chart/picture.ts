// From frames to what is drawn: series with their axis, colour and points relative to the axis' origin.
// Canvas libraries know doubles. A double holds nanoseconds exactly over 104 days, so points are drawn as differences to
// the beginning of what is shown; the frame keeps the exact times for the tooltip.
import type { Frame, FrameSeries } from './frame';
import type { ChartSpec, TimeRange } from './types';

const CANDLE_VALUES = 5;

export interface Drawn {
  name: string;
  unit: string;
  axis: number; // index into the axes that are in use
  points: Float64Array; // x, y, x, y, …; candles: x, open, close, low, high (ECharts' order)
  source: FrameSeries;
}

export const strideOf = (drawn: Drawn): number => (drawn.source.values.length === 1 ? 2 : CANDLE_VALUES);

// The index of the point whose x is nearest, by halving; -1 when there is none.
export function nearestPoint(points: Float64Array, stride: number, x: number): number {
  const count = points.length / stride;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle * stride] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && (low === count || x - (points[(low - 1) * stride] ?? 0) <= (points[low * stride] ?? 0) - x)) return low - 1;
  return low < count ? low : -1;
}

export interface Axis {
  unit: string;
  columns: string[];
}

export interface Picture {
  drawn: Drawn[];
  axes: Axis[];
  origin: bigint; // of x, when it is a time
  isTime: boolean;
  span: number; // width of x in the units of points
  first: number; // x at the left edge
}

// bigint arithmetic per point is slow; differences below 2^53 ns go through two halves of the 64 bits.
function relativeTimes(times: BigInt64Array, origin: bigint): Float64Array {
  const halves = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
  const originHigh = Number(origin >> 32n);
  const originLow = Number(origin & 0xffff_ffffn);
  const result = new Float64Array(times.length);
  for (let i = 0; i < times.length; i++) {
    result[i] = ((halves[2 * i + 1] ?? 0) - originHigh) * 4_294_967_296 + (((halves[2 * i] ?? 0) >>> 0) - originLow);
  }
  return result;
}

const xOf = (series: FrameSeries, origin: bigint): Float64Array =>
  series.times ? relativeTimes(series.times, origin) : (series.numbers ?? new Float64Array());

function linePoints(series: FrameSeries, origin: bigint): Float64Array {
  const x = xOf(series, origin);
  const y = series.values[0] ?? new Float64Array();
  const points = new Float64Array(x.length * 2);
  for (let i = 0; i < x.length; i++) {
    points[2 * i] = x[i] ?? 0;
    points[2 * i + 1] = y[i] ?? Number.NaN;
  }
  return points;
}

function candlePoints([open, high, low, close]: (Float64Array | undefined)[], x: Float64Array): Float64Array {
  const points = new Float64Array(x.length * CANDLE_VALUES);
  for (let i = 0; i < x.length; i++) {
    points.set([x[i] ?? 0, open?.[i] ?? NaN, close?.[i] ?? NaN, low?.[i] ?? NaN, high?.[i] ?? NaN], i * CANDLE_VALUES);
  }
  return points;
}

const PRICES = ['open', 'high', 'low', 'close'];

// Where columns are named open, high, low and close, each candle takes its part of each; otherwise a column makes its own.
export function mergeCandles(series: FrameSeries[]): FrameSeries[] {
  const groups = new Map<string, FrameSeries[]>();
  for (const one of series) {
    const key = JSON.stringify(one.tags);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const parts = PRICES.map((name) => group.find(({ column }) => column.toLowerCase() === name));
    const [open] = parts;
    if (open === undefined || parts.some((part) => part === undefined || part.times?.length !== open.times?.length)) return group;
    const tag = Object.values(open.tags)[0];
    const values = parts.map((part, index) => part?.values[index] ?? new Float64Array());
    return [{ ...open, name: tag ?? 'price', column: 'price', values }];
  });
}

function axesOf(spec: ChartSpec, columns: string[]): { axes: Axis[]; axisOf: (column: string) => number; unitOf: (column: string) => string } {
  const chosen = new Map((spec.y ?? []).map((y) => [y.column, y]));
  const numbers = [...new Set(columns.map((column) => chosen.get(column)?.axis ?? 0))].sort((a, b) => a - b);
  const unitOf = (column: string) => chosen.get(column)?.unit ?? '';
  const axisOf = (column: string) => numbers.indexOf(chosen.get(column)?.axis ?? 0);
  const axes = numbers.map((_, index) => {
    const mine = columns.filter((column) => axisOf(column) === index);
    const units = new Set(mine.map(unitOf));
    return { unit: units.size === 1 ? ([...units][0] ?? '') : '', columns: mine };
  });
  return { axes: axes.length > 0 ? axes : [{ unit: '', columns: [] }], axisOf, unitOf };
}

export function makePicture(frame: Frame, spec: ChartSpec, shown: TimeRange | undefined): Picture {
  const candles = spec.kind === 'candlestick';
  const series = candles ? mergeCandles(frame.series) : frame.series;
  const { axes, axisOf, unitOf } = axesOf(spec, [...new Set(series.map(({ column }) => column))]);
  const isTime = frame.x.type === 'time';
  const range = shown ?? frame.range ?? { from: 0n, to: 1n };
  const origin = isTime ? range.from : 0n;
  const drawn = series.map((source): Drawn => ({
    name: source.name,
    unit: unitOf(source.column),
    axis: Math.max(0, axisOf(source.column)),
    points: candles ? candlePoints(source.values, xOf(source, origin)) : linePoints(source, origin),
    source,
  }));
  const numbers = frame.numberRange ?? { from: 0, to: 1 };
  return {
    drawn, axes, origin, isTime,
    span: isTime ? Number(range.to - range.from) : numbers.to - numbers.from,
    first: isTime ? 0 : numbers.from,
  };
}
