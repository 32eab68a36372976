import { describe, expect, it } from 'vitest';
import { brushed, clampRange, keyed, panBy, pinched, SPAN_MIN_NS, timeAt, wheelFactor, zoomAt } from './zoom';

const NOW = 1_700_000_000_000_000_000n;
const hour = { from: NOW, to: NOW + 3_600_000_000_000n };

describe('zoomAt', () => {
  it.each([0, 0.25, 0.5, 1])('keeps the time at %d where it is', (fraction) => {
    const zoomed = zoomAt(hour, fraction, 0.5);
    expect(zoomed.to - zoomed.from).toBe(1_800_000_000_000n);
    expect(timeAt(zoomed, fraction)).toBe(timeAt(hour, fraction));
  });
  it('ends at the smallest span and at what 64 bits hold', () => {
    let range = hour;
    for (let step = 0; step < 100; step++) range = zoomAt(range, 0.3, 0.5);
    expect(range.to - range.from).toBe(SPAN_MIN_NS);
    for (let step = 0; step < 200; step++) range = zoomAt(range, 0.3, 3);
    expect(range).toEqual({ from: -(2n ** 63n) + 2n, to: 2n ** 63n - 2n });
  });
});

it('panBy moves by a part of the range, exactly, and stops at the ends of time', () => {
  expect(panBy(hour, 0.25)).toEqual({ from: hour.from + 900_000_000_000n, to: hour.to + 900_000_000_000n });
  expect(panBy(panBy(hour, -0.3), 0.3)).toEqual(hour);
  const last = clampRange({ from: 2n ** 63n - 1000n, to: 2n ** 63n + 5000n });
  expect(last).toEqual({ from: 2n ** 63n - 2n - 6000n, to: 2n ** 63n - 2n });
});

it('brushed takes the part between two places in either order, no further than the edges', () => {
  expect(brushed(hour, 0.5, 0.25)).toEqual({ from: hour.from + 900_000_000_000n, to: hour.from + 1_800_000_000_000n });
  expect(brushed(hour, -1, 2)).toEqual(hour);
  expect(brushed(hour, 0.5, 0.5).to - brushed(hour, 0.5, 0.5).from).toBe(SPAN_MIN_NS);
});

it('pinched keeps the times under two fingers', () => {
  const apart = pinched(hour, [0.4, 0.6], [0.3, 0.7]);
  expect(apart.to - apart.from).toBe(1_800_000_000_000n);
  expect(timeAt(apart, 0.5)).toBe(timeAt(hour, 0.5));
  expect(pinched(hour, [0.4, 0.6], [0.5, 0.7])).toEqual(panBy(hour, -0.1));
  expect(pinched(hour, [0.5, 0.5], [0.1, 0.9])).toEqual(hour);
});

it('keys zoom, move and reset; others do nothing', () => {
  const zoomed = keyed(hour, '+');
  expect(zoomed).toEqual(zoomAt(hour, 0.5, 0.7));
  expect(keyed(hour, 'ArrowRight')).toEqual(panBy(hour, 0.2));
  expect(keyed(hour, '0')).toBe('reset');
  expect(keyed(hour, 'a')).toBeUndefined();
});

it('a notch of the wheel and its reverse cancel', () => expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1));
