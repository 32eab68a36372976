// What the project holds: tables and columns in one request, sizes and tag values when somebody looks at them.
import { useQuery } from '@tanstack/react-query';
import { sqlRows } from '../../api/sql';

export type ColumnKind = 'time' | 'tag' | 'field';

export interface Column {
  name: string;
  kind: ColumnKind;
  type: string;
}

export interface TableSchema {
  name: string;
  columns: Column[];
}

export interface TableSize {
  rows: number;
  first: bigint | undefined; // ns since 1970
  last: bigint | undefined;
}

export const quoteName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const COLUMNS = `SELECT table_name, column_name, data_type, comment
FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index`;

const SCHEMA_STALE_MS = 30_000;

export async function readSchema(project: string | undefined, signal?: AbortSignal): Promise<TableSchema[]> {
  const tables = new Map<string, TableSchema>();
  for (const [table, column, type, comment] of await sqlRows(COLUMNS, { project, signal })) {
    const name = String(table);
    const schema = tables.get(name) ?? { name, columns: [] };
    tables.set(name, schema);
    const kind = comment === 'time' || comment === 'tag' ? comment : 'field';
    schema.columns.push({ name: String(column), type: String(type), kind });
  }
  return [...tables.values()];
}

export function useSchema(project: string | undefined) {
  return useQuery({
    queryKey: ['schema', project],
    queryFn: ({ signal }) => readSchema(project, signal),
    staleTime: SCHEMA_STALE_MS,
    refetchOnWindowFocus: true,
  });
}

const bigintOf = (value: unknown): bigint | undefined => (typeof value === 'string' ? BigInt(value) : undefined);

export function useTableSize(project: string | undefined, table: string, enabled: boolean) {
  return useQuery({
    queryKey: ['size', project, table],
    enabled,
    staleTime: SCHEMA_STALE_MS,
    queryFn: async ({ signal }): Promise<TableSize> => {
      const query = `SELECT count(*), epoch_ns(min(time))::VARCHAR, epoch_ns(max(time))::VARCHAR FROM ${quoteName(table)}`;
      const [row] = await sqlRows(query, { project, signal });
      return { rows: Number(row?.[0] ?? 0), first: bigintOf(row?.[1]), last: bigintOf(row?.[2]) };
    },
  });
}

export interface TagValue {
  value: string | null;
  rows: number;
}

export const TAG_VALUES_SHOWN = 100;

export function useTagValues(project: string | undefined, table: string, tag: string, enabled: boolean) {
  return useQuery({
    queryKey: ['tag-values', project, table, tag],
    enabled,
    staleTime: SCHEMA_STALE_MS,
    queryFn: async ({ signal }): Promise<TagValue[]> => {
      const name = quoteName(tag);
      const query = `SELECT ${name}, count(*) AS rows FROM ${quoteName(table)} GROUP BY 1 ORDER BY rows DESC, 1 LIMIT ${TAG_VALUES_SHOWN + 1}`;
      return (await sqlRows(query, { project, signal })).map(([value, rows]) => ({
        value: value === null ? null : String(value),
        rows: Number(rows),
      }));
    },
  });
}

export interface ValueMatch {
  table: string;
  tag: string;
  value: string;
}

const MATCHES_PER_TAG = 8;
const SEARCH_CHARACTERS_MIN = 2;

// Tag values that contain the words. One statement for all tags; the predicate runs once per distinct value.
export function useValueSearch(project: string | undefined, tables: TableSchema[], text: string) {
  const tags = tables.flatMap((table) => table.columns.filter((column) => column.kind === 'tag').map((column) => [table.name, column.name] as const));
  return useQuery({
    queryKey: ['value-search', project, text, tags],
    enabled: text.length >= SEARCH_CHARACTERS_MIN && tags.length > 0,
    staleTime: SCHEMA_STALE_MS,
    queryFn: async ({ signal }): Promise<ValueMatch[]> => {
      const pattern = quoteText(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`);
      const parts = tags.map(
        ([table, tag]) =>
          `(SELECT DISTINCT ${quoteText(table)} AS t, ${quoteText(tag)} AS c, ${quoteName(tag)} AS v FROM ${quoteName(table)} WHERE ${quoteName(tag)} ILIKE ${pattern} ESCAPE '\\' ORDER BY v LIMIT ${MATCHES_PER_TAG})`,
      );
      const rows = await sqlRows(parts.join(' UNION ALL '), { project, signal });
      return rows.map(([table, tag, value]) => ({ table: String(table), tag: String(tag), value: String(value) }));
    },
  });
}
