// The chart tab: what is drawn and how, all of it in the address; the chart itself loads when the tab is first opened.
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type Ref } from 'react';
import type { ChartHandle, ChartProps, ChartSpec, TimeRange } from '../../chart/types';
import { Notice } from '../../shell/Notice';
import { ProblemView } from '../../shell/ProblemView';
import type { Problem } from '../../api/problem';
import { readYColumns, type ExploreSearch } from '../exploreSearch';
import { ChartControls } from './ChartControls';
import { chartDefaults } from './chartDefaults';
import type { ResultTable } from './resultTable';
import classes from './ChartPanel.module.css';

const Chart = lazy(() => import('../../chart/Chart'));

export interface ChartPanelProps {
  sql: string;
  table: ResultTable | undefined;
  rowCount: number;
  search: ExploreSearch;
  onSearch(change: Partial<ExploreSearch>): void;
  ref?: Ref<ChartHandle>;
}

export const LIVE_WINDOW_SECONDS = 300;
const LIVE_INTERVAL_MS = 1000;

const rangeOf = ({ from, to }: ExploreSearch): TimeRange | undefined =>
  from !== undefined && to !== undefined && BigInt(from) < BigInt(to) ? { from: BigInt(from), to: BigInt(to) } : undefined;

export function ChartPanel({ sql, table, rowCount, search, onSearch, ref }: ChartPanelProps) {
  const place = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(320);
  const [failure, setFailure] = useState<{ key: string; problem: Problem }>();
  const [attempt, setAttempt] = useState(0);
  const judged = Math.min(rowCount, 2000);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- a table grows in place: its first rows decide
  const defaults = useMemo(() => table && chartDefaults(table), [table, judged]);
  const { kind = 'line', x, y, split, project } = search;
  const spec = useMemo<ChartSpec>(() => {
    const columns = readYColumns(y);
    return { kind, x: x ?? defaults?.x, y: columns.length > 0 ? columns : defaults?.y, splitBy: split === '-' ? undefined : (split ?? defaults?.splitBy) };
  }, [kind, x, y, split, defaults]);
  const range = useMemo(() => rangeOf({ from: search.from, to: search.to }), [search.from, search.to]);
  const live = useMemo<ChartProps['live']>(
    () => (search.live ? { intervalMs: LIVE_INTERVAL_MS, windowNs: BigInt(search.window ?? LIVE_WINDOW_SECONDS) * 1_000_000_000n } : null),
    [search.live, search.window],
  );
  const query = useMemo(() => ({ sql, project }), [sql, project]);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(Math.max(element.clientHeight - 16, 220)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const key = JSON.stringify([sql, project, spec, attempt]); // what a failure belongs to: another query may succeed
  const problem = failure?.key === key ? failure.problem : undefined;

  const drawable = defaults === undefined || defaults.y.length > 0;
  return (
    <div className={classes.panel}>
      {table && <ChartControls table={table} spec={spec} range={range} search={search} onSearch={onSearch} />}
      <div ref={place} className={classes.place}>
        {!drawable && (
          <Notice icon="chart" title="Nothing to draw" text="A chart needs a column of numbers, and usually a time. Add an aggregate such as avg(value), or look at the table." />
        )}
        {drawable && problem && <ProblemView problem={problem} onRetry={() => setAttempt(attempt + 1)} />}
        {drawable && !problem && (
          <Suspense fallback={<div className={classes.loading} role="status" aria-label="Loading the chart" />}>
            <Chart
              key={attempt} ref={ref} query={query} spec={spec} range={range} live={live} height={height} onError={(next) => setFailure({ key, problem: next })}
              onRangeChange={(next) => onSearch({ from: next?.from.toString(), to: next?.to.toString() })}
            />
          </Suspense>
        )}
      </div>
    </div>
  );
}
