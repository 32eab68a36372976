import { describe, expect, it } from 'vitest';
import { formatSql } from './format';
import { splitStatements, statementToRun, tokenize } from './tokens';

const SAMPLES = [
  '',
  'select 1',
  "select 'a;b', \"c;d\", $$e;f$$, $x$g;$$;h$x$ -- i;j\nfrom t /* k;l */ where m = 1;select 2",
  "select time_bucket(interval '1 minute', time) as minute, avg(usage) from cpu where host like 'web-%' and time between a and b group by all order by minute",
  'with x as (select * from t where a in (1,2)) select first(v, time), x.y::int from x left join z on x.a = z.a or z.b[1] > -1',
  "unterminated 'string",
  'explain analyze select * from "odd ""name"" x"',
];

describe('tokenize', () => {
  it.each(SAMPLES)('loses nothing of %j', (sql) => expect(tokenize(sql).map((token) => token.text).join('')).toBe(sql));
});

describe('splitStatements', () => {
  it('sees through strings, names, dollar quotes and comments', () => {
    expect(splitStatements(SAMPLES[2] ?? '').map(({ text }) => text.slice(0, 12))).toEqual(["select 'a;b'", 'select 2']);
  });
  it('drops empty statements', () => expect(splitStatements(' ;; -- nothing\n')).toEqual([]));
});

describe('statementToRun', () => {
  const sql = 'select 1;\nselect 2;\n';
  it.each([
    [0, 'select 1'],
    [9, 'select 1'],
    [12, 'select 2'],
    [sql.length, 'select 2'],
  ])('at %d runs %s', (at, text) => expect(statementToRun(sql, { from: at, to: at })?.text).toBe(text));
  it('prefers the selection', () => expect(statementToRun(sql, { from: 10, to: 16 })).toMatchObject({ text: 'select', start: 10 }));
  it('finds nothing in nothing', () => expect(statementToRun('  ', { from: 0, to: 0 })).toBeUndefined());
});

describe('formatSql', () => {
  const bare = (sql: string) =>
    tokenize(sql)
      .filter((token) => token.kind !== 'space')
      .map((token) => (token.kind === 'word' ? token.text.toUpperCase() : token.text));
  it.each(SAMPLES)('keeps the tokens of %j', (sql) => expect(bare(formatSql(sql))).toEqual(bare(sql)));
  it.each(SAMPLES)('has nothing left to do on its own work: %j', (sql) => expect(formatSql(formatSql(sql))).toBe(formatSql(sql)));
  it('puts clauses on lines of their own', () => {
    expect(formatSql(SAMPLES[3] ?? '')).toBe(
      [
        "SELECT time_bucket(INTERVAL '1 minute', time) AS minute, avg(usage)",
        'FROM cpu',
        "WHERE host LIKE 'web-%'",
        '  AND time BETWEEN a AND b',
        'GROUP BY ALL',
        'ORDER BY minute',
      ].join('\n'),
    );
  });
  it('indents sub-queries', () => {
    expect(formatSql(SAMPLES[4] ?? '')).toBe(
      [
        'WITH x AS (',
        '  SELECT *',
        '  FROM t',
        '  WHERE a IN (1, 2)',
        ')',
        'SELECT first(v, time), x.y::int',
        'FROM x',
        'LEFT JOIN z ON x.a = z.a',
        '  OR z.b[1] > -1',
      ].join('\n'),
    );
  });
});
