// Sorts and filters a result without touching it: the answer is an array of row numbers. Works in slices, so that the page
// stays responsive over millions of rows, and can be aborted.
import { cellText, decimalAt, textAt } from '../../arrow/cell';
import { isNull, type Vector } from '../../arrow/vector';
import type { Zone } from '../../time/nanoseconds';
import type { ResultTable } from '../result/resultTable';
import { radixOrder } from './radix';

export interface Sort {
  column: number;
  descending: boolean;
}

export interface CellFilter {
  column: number;
  value: string | undefined; // the cell's text, undefined is NULL
  keep: boolean; // keep the rows that have it, or those that do not
}

export interface View {
  sort?: Sort;
  search: string; // part of any cell, without regard to case
  filters: CellFilter[];
}

const SLICE_MS = 12;

class Slices {
  private began = performance.now();
  private readonly signal: AbortSignal;
  constructor(signal: AbortSignal) {
    this.signal = signal;
  }
  async breathe(): Promise<void> {
    if (performance.now() - this.began < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.signal.throwIfAborted();
    this.began = performance.now();
  }
}

const CHECK_EVERY = 2048;

async function matching(table: ResultTable, view: View, zone: Zone, slices: Slices): Promise<Uint32Array> {
  const kept = new Uint32Array(table.rowCount);
  const needle = view.search.trim().toLowerCase();
  let count = 0;
  let start = 0;
  for (const batch of [...table.batches]) {
    for (let row = 0; row < batch.length && start + row < kept.length; row += 1) {
      if (row % CHECK_EVERY === 0) await slices.breathe();
      if (rowMatches(batch.columns, row, needle, view.filters, zone)) kept[count++] = start + row;
    }
    start += batch.length;
  }
  return kept.subarray(0, count);
}

function rowMatches(columns: Vector[], row: number, needle: string, filters: CellFilter[], zone: Zone): boolean {
  for (const filter of filters) {
    const vector = columns[filter.column];
    if (vector && (cellText(vector, row, zone) === filter.value) !== filter.keep) return false;
  }
  if (needle === '') return true;
  return columns.some((vector) => cellText(vector, row, zone)?.toLowerCase().includes(needle));
}

// Numbers that order as the values do: as two unsigned halves of 64 bits.
function numericKey(vector: Vector, row: number, scratch: DataView): void {
  const { type } = vector.field;
  const value = (vector.values as unknown as ArrayLike<number | bigint>)[row] ?? 0;
  if (type.kind === 'float') {
    const number = Number(value);
    scratch.setFloat64(0, Number.isNaN(number) ? Number.NaN : number === 0 ? 0 : number);
    const high = scratch.getInt32(0);
    if (high < 0) scratch.setBigUint64(0, ~scratch.getBigUint64(0));
    else scratch.setUint32(0, (high ^ 0x80000000) >>> 0);
    return;
  }
  if (type.kind === 'decimal') {
    scratch.setFloat64(0, Number(decimalAt(vector, row)));
    const high = scratch.getInt32(0);
    if (high < 0) scratch.setBigUint64(0, ~scratch.getBigUint64(0));
    else scratch.setUint32(0, (high ^ 0x80000000) >>> 0);
    return;
  }
  if (type.kind === 'bool') {
    scratch.setBigUint64(0, ((vector.values as Uint8Array)[row >> 3] ?? 0) & (1 << (row & 7)) ? 1n : 0n);
    return;
  }
  if (typeof value === 'bigint') {
    scratch.setBigInt64(0, value);
    if (!(type.kind === 'int' && !type.signed)) scratch.setUint32(0, (scratch.getUint32(0) ^ 0x80000000) >>> 0);
    return;
  }
  scratch.setUint32(0, value < 0 ? 0x7fffffff : 0x80000000);
  scratch.setUint32(4, value >>> 0);
}

interface Keys {
  high: Uint32Array;
  low: Uint32Array;
  nulls: Uint8Array;
}

async function textKeys(table: ResultTable, column: number, keys: Keys, zone: Zone, slices: Slices): Promise<void> {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  for (const { vector, start } of table.vectors(column)) {
    for (let row = 0; row < vector.length && start + row < keys.low.length; row += 1) {
      if (row % CHECK_EVERY === 0) await slices.breathe();
      if (isNull(vector, row)) {
        keys.nulls[start + row] = 1;
        continue;
      }
      const text = vector.field.type.kind === 'text' ? textAt(vector, row) : (cellText(vector, row, zone) ?? '');
      let number = numbers.get(text);
      if (number === undefined) {
        number = texts.length;
        numbers.set(text, number);
        texts.push(text);
      }
      keys.low[start + row] = number;
    }
  }
  const sorted = texts.map((_, index) => index).sort((a, b) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : 1));
  const ranks = new Uint32Array(texts.length);
  sorted.forEach((number, rank) => (ranks[number] = rank));
  for (let row = 0; row < keys.low.length; row += 1) keys.low[row] = ranks[keys.low[row] ?? 0] ?? 0;
}

async function numberKeys(table: ResultTable, column: number, keys: Keys, slices: Slices): Promise<void> {
  const scratch = new DataView(new ArrayBuffer(8));
  for (const { vector, start } of table.vectors(column)) {
    for (let row = 0; row < vector.length && start + row < keys.low.length; row += 1) {
      if (row % CHECK_EVERY === 0) await slices.breathe();
      if (isNull(vector, row)) {
        keys.nulls[start + row] = 1;
        continue;
      }
      numericKey(vector, row, scratch);
      keys.high[start + row] = scratch.getUint32(0);
      keys.low[start + row] = scratch.getUint32(4);
    }
  }
}

const NUMERIC_KINDS = ['int', 'float', 'bool', 'date', 'time', 'timestamp', 'decimal'];

async function sorted(table: ResultTable, rows: Uint32Array, sort: Sort, zone: Zone, slices: Slices): Promise<Uint32Array> {
  const count = table.rowCount;
  const keys: Keys = { high: new Uint32Array(count), low: new Uint32Array(count), nulls: new Uint8Array(count) };
  const kind = table.fields[sort.column]?.type.kind ?? 'null';
  if (NUMERIC_KINDS.includes(kind)) await numberKeys(table, sort.column, keys, slices);
  else await textKeys(table, sort.column, keys, zone, slices);
  const present = rows.filter((row) => keys.nulls[row] === 0);
  const missing = rows.filter((row) => keys.nulls[row] === 1);
  const ordered = radixOrder(present, keys.high, keys.low, sort.descending);
  const result = new Uint32Array(rows.length);
  result.set(ordered);
  result.set(missing, ordered.length); // NULL comes last either way
  return result;
}

// undefined: every row in the order it came.
export async function computeOrder(table: ResultTable, view: View, zone: Zone, signal: AbortSignal): Promise<Uint32Array | undefined> {
  const filtered = view.search.trim() !== '' || view.filters.length > 0;
  if (!filtered && !view.sort) return undefined;
  const slices = new Slices(signal);
  const rows = filtered ? await matching(table, view, zone, slices) : Uint32Array.from({ length: table.rowCount }, (_, row) => row);
  return view.sort ? sorted(table, rows, view.sort, zone, slices) : rows;
}
