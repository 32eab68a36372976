import { expect, it } from 'vitest';
import { formatCount, formatUnit, UNITS } from './units';

const cases: [number, string, string][] = [
  [0, '', '0'],
  [1234, '', '1.23k'],
  [999.6, '', '1k'],
  [-2_500_000, '', '−2.5M'],
  [0.00001, '', '1.00e−5'],
  [1536, 'bytes', '1.5 KiB'],
  [0, 'bytes', '0 B'],
  [5 * 2 ** 30, 'bytes', '5 GiB'],
  [2 ** 20, 'bytes/s', '1 MiB/s'],
  [12_000_000, 'bits/s', '12 Mbit/s'],
  [1500, 'ns', '1.5 µs'],
  [90_000, 'ms', '1.5 min'],
  [0.25, 's', '250 ms'],
  [45.25, '%', '45.3%'],
  [0.4525, 'ratio', '45.3%'],
  [1200, '/s', '1.2k/s'],
  [0.002, 'V', '2 mV'],
  [21.5, '°C', '21.5 °C'],
  [3, 'furlongs', '3 furlongs'],
  [Number.NaN, 'bytes', 'NaN'],
  [Number.POSITIVE_INFINITY, '', '∞'],
  [Number.NEGATIVE_INFINITY, 's', '−∞'],
];

it.each(cases)('formatUnit(%d, %j) is %j', (value, unit, text) => expect(formatUnit(value, unit)).toBe(text));

it('steps of every unit descend, so that the first that fits is the greatest', () => {
  for (const [name, { steps }] of Object.entries(UNITS)) {
    const factors = steps.map((step) => step.factor);
    expect(factors, name).toEqual([...factors].sort((a, b) => b - a));
  }
});

it('formatCount groups digits', () => expect(formatCount(1_234_567)).toBe('1 234 567'));
