// One request for a picture: what is asked of POST /api/v1/chart.
import { apiFetch } from '../api/http';
import { decodeFrame, type Frame } from './frame';
import type { ChartQuery, ChartSpec, TimeRange } from './types';

export const FRAME_TYPE = 'application/vnd.streamflow.frames';
const CANDLE_PIXELS = 9; // a body that can be told from its neighbours
const WIDTH_MAX = 10_000;

export const methodOf = (spec: ChartSpec): string => (spec.kind === 'candlestick' ? 'ohlc' : 'minmax');

// Bars need room between them; the others one column of pixels each.
function columnsOf(kind: ChartSpec['kind'], pixels: number): number {
  const wanted = kind === 'candlestick' || kind === 'bar' ? pixels / CANDLE_PIXELS : pixels;
  return Math.max(1, Math.min(WIDTH_MAX, Math.floor(wanted)));
}

export function requestBody(query: ChartQuery, spec: ChartSpec, range: TimeRange | undefined, pixels: number): string {
  return JSON.stringify({
    query: query.sql,
    ...(spec.x === undefined ? {} : { x: spec.x }),
    ...(spec.y?.length ? { y: spec.y.map(({ column }) => column) } : {}),
    ...(spec.splitBy === undefined ? {} : { split_by: spec.splitBy }),
    ...(range ? { from: String(range.from), to: String(range.to) } : {}),
    width: columnsOf(spec.kind, pixels),
    method: methodOf(spec),
  });
}

export async function fetchFrame(
  query: ChartQuery, spec: ChartSpec, range: TimeRange | undefined, pixels: number, signal: AbortSignal,
): Promise<Frame> {
  const path = query.project === undefined ? '/api/v1/chart' : `/api/v1/chart?project=${encodeURIComponent(query.project)}`;
  const response = await apiFetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: FRAME_TYPE },
    body: requestBody(query, spec, range, pixels),
    signal,
  });
  return decodeFrame(await response.arrayBuffer());
}
