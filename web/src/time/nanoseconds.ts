// Times as nanoseconds since 1970 in a bigint, never in a JS Date alone, so that none is rounded.
export const NS_PER_MS = 1_000_000n;
export const NS_PER_SECOND = 1_000_000_000n;

export type Zone = 'local' | 'utc';

const two = (value: number) => String(value).padStart(2, '0');

// The digits after the second in groups of three: '' | '.123' | '.123456' | '.123456789'.
export function fractionText(ns: bigint): string {
  const part = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  if (part === 0n) return '';
  return `.${part.toString().padStart(9, '0')}`.replace(/(000){1,2}$/, '');
}

// The browser's zone, asked for once per half hour of shown time: offsets never change within one.
const offsets = new Map<number, number>();
const HALF_HOUR_MS = 1_800_000;
function localOffsetMinutes(ms: number): number {
  const slot = Math.floor(ms / HALF_HOUR_MS);
  let offset = offsets.get(slot);
  if (offset === undefined) {
    offset = -new Date(slot * HALF_HOUR_MS).getTimezoneOffset();
    if (offsets.size > 50_000) offsets.clear();
    offsets.set(slot, offset);
  }
  return offset;
}

function floorDivide(ns: bigint, by: bigint): bigint {
  const quotient = ns / by;
  return ns % by < 0n ? quotient - 1n : quotient;
}

export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

// "2024-03-01 12:00:00.123456789". Years outside 0…9999 cannot occur: int64 nanoseconds span 1677 to 2262.
export function formatTime(ns: bigint, zone: Zone): string {
  const ms = Number(floorDivide(ns, NS_PER_MS));
  const shifted = new Date(zone === 'utc' ? ms : ms + localOffsetMinutes(ms) * 60_000);
  const date = `${shifted.getUTCFullYear()}-${two(shifted.getUTCMonth() + 1)}-${two(shifted.getUTCDate())}`;
  return `${date} ${two(shifted.getUTCHours())}:${two(shifted.getUTCMinutes())}:${two(shifted.getUTCSeconds())}${fractionText(ns)}`;
}

// For hovering: both zones and the number itself.
export function describeTime(ns: bigint): string {
  const ms = Number(floorDivide(ns, NS_PER_MS));
  return `${formatTime(ns, 'utc')} UTC\n${formatTime(ns, 'local')} (UTC${offsetText(localOffsetMinutes(ms))})\n${ns} ns since 1970`;
}

export function formatDate(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

export function nanosecondsOf(value: bigint, unit: 's' | 'ms' | 'us' | 'ns'): bigint {
  return value * { s: NS_PER_SECOND, ms: NS_PER_MS, us: 1000n, ns: 1n }[unit];
}

// "2024-03-01", "2024-03-01 12:00", "…:00.123456789", with a trailing Z or in `zone`; undefined when it is none of these.
export function parseTime(text: string, zone: Zone): bigint | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC)?$/i.exec(text.trim());
  if (!match) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const numbers: [number, number, number, number, number, number] = [part(1), part(2) - 1, part(3), part(4), part(5), part(6)];
  const utc = Date.UTC(...numbers);
  const checked = new Date(utc);
  if (checked.getUTCDate() !== numbers[2] || checked.getUTCMonth() !== numbers[1] || numbers[3] > 23 || numbers[4] > 59 || numbers[5] > 59) {
    return undefined;
  }
  const ms = zone === 'utc' || match[8] !== undefined ? utc : new Date(...numbers).getTime();
  return BigInt(ms) * NS_PER_MS + BigInt((match[7] ?? '').padEnd(9, '0'));
}

// "3 d 4 h", "850 ms", "12 ns": the two greatest units, or the greatest alone.
export function spanText(ns: bigint, parts: 1 | 2 = 2): string {
  const units: [string, bigint][] = [
    ['y', 31_556_952_000_000_000n], ['d', 86_400_000_000_000n], ['h', 3_600_000_000_000n], ['min', 60_000_000_000n],
    ['s', NS_PER_SECOND], ['ms', NS_PER_MS], ['µs', 1000n], ['ns', 1n],
  ];
  const first = units.findIndex(([, size]) => ns >= size);
  const unit = units[first];
  if (unit === undefined) return '0 s';
  const next = units[first + 1];
  const rest = next ? (ns % unit[1]) / next[1] : 0n;
  const head = `${ns / unit[1]} ${unit[0]}`;
  return parts === 2 && rest > 0n && next ? `${head} ${rest} ${next[0]}` : head;
}
