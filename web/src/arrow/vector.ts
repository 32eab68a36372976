// One column of one record batch: views over the received bytes, nothing copied.
import type { ArrowField } from './schema';

export interface Vector {
  field: ArrowField;
  length: number;
  nullCount: number;
  validity: Uint8Array | undefined; // bits, least significant first; undefined: nothing is NULL
  offsets: Int32Array | undefined; // text, bytes, list, map
  values: ArrayBufferView | undefined;
  children: Vector[];
}

export interface BatchReader {
  node(): [length: number, nullCount: number];
  buffer(): Uint8Array;
}

const words = (bytes: Uint8Array) => bytes.byteLength;

function typed(field: ArrowField, bytes: Uint8Array): ArrayBufferView {
  const { buffer, byteOffset } = bytes;
  const count = (size: number) => Math.floor(words(bytes) / size);
  const { type } = field;
  switch (type.kind) {
    case 'int': {
      const arrays = type.signed
        ? { 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array }
        : { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array };
      return new arrays[type.bits](buffer as ArrayBuffer, byteOffset, count(type.bits / 8));
    }
    case 'float':
      return type.bits === 32
        ? new Float32Array(buffer, byteOffset, count(4))
        : new Float64Array(buffer, byteOffset, count(8));
    case 'date':
      return new Int32Array(buffer, byteOffset, count(4));
    case 'timestamp':
      return new BigInt64Array(buffer, byteOffset, count(8));
    case 'time':
      return type.unit === 's' || type.unit === 'ms'
        ? new Int32Array(buffer, byteOffset, count(4))
        : new BigInt64Array(buffer, byteOffset, count(8));
    case 'decimal':
      return new BigUint64Array(buffer, byteOffset, count(8)); // pairs: low, high
    default:
      return bytes;
  }
}

export function readVector(field: ArrowField, reader: BatchReader): Vector {
  const [length, nullCount] = reader.node();
  const vector: Vector = { field, length, nullCount, validity: undefined, offsets: undefined, values: undefined, children: [] };
  const { kind } = field.type;
  if (kind === 'null') return vector;
  const validity = reader.buffer();
  if (nullCount > 0) vector.validity = validity;
  if (kind === 'text' || kind === 'bytes' || kind === 'list' || kind === 'map') {
    const bytes = reader.buffer();
    vector.offsets = new Int32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
  }
  if (kind === 'list' || kind === 'map' || kind === 'fixedList' || kind === 'struct') {
    vector.children = field.children.map((child) => readVector(child, reader));
  } else {
    vector.values = typed(field, reader.buffer());
  }
  return vector;
}

export function isNull(vector: Vector, row: number): boolean {
  if (vector.field.type.kind === 'null') return true;
  const bits = vector.validity;
  return bits !== undefined && ((bits[row >> 3] ?? 0) & (1 << (row & 7))) === 0;
}
