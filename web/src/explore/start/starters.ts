// The first chart of a table: its numeric fields, averaged over buckets that suit the span, by the smallest tag.
import { NS_PER_SECOND } from '../../time/nanoseconds';
import { quoteName, type TableSchema, type TableSize } from '../browser/schema';

const BUCKETS = 400n;
const WIDTHS: [seconds: bigint, text: string][] = [
  [1n, '1 second'], [5n, '5 seconds'], [10n, '10 seconds'], [30n, '30 seconds'], [60n, '1 minute'], [300n, '5 minutes'], [900n, '15 minutes'],
  [3600n, '1 hour'], [21_600n, '6 hours'], [86_400n, '1 day'], [604_800n, '7 days'], [2_592_000n, '30 days'],
];

export function bucketOf(spanNs: bigint): string {
  const wanted = spanNs / BUCKETS / NS_PER_SECOND;
  return (WIDTHS.find(([seconds]) => seconds >= wanted) ?? WIDTHS[WIDTHS.length - 1])?.[1] ?? '1 day';
}

const isNumber = (type: string) => ['DOUBLE', 'BIGINT', 'UBIGINT'].includes(type);
const FIELDS_MAX = 3;
const RAW_ROWS_MAX = 20_000; // so few are drawn as they are

export function chartQueryOf(table: TableSchema, size: TableSize | undefined): string | undefined {
  const fields = table.columns.filter((column) => column.kind === 'field' && isNumber(column.type)).slice(0, FIELDS_MAX);
  if (fields.length === 0 || size?.first === undefined || size.last === undefined) return undefined;
  const tags = table.columns.filter((column) => column.kind === 'tag');
  if (tags.length === 0 && size.rows <= RAW_ROWS_MAX) {
    return `SELECT time, ${fields.map(({ name }) => quoteName(name)).join(', ')}\nFROM ${quoteName(table.name)}\nORDER BY time`;
  }
  const averages = fields.map(({ name }) => `avg(${quoteName(name)}) AS ${quoteName(name)}`).join(', ');
  return `SELECT time_bucket(INTERVAL '${bucketOf(size.last - size.first)}', time) AS time, ${averages}\nFROM ${quoteName(table.name)}\nGROUP BY ALL\nORDER BY time`;
}
