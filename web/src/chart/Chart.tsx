// A chart of one statement: as many points as there are pixels, fetched again at every zoom, exact when hovered.
import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import { usePreferences } from '../shell/preferences';
import { ProblemView } from '../shell/ProblemView';
import classes from './Chart.module.css';
import { Legend } from './Legend';
import { chartOption, colorsOf, plotInsets } from './option';
import { makePicture, nearestPoint, strideOf, type Picture } from './picture';
import { chartPng } from './png';
import { summaryOf } from './summary';
import { tooltipElement, type TooltipRow } from './tooltip';
import type { ChartHandle, ChartProps, TimeRange } from './types';
import { useCanvas } from './useCanvas';
import { useFrame } from './useFrame';
import { useGestures, type Brush } from './useGestures';
import { useHeight } from './useHeight';
import { useSight } from './useSight';

const HEIGHT = 320; // of the plot and what stands below it
const PLOT_HEIGHT_MIN = 160;
const HINT = 'Wheel or + and − zoom, drag or arrow keys move, Shift and drag selects, double click or 0 resets.';
const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

// The range in force: the owner's, or ours while nobody owns it or the owner has not answered yet.
function useRange(given: TimeRange | undefined, onRangeChange: ChartProps['onRangeChange']) {
  const [own, setOwn] = useState(given);
  const [before, setBefore] = useState(given);
  if (given?.from !== before?.from || given?.to !== before?.to) {
    setBefore(given);
    setOwn(given);
  }
  const change = useCallback(
    (range: TimeRange | undefined) => {
      setOwn(range);
      onRangeChange?.(range);
    },
    [onRangeChange],
  );
  return [own, change] as const;
}

export default function Chart({ query, spec, range: given, onRangeChange, live, height = HEIGHT, onError, ref }: ChartProps & { ref?: Ref<ChartHandle> }) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const target = useRef<HTMLDivElement>(null);
  const { zone } = usePreferences();
  const { visible, width } = useSight(root);
  const below = useRef<HTMLDivElement>(null);
  const plotHeight = Math.max(height - useHeight(below), PLOT_HEIGHT_MIN);
  const { instance, palette } = useCanvas(target, width, plotHeight);
  const [range, setRange] = useRange(given, onRangeChange);
  const [brush, setBrush] = useState<Brush>();
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);

  const axisCount = new Set((spec.y ?? []).map(({ axis }) => axis ?? 0)).size || 1;
  const insets = useMemo(() => plotInsets(axisCount, axisCount > 1), [axisCount]);
  const pixels = Math.max(0, width - insets.left - insets.right);
  const { frame, shown: fetched, problem, loading, retry } = useFrame({ query, spec, range: live ? undefined : range, live, pixels, active: visible });
  const shown = (live ? undefined : range) ?? fetched;

  const specText = JSON.stringify(spec);
  const picture = useMemo<Picture | undefined>(
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the specification by its contents, not its identity
    () => (frame ? makePicture(frame, spec, shown) : undefined), [frame, specText, shown?.from, shown?.to],
  );
  const colors = useMemo(() => (picture && palette ? colorsOf(picture, palette) : []), [picture, palette]);

  useEffect(() => {
    const element = target.current;
    if (!instance || !palette || !picture || !element || width === 0) return;
    const tooltip = (x: number) =>
      tooltipElement(
        picture.drawn.flatMap((drawn, index): TooltipRow[] => {
          const point = hidden.has(drawn.name) ? -1 : nearestPoint(drawn.points, strideOf(drawn), x);
          return point < 0 ? [] : [{ drawn, point, color: colors[index] ?? palette.ink }];
        }),
        zone,
      );
    instance.setOption(chartOption({ picture, spec, palette, element, hidden, zone, tooltip }), { replaceMerge: ['series', 'yAxis'], silent: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- likewise
  }, [instance, palette, picture, specText, hidden, zone, width, plotHeight, colors]);

  useGestures(plot, {
    range: picture?.isTime ? shown : undefined,
    enabled: !live,
    insets,
    onRange: setRange,
    onReset: () => setRange(undefined),
    onBrush: setBrush,
  });

  useEffect(() => {
    if (problem) onError?.(problem);
  }, [problem, onError]);

  const items = useMemo(() => picture?.drawn.map(({ name }, index) => ({ name, color: colors[index] ?? '' })) ?? [], [picture, colors]);
  useImperativeHandle(ref, () => ({
    toPng: async () => {
      if (!instance || !palette) throw new Error('the chart is not drawn yet');
      return chartPng(instance, items.length > 1 ? items.filter(({ name }) => !hidden.has(name)) : [], palette);
    },
  }), [instance, palette, items, hidden]);

  const empty = frame !== undefined && frame.series.every(({ values }) => (values[0]?.length ?? 0) === 0);
  const label = frame && picture ? summaryOf(frame, picture, spec, shown, zone) : 'Chart, loading';
  return (
    <div className={classes.chart} ref={root} data-state={problem ? 'problem' : !frame ? 'loading' : empty ? 'empty' : 'drawn'}>
      <div className={classes.plot} ref={plot} style={{ height: plotHeight }} tabIndex={0} role="group" aria-roledescription="chart" aria-label={`${label} ${live ? '' : HINT}`}>
        <div className={classes.canvas} ref={target} aria-hidden="true" />
        {brush && <div className={classes.brush} style={{ left: brush.left, width: brush.width }} />}
        {loading && <div className={classes.progress} />}
        {!frame && !problem && <div className={classes.skeleton} />}
        {problem && !frame && (
          <div className={classes.instead}>
            <ProblemView problem={problem} onRetry={retry} compact />
          </div>
        )}
        {empty && !problem && (
          <div className={classes.message} role="status">
            <strong>No rows here</strong>
            <span>{range ? 'Nothing in this range. Double click shows everything.' : 'The statement answered no rows with a time and a number.'}</span>
          </div>
        )}
      </div>
      <div ref={below}>
        {frame?.leftOut && (
          <p className={classes.notice}>
            {frame.leftOut.count} more series are not drawn ({frame.leftOut.names.slice(0, 3).join(', ')}…): {frame.leftOut.advice}.
          </p>
        )}
        <Legend items={items} hidden={hidden} onHide={setHidden} />
      </div>
      {problem && frame && (
        <div className={classes.problem}>
          <ProblemView problem={problem} onRetry={retry} compact />
        </div>
      )}
    </div>
  );
}
