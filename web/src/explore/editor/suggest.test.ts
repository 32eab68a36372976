import { expect, it } from 'vitest';
import type { TableSchema } from '../browser/schema';
import { TIME_SERIES_FUNCTIONS } from './functions';
import { suggest, tablesOf, valuePlace } from './suggest';

const schema: TableSchema[] = [
  { name: 'cpu', columns: [
    { name: 'time', kind: 'time', type: 'TIMESTAMP_NS' }, { name: 'host', kind: 'tag', type: 'VARCHAR' }, { name: 'usage', kind: 'field', type: 'DOUBLE' },
  ] },
  { name: 'co2', columns: [{ name: 'adjusted CO2', kind: 'field', type: 'DOUBLE' }] },
];

// "|" is the cursor.
const labels = (marked: string) => {
  const position = marked.indexOf('|');
  return suggest(marked.replace('|', ''), position, schema, TIME_SERIES_FUNCTIONS, ['zzz'])?.options.map(({ label }) => label);
};

it('offers tables behind FROM and JOIN', () => {
  expect(labels('SELECT * FROM |')).toEqual(['cpu', 'co2']);
  expect(labels('SELECT * FROM cpu JOIN c|')).toEqual(['cpu', 'co2']);
});

it('offers the columns of the tables that the statement names, first', () => {
  expect(labels('SELECT | FROM cpu')?.slice(0, 3)).toEqual(['time', 'host', 'usage']);
  expect(labels('SELECT 1; SELECT u| FROM co2')?.[0]).toBe('adjusted CO2');
});

it('knows aliases', () => {
  expect(labels('SELECT c.| FROM cpu AS c')).toEqual(['time', 'host', 'usage']);
  expect(labels('SELECT c.h| FROM cpu c WHERE true')).toEqual(['time', 'host', 'usage']);
  expect([...tablesOf('FROM cpu WHERE', schema).keys()]).toEqual(['cpu']);
});

it('quotes what must be quoted', () => {
  const sql = 'SELECT  FROM co2';
  expect(suggest(sql, 7, schema, [], [])?.options[0]?.apply).toBe('"adjusted CO2"');
});

it('is silent inside strings and comments', () => {
  expect(labels("SELECT 'a|'")).toBeUndefined();
  expect(labels('-- fr|')).toBeUndefined();
});

it('finds the tag that a string is compared with', () => {
  const place = (marked: string) => valuePlace(marked.replace('|', ''), marked.indexOf('|'), schema);
  expect(place("SELECT * FROM cpu WHERE host = 'we|'")).toMatchObject({ table: 'cpu', tag: 'host', typed: 'we' });
  expect(place("SELECT * FROM cpu WHERE host IN ('a', '|')")).toMatchObject({ tag: 'host', typed: '' });
  expect(place("SELECT * FROM cpu WHERE usage = '|'")).toBeUndefined();
});
