// Runs statements and keeps their result: streaming, cancel, repeat. At most one statement runs.
import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbort, problemOf, type Problem } from '../../api/problem';
import { sqlArrow, sqlRows } from '../../api/sql';
import { parsePlan, profileStatement, type Plan } from '../plan/plan';
import { ResultTable } from './resultTable';

export interface Run {
  status: 'idle' | 'running' | 'done' | 'failed' | 'cancelled';
  sql: string; // of the last start
  table: ResultTable | undefined;
  version: number; // grows when `table` is another or has more rows
  plan: Plan | undefined;
  problem: Problem | undefined;
  elapsedMs: number;
  receivedBytes: number;
  finishedAt: number; // ms since 1970
}

const IDLE: Run = {
  status: 'idle', sql: '', table: undefined, version: 0, plan: undefined, problem: undefined, elapsedMs: 0, receivedBytes: 0, finishedAt: 0,
};

export interface RunOptions {
  project?: string;
  quiet?: boolean; // keep showing the old result until the new one is complete: live mode
}

export interface Runner {
  run: Run;
  start(sql: string, options?: RunOptions): Promise<Run | undefined>;
  cancel(): void;
  reset(): void;
}

const UPDATE_MS = 120; // how often a growing result is shown

export function useRunner(): Runner {
  const [run, setRun] = useState<Run>(IDLE);
  const abort = useRef<AbortController | undefined>(undefined);
  const version = useRef(0);

  const start = useCallback(async (sql: string, { project, quiet = false }: RunOptions = {}) => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    const began = performance.now();
    const profile = profileStatement(sql);
    let table: ResultTable | undefined;
    let receivedBytes = 0;
    let shownAt = 0;
    const publish = (change: Partial<Run>) => {
      if (abort.current !== controller) return;
      version.current += 1;
      setRun((before) => ({ ...before, ...change, version: version.current, elapsedMs: performance.now() - began, receivedBytes }));
    };
    setRun((before) => (quiet ? before : { ...IDLE, status: 'running', sql, version: before.version }));
    const finish = (change: Partial<Run>): Run => {
      const result: Run = { ...IDLE, sql, table, elapsedMs: performance.now() - began, receivedBytes, finishedAt: Date.now(), ...change };
      publish(result);
      return { ...result, version: version.current };
    };
    try {
      if (profile !== undefined) {
        const rows = await sqlRows(profile, { project, signal: controller.signal });
        return finish({ status: 'done', plan: parsePlan(rows) });
      }
      const receiver = {
        onFields: (fields: ResultTable['fields']) => {
          table = new ResultTable(fields);
        },
        onBatches: (batches: Parameters<ResultTable['add']>[0], bytes: number) => {
          table?.add(batches);
          receivedBytes = bytes;
          if (quiet || performance.now() - shownAt < UPDATE_MS) return;
          shownAt = performance.now();
          publish({ table });
        },
      };
      await sqlArrow(sql, receiver, { project, signal: controller.signal });
      return finish({ status: 'done' });
    } catch (error) {
      if (isAbort(error)) {
        if (abort.current === controller) finish({ status: 'cancelled' });
        return undefined;
      }
      return finish({ status: 'failed', problem: problemOf(error) });
    }
  }, []);

  const cancel = useCallback(() => abort.current?.abort(), []);
  const reset = useCallback(() => {
    abort.current?.abort();
    abort.current = undefined;
    setRun(IDLE);
  }, []);
  useEffect(() => () => abort.current?.abort(), []);
  return { run, start, cancel, reset };
}
