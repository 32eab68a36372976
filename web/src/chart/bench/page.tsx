// What bench/chart_open.mjs drives: charts as the pages use them, uPlot on the same frames beside, and their times.
// The question comes in the address: ?view=chart|uplot|panels|live&sql=…&kind=…&split=…&y=[…]&from=…&to=…
import { useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { MantineProvider } from '@mantine/core';
import '../../theme/mantine.css';
import 'virtual:mantine-variables.css';
import '../../theme/tokens.css';
import '../../theme/base.css';
import { themeOverride } from '../../theme/theme';
import Chart from '../Chart';
import type { Frame } from '../frame';
import { fetchFrame } from '../request';
import type { ChartKind, ChartSpec, TimeRange, YColumn } from '../types';

const PANELS = 20;
const LIVE = { intervalMs: 1000, windowNs: 200_000_000_000n };
const PLOT_HEIGHT = 320;

const parameters = new URLSearchParams(location.search);
const sql = parameters.get('sql') ?? 'SELECT 1';
const spec: ChartSpec = {
  kind: (parameters.get('kind') ?? 'line') as ChartKind,
  ...(parameters.has('split') ? { splitBy: parameters.get('split') ?? '' } : {}),
  ...(parameters.has('y') ? { y: JSON.parse(parameters.get('y') ?? '[]') as YColumn[] } : {}),
};
const range: TimeRange | undefined = parameters.has('from')
  ? { from: BigInt(parameters.get('from') ?? 0), to: BigInt(parameters.get('to') ?? 0) }
  : undefined;

// Two frames after the data is in the document it is on the screen.
function markDrawn() {
  requestAnimationFrame(() => requestAnimationFrame(() => (document.body.dataset.drawn = String(performance.now()))));
}

function watchFrames() {
  const gaps: number[] = [];
  let last = performance.now();
  const step = (now: number) => {
    gaps.push(now - last);
    last = now;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  Object.assign(window, { frameGaps: gaps });
}

function uplotData(frame: Frame): uPlot.AlignedData {
  const tables = frame.series.map((series): uPlot.AlignedData => [
    Array.from(series.times ?? [], (time) => Number(time / 1_000_000n) / 1000), Array.from(series.values[0] ?? []),
  ]);
  return tables.length === 1 && tables[0] ? tables[0] : uPlot.join(tables);
}

function UplotChart() {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const width = element.clientWidth;
    void fetchFrame({ sql }, spec, range, width - 74, new AbortController().signal).then((frame) => {
      const series = [{}, ...frame.series.map(({ name }) => ({ label: name, stroke: '#0b7a73', width: 1.5 }))];
      new uPlot({ width, height: PLOT_HEIGHT, series, legend: { show: false } }, uplotData(frame), element);
      markDrawn();
    });
  }, []);
  return <div ref={target} />;
}

function Watched({ live = false }: { live?: boolean }) {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new MutationObserver(() => {
      if (!target.current?.querySelector('[data-state=drawn]')) return;
      observer.disconnect();
      markDrawn();
    });
    if (target.current) observer.observe(target.current, { attributes: true, subtree: true, childList: true });
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={target}>
      <Chart query={{ sql }} spec={spec} range={range} live={live ? LIVE : null} height={PLOT_HEIGHT} />
    </div>
  );
}

const Panels = () => (
  <div style={{ display: 'grid', gridTemplateColumns: 'repeat(4, 1fr)', gap: 8 }}>
    {Array.from({ length: PANELS }, (_, index) => (
      <Chart key={index} query={{ sql }} spec={spec} live={LIVE} height={170} />
    ))}
  </div>
);

const views: Record<string, () => React.ReactNode> = {
  chart: () => <Watched />, live: () => <Watched live />, uplot: () => <UplotChart />, panels: () => <Panels />,
};
watchFrames();
const root = document.getElementById('root');
const view = views[parameters.get('view') ?? 'chart'];
if (root && view) {
  createRoot(root).render(
    <MantineProvider theme={themeOverride} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      {view()}
    </MantineProvider>,
  );
}
