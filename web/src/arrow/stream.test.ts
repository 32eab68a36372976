import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellText } from './cell';
import { sqlTypeName } from './schema';
import { ArrowStreamReader } from './stream';

// The streams that the server's own tests compare its encoder with, and PyArrow reads.
const FOLDER = join(import.meta.dirname, '../../../tests/golden/arrow');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(FOLDER, `${name}.arrows`)));

function read(name: string, chunkBytes: number) {
  const bytes = bytesOf(name);
  const reader = new ArrowStreamReader();
  const rows: (string | undefined)[][] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    for (const batch of reader.push(bytes.subarray(at, at + chunkBytes))) {
      for (let row = 0; row < batch.length; row += 1) rows.push(batch.columns.map((column) => cellText(column, row, 'utc')));
    }
  }
  return { rows, types: reader.fields?.map(sqlTypeName), complete: reader.complete };
}

const EXPECTED: Record<string, { types: string[]; rows: (string | undefined)[][] }> = {
  empty: { types: ['INTEGER', 'VARCHAR'], rows: [] },
  integers: {
    types: ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
    rows: [
      ['-128', '-32768', '-2147483648', '-9223372036854775808', '255', '65535', '4294967295', '18446744073709551615'],
      Array<undefined>(8).fill(undefined),
    ],
  },
  floats: { types: ['DOUBLE', 'FLOAT'], rows: [['0.1', '0.5'], [undefined, undefined], ['-Infinity', 'Infinity']] },
  booleans: {
    types: ['BOOLEAN'],
    rows: Array.from({ length: 20 }, (_, i) => [i % 7 === 3 ? undefined : String(i % 3 === 0)]),
  },
  strings: {
    types: ['VARCHAR', 'BLOB'],
    rows: [['a', '0x6162'], ['', '0x'], [undefined, undefined], ['Grüße 世界, longer than twelve', '0xff00']],
  },
  decimals: {
    types: ['DECIMAL', 'DECIMAL', 'DECIMAL', 'DECIMAL', 'HUGEINT', 'HUGEINT'],
    rows: [['1.25', '-12345.678', '12.5', '-1.5000000000', '-7', '9'], Array<undefined>(6).fill(undefined)],
  },
  texts: {
    types: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'INTEGER'],
    rows: [['01234567-89ab-cdef-fedc-ba9876543210', '101', 'b', undefined]],
  },
  lists: {
    types: ['INTEGER[]', 'VARCHAR[][]'],
    rows: [
      ['[1, NULL, 3]', '[["a"], NULL]'],
      ['[]', '[]'],
      [undefined, undefined],
      ['[4]', '[["b", "c"], []]'],
    ],
  },
  structs: {
    types: ['STRUCT'],
    rows: [['{a: 1, s: "x", l: [1]}'], [undefined], ['{a: NULL, s: "y", l: NULL}']],
  },
  maps: { types: ['MAP'], rows: [['{k: 1, l: NULL}'], ['{}'], [undefined]] },
  arrays: { types: ['DOUBLE[]'], rows: [['[1.5, 2.5]'], [undefined], ['[3.5, NULL]']] },
  slices: {
    types: ['BIGINT', 'BIGINT[]', 'STRUCT', 'INTEGER'],
    rows: [1, 5, 9].map((i) => [String(i), `[${i}, ${i + 1}]`, `{s: "n${i}"}`, '7']),
  },
};

describe('ArrowStreamReader', () => {
  it.each(Object.keys(EXPECTED))('reads %s', (name) => {
    expect(read(name, 1 << 20)).toEqual({ ...EXPECTED[name], complete: true });
  });
  it.each(Object.keys(EXPECTED))('reads %s byte by byte', (name) => {
    expect(read(name, 1)).toEqual({ ...EXPECTED[name], complete: true });
  });
  it('reads times to the nanosecond', () => {
    const { rows, types, complete } = read('times', 7);
    expect(complete).toBe(true);
    expect({ types, first: rows[0] }).toMatchInlineSnapshot(`
      {
        "first": [
          "2024-03-01 12:00:00.123456789",
          "2024-03-01 12:00:00.500",
          "2024-03-01 12:00:00.007",
          "2024-03-01 12:00:00",
          "2024-03-01 10:00:00",
          "2024-03-01",
          "12:34:56.500",
          "1 y 2 mon 3 d 00:00:04.500",
        ],
        "types": [
          "TIMESTAMP_NS",
          "TIMESTAMP",
          "TIMESTAMP",
          "TIMESTAMP",
          "TIMESTAMP",
          "DATE",
          "TIME",
          "INTERVAL",
        ],
      }
    `);
  });
  it('knows every stream of the folder', () => {
    const names = readdirSync(FOLDER).map((file) => file.replace('.arrows', ''));
    expect([...Object.keys(EXPECTED), 'times'].sort()).toEqual(names.sort());
  });
  it('tells a stream that was cut off', () => {
    const bytes = bytesOf('integers');
    const reader = new ArrowStreamReader();
    reader.push(bytes.subarray(0, bytes.length - 8));
    expect(reader.complete).toBe(false);
  });
  it('refuses what is no Arrow stream', () => {
    expect(() => new ArrowStreamReader().push(new TextEncoder().encode('{"columns": []}'))).toThrow('not an Arrow stream');
  });
});
