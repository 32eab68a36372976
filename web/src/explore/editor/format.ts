// Lays SQL out: clauses on lines of their own, keywords in capitals, sub-queries indented. Changes space and the case of
// keywords, nothing else.
import { tokenize, type Token } from './tokens';

const CLAUSES = new Set([
  'SELECT', 'FROM', 'WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'OFFSET', 'UNION', 'EXCEPT', 'INTERSECT', 'WITH', 'QUALIFY',
  'WINDOW', 'VALUES', 'SAMPLE', 'FILL', 'USING',
]);
const JOINS = new Set(['JOIN', 'LEFT', 'RIGHT', 'FULL', 'INNER', 'CROSS', 'ASOF', 'POSITIONAL', 'SEMI', 'ANTI']);
const KEYWORDS = new Set([
  ...CLAUSES, ...JOINS, 'AS', 'BY', 'ON', 'AND', 'OR', 'NOT', 'IN', 'IS', 'NULL', 'LIKE', 'ILIKE', 'BETWEEN', 'CASE', 'WHEN', 'THEN',
  'ELSE', 'END', 'ASC', 'DESC', 'DISTINCT', 'ALL', 'INTERVAL', 'OVER', 'PARTITION', 'EXPLAIN', 'ANALYZE', 'DESCRIBE', 'SHOW',
  'SUMMARIZE', 'TABLES', 'OUTER', 'EXISTS', 'CAST', 'TRUE', 'FALSE', 'FILTER', 'RECURSIVE', 'NULLS', 'FIRST', 'LAST', 'AT', 'ZONE',
  'PIVOT', 'UNPIVOT', 'LATEST', 'ROWS', 'RANGE', 'PRECEDING', 'FOLLOWING', 'UNBOUNDED', 'CURRENT', 'ROW',
]);
const CALLABLE_KEYWORDS = new Set(['FIRST', 'LAST', 'LEFT', 'RIGHT', 'RANGE']); // names of functions too

const upper = (token: Token | undefined) => (token?.kind === 'word' ? token.text.toUpperCase() : (token?.text ?? ''));

interface Frame {
  indent: number;
  subquery: boolean;
  between: boolean;
}

class Layout {
  private out = '';
  private frames: Frame[] = [{ indent: 0, subquery: true, between: false }];
  private fresh = true; // at the begin of a line

  get frame(): Frame {
    return this.frames[this.frames.length - 1] ?? { indent: 0, subquery: true, between: false };
  }

  line(extra = 0): void {
    if (this.out === '') return;
    this.out = `${this.out.trimEnd()}\n${'  '.repeat(this.frame.indent + extra)}`;
    this.fresh = true;
  }
  write(text: string, space: boolean): void {
    this.out += (space && !this.fresh ? ' ' : '') + text;
    this.fresh = false;
  }
  open(subquery: boolean): void {
    this.frames.push({ indent: this.frame.indent + (subquery ? 1 : 0), subquery, between: false });
  }
  close(): boolean {
    const { subquery } = this.frame;
    if (this.frames.length > 1) this.frames.pop();
    return subquery;
  }
  text(): string {
    return this.out.trimEnd();
  }
}

// No space before these, and none behind those.
const TIGHT_BEFORE = new Set([',', ')', ']', ';', '.', '::', '[']);
const TIGHT_BEHIND = new Set(['(', '[', '.', '::']);

// A sign that belongs to the value behind it: nothing that could be subtracted from stands before it.
const isSign = (token: Token, before: Token | undefined) =>
  (token.text === '-' || token.text === '+') &&
  (!before || (before.kind === 'punctuation' && before.text !== ')' && before.text !== ']') ||
    (before.kind === 'word' && KEYWORDS.has(upper(before))));

function needsSpace(previous: Token | undefined, token: Token, before: Token | undefined): boolean {
  if (!previous || isSign(previous, before)) return false;
  if (TIGHT_BEFORE.has(token.text) || TIGHT_BEHIND.has(previous.text)) return false;
  if (token.text === '(') {
    const before = upper(previous);
    return !(previous.kind === 'word' || previous.kind === 'name') || (KEYWORDS.has(before) && !CALLABLE_KEYWORDS.has(before));
  }
  return true;
}

export function formatSql(sql: string): string {
  const spaced = tokenize(sql);
  const tokens = spaced.filter((token) => token.kind !== 'space');
  const layout = new Layout();
  tokens.forEach((token, index) => {
    const previous = tokens[index - 1];
    const next = tokens[index + 1];
    const word = upper(token);
    const called = next?.text === '(' && CALLABLE_KEYWORDS.has(word);
    const isKeyword = token.kind === 'word' && KEYWORDS.has(word) && !called && previous?.text !== '.';
    if (token.kind === 'comment') {
      if (previous && /\n/.test(sql.slice(previous.start + previous.text.length, token.start))) layout.line();
      layout.write(token.text, true);
      if (token.text.startsWith('--')) layout.line();
      return;
    }
    if (token.text === ';') {
      layout.write(';', false);
      while (layout.frame.indent > 0) layout.close();
      if (next) layout.line();
      return;
    }
    if (isKeyword && layout.frame.subquery && startsLine(word, upper(previous), layout.frame)) {
      layout.line(word === 'AND' || word === 'OR' ? 1 : 0);
    }
    if (isKeyword && word === 'BETWEEN') layout.frame.between = true;
    else if (isKeyword && word === 'AND') layout.frame.between = false;
    if (token.text === ')' && layout.close()) layout.line();
    layout.write(isKeyword ? word : token.text, needsSpace(previous, token, tokens[index - 2]));
    if (token.text === '(') {
      const subquery = next?.kind === 'word' && ['SELECT', 'WITH', 'FROM'].includes(upper(next));
      layout.open(subquery);
      if (subquery) layout.line();
    }
  });
  return layout.text();
}

function startsLine(word: string, before: string, frame: Frame): boolean {
  if (word === 'AND' || word === 'OR') return !(word === 'AND' && frame.between);
  if (word === 'FROM') return !['DISTINCT'].includes(before);
  if (word === 'USING') return false;
  if (word === 'SELECT' && (before === 'ALL' || before === 'ANALYZE' || before === 'EXPLAIN')) return true;
  if (JOINS.has(word)) return !JOINS.has(before) && before !== 'OUTER';
  return CLAUSES.has(word);
}
