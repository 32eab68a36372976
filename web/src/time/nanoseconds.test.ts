import { describe, expect, it } from 'vitest';
import { describeTime, formatDate, formatTime, nanosecondsOf, parseTime, spanText } from './nanoseconds';

describe('formatTime', () => {
  const cases: [bigint, string][] = [
    [0n, '1970-01-01 00:00:00'],
    [1_700_000_000_123_456_789n, '2023-11-14 22:13:20.123456789'],
    [1_700_000_000_123_000_000n, '2023-11-14 22:13:20.123'],
    [1_700_000_000_123_456_000n, '2023-11-14 22:13:20.123456'],
    [1_700_000_000_000_000_001n, '2023-11-14 22:13:20.000000001'],
    [-1n, '1969-12-31 23:59:59.999999999'],
    [-(2n ** 63n), '1677-09-21 00:12:43.145224192'],
    [2n ** 63n - 1n, '2262-04-11 23:47:16.854775807'],
  ];
  it.each(cases)('keeps every digit of %d', (ns, text) => expect(formatTime(ns, 'utc')).toBe(text));

  it('follows the zone over a change of offset', () => {
    // The tests run in Europe/Berlin: on 31 March 2024 at 01:00 UTC clocks go from +01:00 to +02:00.
    const change = 1_711_846_800n * 1_000_000_000n;
    expect(formatTime(change - 1n, 'local')).toBe('2024-03-31 01:59:59.999999999');
    expect(formatTime(change, 'local')).toBe('2024-03-31 03:00:00');
    expect(describeTime(change)).toContain('2024-03-31 03:00:00 (UTC+02:00)');
  });
});

describe('parseTime', () => {
  it('gives back what formatTime wrote, in both zones', () => {
    for (const ns of [0n, -1n, 1_700_000_000_123_456_789n, 1_719_999_999_000_000_100n]) {
      expect(parseTime(formatTime(ns, 'utc'), 'utc')).toBe(ns);
      expect(parseTime(formatTime(ns, 'local'), 'local')).toBe(ns);
    }
  });
  it('reads dates and a trailing Z', () => {
    expect(parseTime('2024-01-01', 'utc')).toBe(1_704_067_200n * 1_000_000_000n);
    expect(parseTime('2024-01-01T00:00Z', 'local')).toBe(1_704_067_200n * 1_000_000_000n);
  });
  it.each(['', '2024', '2024-13-01', '2024-02-30', '2024-01-01 25:00', 'now'])('refuses %j', (text) =>
    expect(parseTime(text, 'utc')).toBeUndefined(),
  );
});

it('spanText names the two greatest units', () => {
  expect(spanText(0n)).toBe('0 s');
  expect(spanText(12n)).toBe('12 ns');
  expect(spanText(90_000_000_000n)).toBe('1 min 30 s');
  expect(spanText(2n * 86_400_000_000_000n)).toBe('2 d');
});

it('formatDate and nanosecondsOf convert units', () => {
  expect(formatDate(19_783)).toBe('2024-03-01');
  expect(formatDate(-1)).toBe('1969-12-31');
  expect(nanosecondsOf(5n, 'us')).toBe(5000n);
});
