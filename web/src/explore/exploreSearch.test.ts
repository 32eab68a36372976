import { expect, it } from 'vitest';
import { exploreSearchOf, readYColumns, writeYColumns } from './exploreSearch';

it('drops what it does not know and what is the default', () => {
  expect(exploreSearchOf({ q: 'select 1', tab: 'table', kind: 'pie', from: 'x', live: 'yes', other: '1' })).toEqual({ q: 'select 1' });
  expect(exploreSearchOf({ tab: 'chart', kind: 'bar', from: '-5', live: '1' })).toEqual({ tab: 'chart', kind: 'bar', from: '-5', live: '1' });
});

it('writes and reads value columns, whatever their names hold', () => {
  const columns = [{ column: 'a,b' }, { column: 'x@1:%', axis: 1 }, { column: 'µ', axis: 2, unit: 'bytes/s' }];
  expect(readYColumns(writeYColumns(columns))).toEqual(columns);
  expect(writeYColumns([])).toBeUndefined();
  expect(readYColumns('%E0%A4%A')).toEqual([]);
});
