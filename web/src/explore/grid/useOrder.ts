// The order of the shown rows, computed while the page stays responsive.
import { useEffect, useState } from 'react';
import { isAbort } from '../../api/problem';
import type { Zone } from '../../time/nanoseconds';
import type { ResultTable } from '../result/resultTable';
import { computeOrder, type View } from './order';

export interface Order {
  rows: Uint32Array | undefined; // undefined: as they came
  busy: boolean;
}

interface Computed {
  table: ResultTable | undefined;
  rows: Uint32Array | undefined;
  busy: boolean;
}

// While `growing`, rows are shown as they come: ordering them again with every batch would only make them jump.
export function useOrder(table: ResultTable, rowCount: number, view: View, zone: Zone, growing: boolean): Order {
  const [computed, setComputed] = useState<Computed>({ table: undefined, rows: undefined, busy: false });
  const shape = JSON.stringify(view);
  useEffect(() => {
    if (growing) return;
    const stop = new AbortController();
    const timer = setTimeout(() => setComputed((before) => ({ ...before, busy: true })), 150);
    computeOrder(table, JSON.parse(shape) as View, zone, stop.signal).then(
      (rows) => setComputed({ table, rows, busy: false }),
      (error: unknown) => {
        if (!isAbort(error)) setComputed({ table, rows: undefined, busy: false });
      },
    ).finally(() => clearTimeout(timer));
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [table, rowCount, shape, zone, growing]);
  return { rows: !growing && computed.table === table ? computed.rows : undefined, busy: computed.busy };
}
