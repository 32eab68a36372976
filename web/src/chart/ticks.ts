// Ticks of a time axis: round times in the viewer's zone, down to single nanoseconds, and what is written at them.
import { formatTime, type Zone } from '../time/nanoseconds';
import type { TimeRange } from './types';

export interface Tick {
  time: bigint;
  label: string;
  major: boolean; // a day (or month, or year) begins: the date is written
}

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const NS_PER_MS = 1_000_000n;

const fractions = Array.from({ length: 9 }, (_, power) => 10n ** BigInt(power)).flatMap((size) => [size, 2n * size, 5n * size]);
const STEPS: bigint[] = [
  ...fractions,
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((count) => count * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((count) => count * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((count) => count * HOUR),
  ...[1n, 2n, 7n, 14n].map((count) => count * DAY),
];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600];
const MONTH = 30n * DAY;

const floorDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
};

// How far the zone's clock is ahead of UTC at a time.
function offsetOf(time: bigint, zone: Zone): bigint {
  if (zone === 'utc') return 0n;
  return -BigInt(new Date(Number(floorDivide(time, NS_PER_MS))).getTimezoneOffset()) * MINUTE;
}

// The time at which the zone's clock shows `clock` (nanoseconds since 1970 as if it were UTC).
function timeOfClock(clock: bigint, zone: Zone): bigint {
  const guess = clock - offsetOf(clock, zone);
  return clock - offsetOf(guess, zone);
}

// Multiples of `step` on the zone's clock. Where clocks change, two could meet or leave a hole: the set keeps them apart.
function steppedTimes({ from, to }: TimeRange, step: bigint, zone: Zone): bigint[] {
  const times = new Set<bigint>();
  const last = to + offsetOf(to, zone);
  for (let clock = (floorDivide(from + offsetOf(from, zone), step) - 1n) * step; clock <= last + step; clock += step) {
    const time = timeOfClock(clock, zone);
    if (time >= from && time < to) times.add(time);
  }
  return [...times].sort((a, b) => (a < b ? -1 : 1));
}

function monthTimes({ from, to }: TimeRange, months: number, zone: Zone): bigint[] {
  const first = new Date(Number(floorDivide(from + offsetOf(from, zone), NS_PER_MS)));
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months;
  const times: bigint[] = [];
  for (; ; month += months) {
    const time = timeOfClock(BigInt(Date.UTC(Math.floor(month / 12), month % 12, 1)) * NS_PER_MS, zone);
    if (time >= to) return times;
    if (time >= from) times.push(time);
  }
}

const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// "14:05", "14:05:30", "14:05:30.250" as fine as the step; at midnight the date.
function labelOf(time: bigint, step: bigint, zone: Zone): Omit<Tick, 'time'> {
  const text = formatTime(time, zone);
  const [date = '', clock = ''] = text.split(' ');
  const [year = '', month = '1', day = ''] = date.split('-');
  const name = MONTH_NAMES[Number(month) - 1] ?? '';
  const midnight = clock === '00:00:00';
  if (step >= MONTH) return month === '01' ? { label: year, major: true } : { label: name, major: false };
  if (midnight) return day === '01' && step >= DAY ? { label: name, major: true } : { label: `${name} ${Number(day)}`, major: step < DAY };
  if (step >= MINUTE) return { label: clock.slice(0, 5), major: false };
  if (step >= SECOND) return { label: clock.slice(0, 8), major: false };
  const digits = String(step).length;
  const fraction = (((time % SECOND) + SECOND) % SECOND).toString().padStart(9, '0').slice(0, Math.ceil((10 - digits) / 3) * 3);
  // Finer than a millisecond the hours would crowd out the digits that differ.
  return { label: step < NS_PER_MS ? `${clock.slice(6, 8)}.${fraction}` : `${clock.slice(3, 8)}.${fraction}`, major: false };
}

// About `count` ticks, never more than twice as many.
export function timeTicks(range: TimeRange, count: number, zone: Zone = 'local'): Tick[] {
  const span = range.to - range.from;
  const wanted = span / BigInt(Math.max(1, Math.floor(count)));
  const step = STEPS.find((candidate) => candidate >= wanted);
  if (step !== undefined) return steppedTimes(range, step, zone).map((time) => ({ time, ...labelOf(time, step, zone) }));
  const months = MONTH_STEPS.find((candidate) => BigInt(candidate) * MONTH >= wanted) ?? 1200;
  return monthTimes(range, months, zone).map((time) => ({ time, ...labelOf(time, BigInt(months) * MONTH, zone) }));
}
