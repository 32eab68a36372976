// The data of a chart: asked for when something that matters has changed, or again and again in live mode.
// The last picture stays until the next one is there; an answer that nobody waits for any more is dropped.
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { isAbort, problemOf, type Problem } from '../api/problem';
import type { Frame } from './frame';
import { fetchFrame } from './request';
import type { ChartLive, ChartQuery, ChartSpec, TimeRange } from './types';

const SETTLE_MS = 140; // a wheel or a drag makes many ranges; only the last one is asked for

export interface FrameState {
  frame?: Frame;
  shown?: TimeRange; // what the frame was asked for, or found
  problem?: Problem;
  loading: boolean;
}

export interface FrameInput {
  query: ChartQuery;
  spec: ChartSpec;
  range?: TimeRange;
  live?: ChartLive | null;
  pixels: number; // 0: not yet known
  active: boolean; // false: nobody looks
}

// A window that ends now, moved by whole pixel columns, so that a column keeps its rows while it wanders to the left.
export function liveRange({ windowNs }: ChartLive, pixels: number, nowMs: number): TimeRange {
  const columns = BigInt(Math.max(1, Math.floor(pixels)));
  const step = windowNs / columns > 0n ? windowNs / columns : 1n;
  const to = (BigInt(Math.floor(nowMs)) * 1_000_000n / step + 1n) * step;
  return { from: to - step * columns, to };
}

export function useFrame({ query, spec, range, live, pixels, active }: FrameInput): FrameState & { retry: () => void } {
  const [state, setState] = useState<FrameState>({ loading: true });
  const [attempt, retry] = useReducer((count: number) => count + 1, 0);
  const asked = useRef<string>(undefined); // the question without the range
  const question = JSON.stringify([query, spec]);
  const from = range?.from;
  const to = range?.to;
  const interval = live?.intervalMs;
  const windowNs = live?.windowNs;

  useEffect(() => {
    if (pixels === 0 || !active) return;
    const [wantedQuery, wantedSpec] = JSON.parse(question) as [ChartQuery, ChartSpec];
    const abort = new AbortController();
    const isNew = asked.current !== question;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      const moving = interval !== undefined && windowNs !== undefined;
      const fixed = from !== undefined && to !== undefined ? { from, to } : undefined;
      const wanted = moving ? liveRange({ intervalMs: interval, windowNs }, pixels, Date.now()) : fixed;
      asked.current = question;
      setState((old) => (isNew ? { loading: true } : { ...old, loading: !moving }));
      try {
        const frame = await fetchFrame(wantedQuery, wantedSpec, wanted, pixels, abort.signal);
        setState({ frame, shown: wanted ?? frame.range, loading: false });
      } catch (error) {
        if (abort.signal.aborted || isAbort(error)) return;
        setState((old) => ({ ...old, problem: problemOf(error), loading: false }));
      }
      if (moving) timer = setTimeout(() => void ask(), interval);
    };
    timer = setTimeout(() => void ask(), isNew ? 0 : SETTLE_MS);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [question, from, to, interval, windowNs, pixels, active, attempt]);

  return { ...state, retry: useCallback(() => retry(), []) };
}
