// Ranges of time under wheel, drag, brush and keys. All arithmetic on nanoseconds is exact.
import type { TimeRange } from './types';

export const SPAN_MIN_NS = 10n; // below, a pixel column would be less than a nanosecond for no use
const TIME_MIN = -(2n ** 63n) + 2n;
const TIME_MAX = 2n ** 63n - 2n;
const PARTS = 1_000_000; // fractions of a range, as integers

const partsOf = (fraction: number): bigint => BigInt(Math.round(fraction * PARTS));
const scaled = (span: bigint, fraction: number): bigint => (span * partsOf(fraction)) / BigInt(PARTS);

// Inside what nanoseconds of 64 bits can say; the span is kept where there is room.
export function clampRange({ from, to }: TimeRange): TimeRange {
  let span = to - from;
  if (span < SPAN_MIN_NS) span = SPAN_MIN_NS;
  if (span > TIME_MAX - TIME_MIN) return { from: TIME_MIN, to: TIME_MAX };
  if (from < TIME_MIN) return { from: TIME_MIN, to: TIME_MIN + span };
  if (from + span > TIME_MAX) return { from: TIME_MAX - span, to: TIME_MAX };
  return { from, to: from + span };
}

export const timeAt = ({ from, to }: TimeRange, fraction: number): bigint => from + scaled(to - from, fraction);

// `factor` below 1 zooms in; the time at `fraction` (0 left, 1 right) stays where it is.
export function zoomAt(range: TimeRange, fraction: number, factor: number): TimeRange {
  const span = range.to - range.from;
  let wanted = scaled(span, factor);
  if (wanted < SPAN_MIN_NS) wanted = SPAN_MIN_NS;
  const anchor = timeAt(range, fraction);
  const from = anchor - scaled(wanted, fraction);
  return clampRange({ from, to: from + wanted });
}

// By a part of the range; positive goes to later times.
export function panBy(range: TimeRange, fraction: number): TimeRange {
  const shift = scaled(range.to - range.from, fraction);
  return clampRange({ from: range.from + shift, to: range.to + shift });
}

// The part between two fractions, whichever comes first.
export function brushed(range: TimeRange, one: number, other: number): TimeRange {
  const inside = (fraction: number) => Math.min(1, Math.max(0, fraction));
  const [low, high] = one < other ? [one, other] : [other, one];
  return clampRange({ from: timeAt(range, inside(low)), to: timeAt(range, inside(high)) });
}

// Two fingers that were at fractions a and b of `start` are now at c and d: the times under them follow.
export function pinched(start: TimeRange, [a, b]: [number, number], [c, d]: [number, number]): TimeRange {
  const before = Math.abs(b - a);
  const now = Math.abs(d - c);
  if (before < 0.01 || now < 0.01) return start;
  const middle = (a + b) / 2;
  const zoomed = zoomAt(start, middle, before / now);
  return panBy(zoomed, middle - (c + d) / 2);
}

const WHEEL_STEP = 1.0015; // per pixel of wheel movement: a notch of 100 pixels zooms by 16%
export const wheelFactor = (deltaPixels: number): number => WHEEL_STEP ** Math.max(-400, Math.min(400, deltaPixels));

const KEY_ZOOM = 0.7;
const KEY_PAN = 0.2;

// What a key does to a range; 'reset', or undefined when it does nothing.
export function keyed(range: TimeRange, key: string): TimeRange | 'reset' | undefined {
  switch (key) {
    case '+':
    case '=':
      return zoomAt(range, 0.5, KEY_ZOOM);
    case '-':
    case '_':
      return zoomAt(range, 0.5, 1 / KEY_ZOOM);
    case 'ArrowLeft':
      return panBy(range, -KEY_PAN);
    case 'ArrowRight':
      return panBy(range, KEY_PAN);
    case '0':
    case 'Escape':
      return 'reset';
    default:
      return undefined;
  }
}
