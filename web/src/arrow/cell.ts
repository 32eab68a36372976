// The text of one cell, exact: integers of every width, nanoseconds, decimals, nested values.
import { fractionText, formatDate, formatTime, nanosecondsOf, NS_PER_SECOND, type Zone } from '../time/nanoseconds';
import { isNull, type Vector } from './vector';

const decoder = new TextDecoder();
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function bytesAt(vector: Vector, row: number): Uint8Array {
  const offsets = vector.offsets;
  return (vector.values as Uint8Array).subarray(offsets?.[row] ?? 0, offsets?.[row + 1] ?? 0);
}

export function textAt(vector: Vector, row: number): string {
  const bytes = bytesAt(vector, row);
  // Short ASCII, the usual tag, is faster without the decoder.
  if (bytes.length <= 24) {
    let text = '';
    for (const byte of bytes) {
      if (byte >= 0x80) return decoder.decode(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decoder.decode(bytes);
}

export function decimalAt(vector: Vector, row: number): bigint {
  const pairs = vector.values as BigUint64Array;
  return (BigInt.asIntN(64, pairs[2 * row + 1] ?? 0n) << 64n) | (pairs[2 * row] ?? 0n);
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return value.toString();
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function clockText(ns: bigint): string {
  const seconds = Number(ns / NS_PER_SECOND);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fractionText(ns)}`;
}

function intervalText(bytes: Uint8Array, row: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + 16 * row, 16);
  const months = view.getInt32(0, true);
  const days = view.getInt32(4, true);
  const ns = view.getBigInt64(8, true);
  const parts: string[] = [];
  if (Math.trunc(months / 12) !== 0) parts.push(`${Math.trunc(months / 12)} y`);
  if (months % 12 !== 0) parts.push(`${months % 12} mon`);
  if (days !== 0) parts.push(`${days} d`);
  if (ns !== 0n || parts.length === 0) parts.push(`${ns < 0n ? '-' : ''}${clockText(ns < 0n ? -ns : ns)}`);
  return parts.join(' ');
}

// Nanoseconds of a timestamp or, at midnight UTC, of a date; undefined for other types and NULL.
export function timeAt(vector: Vector, row: number): bigint | undefined {
  if (isNull(vector, row)) return undefined;
  const { type } = vector.field;
  if (type.kind === 'timestamp') return nanosecondsOf((vector.values as BigInt64Array)[row] ?? 0n, type.unit);
  if (type.kind === 'date') return BigInt((vector.values as Int32Array)[row] ?? 0) * 86_400n * NS_PER_SECOND;
  return undefined;
}

function nested(vector: Vector, begin: number, end: number, zone: Zone): string {
  const child = vector.children[0];
  const items: string[] = [];
  for (let row = begin; child && row < end; row += 1) items.push(quoted(child, row, zone));
  return `[${items.join(', ')}]`;
}

function mapText(vector: Vector, row: number, zone: Zone): string {
  const [keys, values] = vector.children[0]?.children ?? [];
  const items: string[] = [];
  for (let at = vector.offsets?.[row] ?? 0; keys && values && at < (vector.offsets?.[row + 1] ?? 0); at += 1) {
    items.push(`${cellText(keys, at, zone) ?? 'NULL'}: ${quoted(values, at, zone)}`);
  }
  return `{${items.join(', ')}}`;
}

function quoted(vector: Vector, row: number, zone: Zone): string {
  const text = cellText(vector, row, zone);
  if (text === undefined) return 'NULL';
  return vector.field.type.kind === 'text' ? JSON.stringify(text) : text;
}

// undefined is NULL.
export function cellText(vector: Vector, row: number, zone: Zone): string | undefined {
  if (isNull(vector, row)) return undefined;
  const { type } = vector.field;
  const values = vector.values as unknown as ArrayLike<number | bigint>;
  switch (type.kind) {
    case 'null':
      return undefined;
    case 'int':
      return String(values[row]);
    case 'float': {
      const value = Number(values[row]);
      const shortest = type.bits === 32 ? Number(value.toPrecision(8)) : value;
      return Object.is(shortest, -0) ? '-0' : String(type.bits === 32 && Math.fround(shortest) === value ? shortest : value);
    }
    case 'text':
      return textAt(vector, row);
    case 'bytes':
      return `0x${hex(bytesAt(vector, row))}`;
    case 'bool':
      return ((vector.values as Uint8Array)[row >> 3] ?? 0) & (1 << (row & 7)) ? 'true' : 'false';
    case 'decimal':
      return decimalText(decimalAt(vector, row), type.scale);
    case 'date':
      return formatDate(Number(values[row]));
    case 'time':
      return clockText(nanosecondsOf(BigInt(values[row] ?? 0), type.unit));
    case 'timestamp':
      return formatTime(timeAt(vector, row) ?? 0n, zone);
    case 'interval':
      return intervalText(vector.values as Uint8Array, row);
    case 'list':
      return nested(vector, vector.offsets?.[row] ?? 0, vector.offsets?.[row + 1] ?? 0, zone);
    case 'fixedList':
      return nested(vector, row * type.size, (row + 1) * type.size, zone);
    case 'struct':
      return `{${vector.children.map((child) => `${child.field.name}: ${quoted(child, row, zone)}`).join(', ')}}`;
    case 'map':
      return mapText(vector, row, zone);
  }
}
