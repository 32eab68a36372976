import { describe, expect, it } from 'vitest';
import { cellText } from '../../arrow/cell';
import type { ArrowField } from '../../arrow/schema';
import type { Vector } from '../../arrow/vector';
import { ResultTable } from '../result/resultTable';
import { computeOrder, type View } from './order';

const signal = new AbortController().signal;
const FLOAT: ArrowField = { name: 'v', type: { kind: 'float', bits: 64 }, children: [] };
const INT: ArrowField = { name: 'i', type: { kind: 'int', bits: 64, signed: true }, children: [] };
const SMALL: ArrowField = { name: 's', type: { kind: 'int', bits: 32, signed: true }, children: [] };
const TEXT: ArrowField = { name: 't', type: { kind: 'text' }, children: [] };

function bitsOf(values: unknown[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (value !== null) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return bits;
}

function vector(field: ArrowField, values: (number | bigint | string | null)[]): Vector {
  const common = { field, length: values.length, nullCount: values.includes(null) ? 1 : 0, validity: values.includes(null) ? bitsOf(values) : undefined, offsets: undefined, children: [] };
  if (field === FLOAT) return { ...common, values: Float64Array.from(values.map(Number)) };
  if (field === SMALL) return { ...common, values: Int32Array.from(values.map(Number)) };
  if (field === INT) return { ...common, values: BigInt64Array.from(values.map((value) => BigInt(value ?? 0))) };
  const pieces = values.map((value) => new TextEncoder().encode(String(value ?? '')));
  const offsets = new Int32Array(values.length + 1);
  pieces.forEach((piece, row) => (offsets[row + 1] = (offsets[row] ?? 0) + piece.length));
  return { ...common, offsets, values: Uint8Array.from(pieces.flatMap((piece) => [...piece])) };
}

function table(field: ArrowField, ...batches: (number | bigint | string | null)[][]): ResultTable {
  const result = new ResultTable([field]);
  result.add(batches.map((values) => ({ length: values.length, columns: [vector(field, values)], bytes: 0 })));
  return result;
}

async function texts(result: ResultTable, view: Partial<View>): Promise<string[]> {
  const order = await computeOrder(result, { search: '', filters: [], ...view }, 'utc', signal);
  return Array.from(order ?? result.rowCount ? (order ?? Array.from({ length: result.rowCount }, (_, row) => row)) : [], (row) => {
    const place = result.at(0, row);
    return (place && cellText(place.vector, place.row, 'utc')) ?? 'NULL';
  });
}

describe('computeOrder', () => {
  const up = { sort: { column: 0, descending: false } };
  const down = { sort: { column: 0, descending: true } };
  it('sorts floats as DuckDB does: NaN greatest, NULL last either way', async () => {
    const result = table(FLOAT, [3, Number.NaN, null, -0.5], [Infinity, -Infinity, 0, -2]);
    expect(await texts(result, up)).toEqual(['-Infinity', '-2', '-0.5', '0', '3', 'Infinity', 'NaN', 'NULL']);
    expect(await texts(result, down)).toEqual(['NaN', 'Infinity', '3', '0', '-0.5', '-2', '-Infinity', 'NULL']);
  });
  it('sorts the extremes of int64 and int32', async () => {
    expect(await texts(table(INT, [1n, -(2n ** 63n), 2n ** 63n - 1n, -1n, 0n]), up)).toEqual([
      '-9223372036854775808', '-1', '0', '1', '9223372036854775807',
    ]);
    expect(await texts(table(SMALL, [1, -(2 ** 31), 2 ** 31 - 1, -1, 0]), up)).toEqual(['-2147483648', '-1', '0', '1', '2147483647']);
  });
  it('sorts text and keeps the order of equals', async () => {
    expect(await texts(table(TEXT, ['b', null, 'ä'], ['a', 'B']), up)).toEqual(['B', 'a', 'b', 'ä', 'NULL']);
    const order = await computeOrder(table(TEXT, ['x', 'x'], ['x']), { search: '', filters: [], ...down }, 'utc', signal);
    expect([...(order ?? [])]).toEqual([0, 1, 2]);
  });
  it('finds parts of cells without regard to case', async () => {
    expect(await texts(table(TEXT, ['Berlin', 'Paris', null], ['BERN']), { search: 'ber' })).toEqual(['Berlin', 'BERN']);
  });
  it('keeps or drops a value, NULL too', async () => {
    const result = table(TEXT, ['a', 'b', null]);
    expect(await texts(result, { filters: [{ column: 0, value: 'a', keep: false }] })).toEqual(['b', 'NULL']);
    expect(await texts(result, { filters: [{ column: 0, value: undefined, keep: true }] })).toEqual(['NULL']);
  });
  it('gives up when it is aborted', async () => {
    const stop = new AbortController();
    const rows = Array.from({ length: 200_000 }, (_, row) => `row ${row}`);
    const running = computeOrder(table(TEXT, rows), { search: 'nothing', filters: [] }, 'utc', stop.signal);
    stop.abort();
    await expect(running).rejects.toThrow();
  });
  it('agrees with a comparing sort on random numbers', async () => {
    let seed = 20_240_301; // a linear congruential generator, so that a failure comes back
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const values = Array.from({ length: 5000 }, () => (random() < 0.1 ? Math.round(random() * 4) : (random() - 0.5) * 10 ** (random() * 20)));
    expect(await texts(table(FLOAT, values.slice(0, 1234), values.slice(1234)), up)).toEqual(
      [...values].sort((a, b) => a - b).map(String),
    );
  });
});
