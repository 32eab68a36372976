// One field of a table in at most 64 buckets over its whole time.
import { sqlRows, type SqlOptions } from '../../api/sql';
import { quoteName } from '../browser/schema';

export type Sparkline = { bucket: number; value: number }[];

const BUCKETS = 64;

export function sparklineQuery(table: string, field: string): string {
  const name = quoteName(table);
  return `WITH span AS (SELECT epoch_ns(min(time))::DOUBLE AS a, greatest(epoch_ns(max(time))::DOUBLE - epoch_ns(min(time))::DOUBLE, 1) AS w FROM ${name})
SELECT least(floor((epoch_ns(time)::DOUBLE - a) / w * ${BUCKETS}), ${BUCKETS - 1})::INTEGER AS bucket, avg(${quoteName(field)})::DOUBLE AS value
FROM ${name}, span GROUP BY 1 ORDER BY 1`;
}

export async function readSparkline(table: string, field: string, options: SqlOptions): Promise<Sparkline> {
  const rows = await sqlRows(sparklineQuery(table, field), options);
  return rows.flatMap(([bucket, value]) => (typeof value === 'number' && Number.isFinite(value) ? [{ bucket: Number(bucket), value }] : []));
}

export function sparkPath(points: Sparkline, width: number, height: number): string {
  if (points.length === 0) return `M0 ${height}`;
  const values = points.map(({ value }) => value);
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  const margin = 3;
  return points
    .map(({ bucket, value }, index) => {
      const x = (bucket / (BUCKETS - 1)) * width;
      const y = height - margin - ((value - least) / span) * (height - 2 * margin);
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join(' ');
}
