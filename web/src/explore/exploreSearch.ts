// Everything the Explore page shows, as it stands in the address: a link shares it all. Absent means the default.
export type Tab = 'table' | 'chart' | 'plan';
export const CHART_KINDS = ['line', 'area', 'bar', 'scatter', 'candlestick'] as const;
export type ChartKindName = (typeof CHART_KINDS)[number];

export interface ExploreSearch {
  q?: string; // the editor's text
  project?: string;
  tab?: Tab;
  kind?: ChartKindName;
  x?: string;
  y?: string; // columns, joined by commas; each may be "column@axis" or "column@axis:unit", names percent-encoded
  split?: string;
  from?: string; // ns since 1970
  to?: string;
  live?: '1';
  window?: string; // seconds shown while live
  sort?: string; // "column" or "-column"
  find?: string; // part of any cell
}

const isOneOf = <T extends string>(values: readonly T[], value: unknown): value is T => values.includes(value as T);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const digits = (value: unknown): string | undefined => (typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? value : undefined);

// Foreign or broken parameters are dropped, never an error: old links keep working.
export function exploreSearchOf(raw: Record<string, unknown>): ExploreSearch {
  const search: ExploreSearch = {
    q: text(raw.q),
    project: text(raw.project),
    tab: isOneOf(['chart', 'plan'] as const, raw.tab) ? raw.tab : undefined,
    kind: isOneOf(CHART_KINDS, raw.kind) && raw.kind !== 'line' ? raw.kind : undefined,
    x: text(raw.x),
    y: text(raw.y),
    split: text(raw.split),
    from: digits(raw.from),
    to: digits(raw.to),
    live: raw.live === '1' ? '1' : undefined,
    window: digits(raw.window),
    sort: text(raw.sort),
    find: text(raw.find),
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

export interface YChoice {
  column: string;
  axis?: number;
  unit?: string;
}

const encode = (name: string) => encodeURIComponent(name).replaceAll('@', '%40').replaceAll(':', '%3A');

export function writeYColumns(columns: YChoice[]): string | undefined {
  if (columns.length === 0) return undefined;
  return columns
    .map(({ column, axis, unit }) => {
      if (axis === undefined && unit === undefined) return encode(column);
      return `${encode(column)}@${axis ?? 0}${unit === undefined ? '' : `:${encode(unit)}`}`;
    })
    .join(',');
}

export function readYColumns(value: string | undefined): YChoice[] {
  if (value === undefined) return [];
  return value.split(',').flatMap((item) => {
    const match = /^([^@]+)(?:@(\d)(?::(.*))?)?$/.exec(item);
    if (!match?.[1]) return [];
    try {
      const choice: YChoice = { column: decodeURIComponent(match[1]) };
      if (match[2] !== undefined) choice.axis = Number(match[2]);
      if (match[3] !== undefined) choice.unit = decodeURIComponent(match[3]);
      return [choice];
    } catch {
      return []; // a broken percent sequence
    }
  });
}
