// Unit formatters as tables: a value, a unit name, a short text. Used by cells, charts and figures alike.
interface Step {
  factor: number; // of the base unit
  suffix: string;
}

const SI: Step[] = [
  { factor: 1e12, suffix: 'T' }, { factor: 1e9, suffix: 'G' }, { factor: 1e6, suffix: 'M' }, { factor: 1e3, suffix: 'k' },
  { factor: 1, suffix: '' }, { factor: 1e-3, suffix: 'm' }, { factor: 1e-6, suffix: 'µ' }, { factor: 1e-9, suffix: 'n' },
];
const LARGE: Step[] = SI.slice(0, 5);
const BINARY: Step[] = [
  { factor: 2 ** 50, suffix: 'PiB' }, { factor: 2 ** 40, suffix: 'TiB' }, { factor: 2 ** 30, suffix: 'GiB' },
  { factor: 2 ** 20, suffix: 'MiB' }, { factor: 2 ** 10, suffix: 'KiB' }, { factor: 1, suffix: 'B' },
];
const SECONDS: Step[] = [
  { factor: 86_400, suffix: 'd' }, { factor: 3600, suffix: 'h' }, { factor: 60, suffix: 'min' }, { factor: 1, suffix: 's' },
  { factor: 1e-3, suffix: 'ms' }, { factor: 1e-6, suffix: 'µs' }, { factor: 1e-9, suffix: 'ns' },
];
const SI_UNIT = (suffix: string): Step[] => SI.map((step) => ({ ...step, suffix: step.suffix + suffix }));

interface Unit {
  scale: number; // to the base unit of its steps
  steps: Step[];
  space: string; // between number and suffix
}
const unit = (steps: Step[], scale = 1, space = ' '): Unit => ({ scale, steps, space });
const fixed = (suffix: string, space = ' '): Unit => unit([{ factor: 1, suffix }], 1, space);

export const UNITS: Record<string, Unit> = {
  '': unit(LARGE, 1, ''),
  bytes: unit(BINARY),
  'bytes/s': unit(BINARY.map((step) => ({ ...step, suffix: `${step.suffix}/s` }))),
  bits: unit(SI_UNIT('bit').slice(0, 5)),
  'bits/s': unit(SI_UNIT('bit/s').slice(0, 5)),
  ns: unit(SECONDS, 1e-9),
  us: unit(SECONDS, 1e-6),
  ms: unit(SECONDS, 1e-3),
  s: unit(SECONDS),
  min: unit(SECONDS, 60),
  h: unit(SECONDS, 3600),
  '%': fixed('%', ''),
  ratio: { scale: 100, steps: [{ factor: 1, suffix: '%' }], space: '' },
  '/s': unit(LARGE.map((step) => ({ ...step, suffix: `${step.suffix}/s` })), 1, ''),
  Hz: unit(SI_UNIT('Hz')),
  V: unit(SI_UNIT('V')),
  A: unit(SI_UNIT('A')),
  W: unit(SI_UNIT('W')),
  Wh: unit(SI_UNIT('Wh')),
  m: unit(SI_UNIT('m')),
  g: unit(SI_UNIT('g')),
  Pa: unit(SI_UNIT('Pa')),
  '°C': fixed('°C'),
  '°F': fixed('°F'),
  K: fixed('K'),
  ppm: fixed('ppm'),
  '°': fixed('°', ''),
};

function digits(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || size < 1e-4)) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
}

// "1.5 GiB", "12.3 ms", "45%". An unknown unit is written behind the number. NaN and infinities keep their names.
export function formatUnit(value: number, name = ''): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const known = UNITS[name];
  if (!known) return `${digits(value)} ${name}`;
  const base = value * known.scale;
  const size = Math.abs(base);
  const smallest = known.steps[known.steps.length - 1];
  const one = known.steps.find((step) => step.factor === 1);
  const step = size === 0 ? one : (known.steps.find((each) => size >= each.factor * 0.9995) ?? smallest);
  if (!step) return digits(base);
  const space = step.suffix === '' ? '' : known.space;
  return `${digits(base / step.factor)}${space}${step.suffix}`.replace('-', '−');
}

export const formatCount = (count: number | bigint): string => count.toLocaleString('en-US').replaceAll(',', ' ');
