// What may be written at a place of a statement: pure, so that it can be tested without an editor.
import { quoteName, type Column, type TableSchema } from '../browser/schema';
import type { SqlFunction } from './functions';
import { splitStatements, tokenize, type Token } from './tokens';

export interface Suggestion {
  label: string;
  apply: string;
  detail: string;
  kind: 'table' | 'time' | 'tag' | 'field' | 'function';
  rank: number; // higher comes first
}

export interface Suggestions {
  from: number; // the text from here to the cursor is replaced
  options: Suggestion[];
}

const bareName = (token: Token): string => (token.kind === 'name' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text);
const isName = (token: Token | undefined): token is Token => token?.kind === 'word' || token?.kind === 'name';
const AFTER_TABLE = /^(where|group|order|on|join|left|right|full|inner|cross|asof|limit|using|union|having|qualify|window|sample)$/i;

// The tables a statement names, by the name or alias that stands for them.
export function tablesOf(sql: string, schema: TableSchema[]): Map<string, TableSchema> {
  const tokens = tokenize(sql).filter((token) => token.kind !== 'space' && token.kind !== 'comment');
  const found = new Map<string, TableSchema>();
  tokens.forEach((token, index) => {
    if (!isName(token)) return;
    const table = schema.find((each) => each.name.toLowerCase() === bareName(token).toLowerCase());
    if (!table || tokens[index - 1]?.text === '.') return;
    found.set(table.name, table);
    const next = tokens[index + 1];
    const alias = next?.text.toLowerCase() === 'as' ? tokens[index + 2] : next;
    if (isName(alias) && !AFTER_TABLE.test(alias.text)) found.set(bareName(alias), table);
  });
  return found;
}

const columnSuggestion = (column: Column, rank: number): Suggestion => ({
  label: column.name,
  apply: quoteName(column.name),
  detail: `${column.kind === 'field' ? '' : `${column.kind} · `}${column.type}`,
  kind: column.kind,
  rank,
});

const statementAround = (sql: string, position: number): string =>
  splitStatements(sql).find(({ start, end }) => position >= start && position <= end + 1)?.text ?? sql;

export function suggest(sql: string, position: number, schema: TableSchema[], functions: SqlFunction[], names: string[]): Suggestions | undefined {
  const before = tokenize(sql.slice(0, position));
  const current = before[before.length - 1];
  if (current && (current.kind === 'string' || current.kind === 'comment' || current.kind === 'number')) return undefined;
  const typed = isName(current) ? current : undefined;
  const from = typed?.start ?? position;
  const past = before.filter((token) => token.kind !== 'space' && token !== typed);
  const previous = past[past.length - 1];
  const tables = tablesOf(statementAround(sql, position), schema);
  if (previous?.text === '.') {
    const owner = past[past.length - 2];
    const table = owner && tables.get(bareName(owner));
    return table && { from, options: table.columns.map((column) => columnSuggestion(column, 2)) };
  }
  const tableOptions: Suggestion[] = schema.map((table) => ({
    label: table.name, apply: quoteName(table.name), detail: `${table.columns.length} columns`, kind: 'table', rank: 1,
  }));
  if (previous && /^(from|join|describe|summarize|into)$/i.test(previous.text)) return { from, options: tableOptions };
  const columns = new Map([...new Set(tables.values())].flatMap((table) => table.columns.map((column) => [column.name, column] as const)));
  const known = new Set(functions.map(({ name }) => name));
  return {
    from,
    options: [
      ...[...columns.values()].map((column) => columnSuggestion(column, 3)),
      ...functions.map(({ name, signature, about }): Suggestion => ({ label: name, apply: `${name}(`, detail: `${signature} ${about}`, kind: 'function', rank: 1 })),
      ...(typed ? names.filter((name) => !known.has(name)).map((name): Suggestion => ({ label: name, apply: `${name}(`, detail: 'function', kind: 'function', rank: -1 })) : []),
      ...tableOptions,
    ],
  };
}

export interface ValuePlace {
  table: string;
  tag: string;
  typed: string;
  from: number; // behind the opening quote
}

// A string that is compared with a tag: its values can be offered.
export function valuePlace(sql: string, position: number, schema: TableSchema[]): ValuePlace | undefined {
  const match = /("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_]*)\s*(?:=|<>|!=|(?:not\s+)?(?:i?like)|(?:not\s+)?in\s*\((?:\s*'[^']*'\s*,)*)\s*'([^']*)$/iu.exec(sql.slice(0, position));
  if (!match?.[1]) return undefined;
  const name = match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1];
  const typed = match[2] ?? '';
  for (const table of tablesOf(statementAround(sql, position), schema).values()) {
    const tag = table.columns.find((column) => column.kind === 'tag' && column.name.toLowerCase() === name.toLowerCase());
    if (tag) return { table: table.name, tag: tag.name, typed, from: position - typed.length };
  }
  return undefined;
}
