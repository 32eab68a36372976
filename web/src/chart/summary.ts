// A chart in words, for those who cannot see it.
import { formatTime, type Zone } from '../time/nanoseconds';
import { formatCount, formatUnit } from '../units/units';
import type { Frame } from './frame';
import type { Picture } from './picture';
import type { ChartSpec, TimeRange } from './types';

const SERIES_MAX = 6;

export function extremesOf(values: ArrayLike<number>): { low: number; high: number } | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : undefined;
}

export function summaryOf(frame: Frame, picture: Picture, spec: ChartSpec, shown: TimeRange | undefined, zone: Zone): string {
  const { drawn } = picture;
  const count = `${drawn.length} series`;
  const span = shown ? `, from ${formatTime(shown.from, zone)} to ${formatTime(shown.to, zone)}${zone === 'utc' ? ' UTC' : ''}` : '';
  const parts = drawn.slice(0, SERIES_MAX).map(({ name, unit, source }) => {
    const lows = extremesOf(source.values[source.values.length > 1 ? 2 : 0] ?? []);
    const highs = extremesOf(source.values[source.values.length > 1 ? 1 : 0] ?? []);
    return lows && highs ? `${name}: ${formatUnit(lows.low, unit)} to ${formatUnit(highs.high, unit)}` : `${name}: no values`;
  });
  const more = drawn.length > SERIES_MAX ? `, and ${drawn.length - SERIES_MAX} more` : '';
  return `${spec.kind} chart, ${count} over ${frame.x.name}${span}, ${formatCount(frame.rowsScanned)} rows. ${parts.join('; ')}${more}.`;
}
