import { expect, it } from 'vitest';
import { problemOf, problemOfResponse, ProblemError, sqlPosition, withoutDrawing } from './problem';

const DETAIL = 'Parser Error: syntax error at or near "FROM"\n\nLINE 2: usage + FROM host_cpu\n                ^';

it('finds the place DuckDB points at', () => {
  expect(sqlPosition(DETAIL, 'SELECT\nusage + FROM host_cpu')).toEqual({ line: 2, column: 8 });
  expect(sqlPosition('no drawing', 'SELECT 1')).toBeUndefined();
  expect(sqlPosition(DETAIL, 'SELECT 1')).toBeUndefined();
});

it('finds the place in a line that was cut', () => {
  const sql = `SELECT ${'a, '.repeat(60)}nope FROM t`;
  const shown = sql.slice(sql.indexOf('nope') - 30, sql.indexOf('nope') + 15);
  const detail = `Binder Error: no\n\nLINE 1: ...${shown}\n        ${' '.repeat(33)}^`;
  // "a, " repeats, so the text around the place, not its start alone, decides.
  expect(sql.slice(sqlPosition(detail, sql)?.column).startsWith('nope')).toBe(true);
});

it('drops the drawing from the message', () => {
  expect(withoutDrawing(DETAIL)).toBe('Parser Error: syntax error at or near "FROM"');
  expect(withoutDrawing('plain')).toBe('plain');
});

it('keeps what problem+json says', async () => {
  const response = new Response('{"type":"/docs#problem-x","title":"T","status":400,"detail":"D"}', {
    status: 400,
    headers: { 'Content-Type': 'application/problem+json', 'X-Request-Id': 'abc', 'Retry-After': '3' },
  });
  expect(await problemOfResponse(response)).toMatchObject({ title: 'T', detail: 'D', request_id: 'abc', retryAfterSeconds: 3 });
});

it('explains an answer that is not ours, and none at all', async () => {
  expect((await problemOfResponse(new Response('<html>', { status: 502 }))).detail).toContain('did not come from StreamFlow');
  expect(problemOf(new TypeError('Failed to fetch')).title).toBe('The server cannot be reached');
  expect(problemOf(new ProblemError({ type: '', title: 'x', status: 1, detail: 'y' })).title).toBe('x');
});
