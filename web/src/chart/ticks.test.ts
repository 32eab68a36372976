import { describe, expect, it } from 'vitest';
import { timeTicks } from './ticks';
import type { TimeRange } from './types';

const SECOND = 1_000_000_000n;
const at = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;
const range = (from: string, span: bigint): TimeRange => ({ from: at(from), to: at(from) + span });
const labels = (where: TimeRange, count: number, zone: 'utc' | 'local' = 'utc') => timeTicks(where, count, zone).map(({ label }) => label);

describe('timeTicks', () => {
  const cases: [string, TimeRange, number, string[]][] = [
    ['hours', range('2024-03-01T22:30:00Z', 4n * 3600n * SECOND), 4, ['23:00', 'Mar 2', '01:00', '02:00']],
    ['seconds', range('2024-03-01T12:00:00Z', 4n * SECOND), 4, ['12:00:00', '12:00:01', '12:00:02', '12:00:03']],
    ['milliseconds', range('2024-03-01T12:00:00Z', SECOND / 100n), 5, ['00:00.000', '00:00.002', '00:00.004', '00:00.006', '00:00.008']],
    ['nanoseconds', { from: at('2024-03-01T12:00:05Z') + 7n, to: at('2024-03-01T12:00:05Z') + 17n }, 5, ['05.000000008', '05.000000010', '05.000000012', '05.000000014', '05.000000016']],
    ['months', range('2023-11-15T00:00:00Z', 120n * 86_400n * SECOND), 4, ['Dec', '2024', 'Feb', 'Mar']],
    ['years', range('2000-06-01T00:00:00Z', 20n * 365n * 86_400n * SECOND), 4, ['2010', '2020']],
  ];
  it.each(cases)('writes %s', (_, where, count, expected) => expect(labels(where, count)).toEqual(expected));

  it('marks where a day begins', () => {
    const ticks = timeTicks(range('2024-03-01T22:00:00Z', 4n * 3600n * SECOND), 4, 'utc');
    expect(ticks.filter(({ major }) => major).map(({ label }) => label)).toEqual(['Mar 2']);
  });

  // The tests run in Europe/Berlin, whose clocks skip 02:00 on 31 March 2024 and show it twice on 27 October.
  it('stands at round hours of the viewer, over changes of clock', () => {
    const spring = range('2024-03-30T23:00:00Z', 23n * 3600n * SECOND);
    expect(labels(spring, 4, 'local')).toEqual(['Mar 31', '06:00', '12:00', '18:00']);
    const autumn = range('2024-10-26T22:00:00Z', 25n * 3600n * SECOND);
    expect(labels(autumn, 5, 'local')).toEqual(['Oct 27', '06:00', '12:00', '18:00']);
    const day = timeTicks(range('2024-10-25T22:00:00Z', 73n * 3600n * SECOND), 4, 'local').map(({ time }) => time);
    expect(day.map((time, index) => (index > 0 ? (time - (day[index - 1] ?? 0n)) / (3600n * SECOND) : 0n))).toEqual([0n, 24n, 25n]);
  });

  it('keeps to its count and its range, whatever the span', () => {
    for (let power = 1n; power < 63n; power++) {
      const where = { from: -(2n ** 60n), to: -(2n ** 60n) + 2n ** power };
      const ticks = timeTicks(where, 8, 'utc');
      expect(ticks.length, `2^${power} ns`).toBeLessThanOrEqual(20);
      for (const { time } of ticks) expect(time >= where.from && time < where.to).toBe(true);
    }
  });
});
