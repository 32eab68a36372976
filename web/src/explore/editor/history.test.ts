import { beforeEach, expect, it } from 'vitest';
import { clearHistory, HISTORY_MAX, readHistory, remember, searchHistory } from './history';

beforeEach(clearHistory);

it('keeps the newest first and each statement once', () => {
  remember({ sql: 'a', ranAt: 1 });
  remember({ sql: 'b', ranAt: 2 });
  remember({ sql: 'a', ranAt: 3, rows: 7 });
  expect(readHistory()).toEqual([{ sql: 'a', ranAt: 3, rows: 7 }, { sql: 'b', ranAt: 2 }]);
});

it('forgets the oldest', () => {
  for (let index = 0; index <= HISTORY_MAX; index += 1) remember({ sql: `select ${index}`, ranAt: index });
  expect(readHistory()).toHaveLength(HISTORY_MAX);
  expect(readHistory().at(-1)?.sql).toBe('select 1');
});

it('finds by all words, in any order', () => {
  const entries = [{ sql: 'SELECT avg(usage) FROM cpu', ranAt: 1 }, { sql: 'SELECT 1', ranAt: 2 }];
  expect(searchHistory(entries, 'CPU avg')).toEqual([entries[0]]);
  expect(searchHistory(entries, '')).toEqual(entries);
});

it.each(['{', '{"a":1}', '[null, {"sql": 3}]'])('survives a storage that holds %s', (text) => {
  localStorage.setItem('streamflow.history', text);
  expect(readHistory()).toEqual([]);
});
