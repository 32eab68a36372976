// What a chart is given and what it offers: the contract between the chart and the pages that show it.
// Units: times are nanoseconds since 1970, UTC, as bigint, so that none is ever rounded; intervals say their unit.
import type { Problem } from '../api/problem';

export type ChartKind = 'line' | 'area' | 'bar' | 'scatter' | 'candlestick';

export interface ChartQuery {
  sql: string; // one statement, without the time range: the chart adds it
  project?: string; // "default" when absent
}

export interface YColumn {
  column: string;
  axis?: number; // which y axis, from 0; columns of one axis share its scale
  unit?: string; // "ms", "%", "bytes", …: shown at the axis and in the tooltip
}

export interface ChartSpec {
  kind: ChartKind;
  x?: string; // the first time column when absent
  y?: YColumn[]; // every numeric column when absent
  splitBy?: string; // one series per value of this column
}

// Half open: [from, to).
export interface TimeRange {
  from: bigint;
  to: bigint;
}

export type { Problem };

export interface ChartLive {
  intervalMs: number;
  windowNs: bigint;
}

export interface ChartProps {
  query: ChartQuery;
  spec: ChartSpec;
  range?: TimeRange; // everything when absent
  onRangeChange?(range: TimeRange | undefined): void; // undefined: back to everything
  live?: ChartLive | null; // a window that ends now and moves; zooming is off meanwhile
  height?: number; // pixels, 320 when absent
  onError?(problem: Problem): void;
}

export interface ChartHandle {
  toPng(): Promise<Blob>;
}
