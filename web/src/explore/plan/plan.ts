// DuckDB's profile of EXPLAIN ANALYZE (its JSON form) as a tree of operators with their own time, rows and details.
import type { JsonValue } from '../../api/sql';

export interface Operator {
  name: string;
  seconds: number; // its own, summed over threads
  rows: number;
  details: [name: string, value: string][];
  children: Operator[];
}

export interface Plan {
  text: string | undefined; // a plan without measurements, as the server drew it
  root: Operator | undefined;
  latencySeconds: number;
  cpuSeconds: number;
}

interface Profile {
  operator_name?: string;
  operator_type?: string;
  operator_timing?: number;
  operator_cardinality?: number;
  extra_info?: Record<string, string | string[]>;
  latency?: number;
  cpu_time?: number;
  children?: Profile[];
}

// The statement that profiles, when `sql` is an EXPLAIN of some kind. EXPLAIN ANALYZE is asked for in its JSON form.
export function profileStatement(sql: string): string | undefined {
  const analyze = /^\s*explain\s+analyze\b/i.exec(sql);
  if (analyze) return `EXPLAIN (ANALYZE, FORMAT json) ${sql.slice(analyze[0].length).trim()}`;
  return /^\s*explain\b/i.test(sql) ? sql : undefined;
}

const detailText = (value: string | string[]): string => (Array.isArray(value) ? value.join(', ') : value.replaceAll('\n', ', '));

function operatorOf(profile: Profile): Operator {
  return {
    name: (profile.operator_name ?? profile.operator_type ?? '').trim(),
    seconds: profile.operator_timing ?? 0,
    rows: profile.operator_cardinality ?? 0,
    details: Object.entries(profile.extra_info ?? {})
      .map(([name, value]): [string, string] => [name, detailText(value)])
      .filter(([, value]) => value !== ''),
    children: (profile.children ?? []).map(operatorOf),
  };
}

export function parsePlan(rows: JsonValue[][]): Plan {
  const text = rows.map((row) => String(row[1] ?? row[0] ?? '')).join('\n');
  try {
    const profile = JSON.parse(text) as Profile;
    let root: Profile | undefined = profile.children?.[0];
    if (root?.operator_type === 'EXPLAIN_ANALYZE') root = root.children?.[0];
    return {
      text: undefined,
      root: root && operatorOf(root),
      latencySeconds: profile.latency ?? 0,
      cpuSeconds: profile.cpu_time ?? 0,
    };
  } catch {
    return { text, root: undefined, latencySeconds: 0, cpuSeconds: 0 };
  }
}

export interface PlanLine extends Operator {
  depth: number;
  share: number; // of all operators' time, 0 to 1
}

export function planLines(root: Operator): PlanLine[] {
  const lines: PlanLine[] = [];
  const visit = (operator: Operator, depth: number) => {
    lines.push({ ...operator, depth, share: 0 });
    operator.children.forEach((child) => visit(child, depth + 1));
  };
  visit(root, 0);
  const total = lines.reduce((sum, line) => sum + line.seconds, 0);
  return lines.map((line) => ({ ...line, share: total > 0 ? line.seconds / total : 0 }));
}

// What an operator is for decides its colour.
export type OperatorFamily = 'scan' | 'join' | 'aggregate' | 'sort' | 'other';

export function familyOf(name: string): OperatorFamily {
  if (/SCAN|GET/i.test(name)) return 'scan';
  if (/JOIN|PRODUCT/i.test(name)) return 'join';
  if (/GROUP|AGGREGATE|WINDOW|DISTINCT/i.test(name)) return 'aggregate';
  if (/ORDER|SORT|TOP_N|LIMIT/i.test(name)) return 'sort';
  return 'other';
}
