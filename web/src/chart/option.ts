// ECharts' option for a picture. Everything that costs frames is off: animation, progressive drawing, hover layers.
import { formatUnit } from '../units/units';
import type { ChartOption } from './echarts';
import { seriesColor, type Palette } from './palette';
import type { Drawn, Picture } from './picture';
import { timeTicks } from './ticks';
import type { Zone } from '../time/nanoseconds';
import type { ChartKind, ChartSpec, TimeRange } from './types';

const LABEL_PIXELS = 92; // room for one label of the time axis
const AXIS_PIXELS = 58; // room for the labels of one y axis
const TOP = 14;
const BOTTOM = 26;
const FONT = 11;
const AREA_OPACITY = 0.16;
const SCATTER_PIXELS = 3.5;
const MANY_POINTS = 2_000; // scatter draws them as one shape

export interface Frame2d {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

// Axis 0 stands left, 1 right, then further out by turns.
const isLeft = (axis: number): boolean => axis % 2 === 0;
const ring = (axis: number): number => Math.floor(axis / 2);

export function plotInsets(axisCount: number, titled: boolean): Frame2d {
  const lefts = Math.max(1, Math.ceil(axisCount / 2));
  const rights = Math.floor(axisCount / 2);
  return { left: lefts * AXIS_PIXELS, right: Math.max(16, rights * AXIS_PIXELS), top: titled ? TOP + 14 : TOP, bottom: BOTTOM };
}

function xAxisOf(picture: Picture, palette: Palette, plotPixels: number, zone: Zone): ChartOption['xAxis'] {
  const common = {
    type: 'value' as const,
    min: picture.first,
    max: picture.first + (picture.span || 1),
    axisLine: { lineStyle: { color: palette.line } },
    splitLine: { show: false },
    animation: false,
  };
  const label = { color: palette.soft, fontSize: FONT, hideOverlap: true };
  if (!picture.isTime) return { ...common, axisTick: { show: false }, axisLabel: { ...label, formatter: (value: number) => formatUnit(value) } };
  const range: TimeRange = { from: picture.origin, to: picture.origin + BigInt(Math.round(picture.span)) };
  const ticks = timeTicks(range, plotPixels / LABEL_PIXELS, zone);
  const places = ticks.map(({ time }) => Number(time - picture.origin));
  const labels = new Map(places.map((place, index) => [place, ticks[index]]));
  return {
    ...common,
    axisTick: { show: true, length: 4, lineStyle: { color: palette.line }, customValues: places },
    axisLabel: {
      ...label,
      customValues: places,
      formatter: (value: number) => {
        const tick = labels.get(value);
        return tick ? (tick.major ? `{major|${tick.label}}` : tick.label) : '';
      },
      rich: { major: { color: palette.ink, fontWeight: 600, fontSize: FONT } },
    },
  };
}

function yAxesOf(picture: Picture, spec: ChartSpec, palette: Palette, colorOf: (drawn: Drawn) => string): ChartOption['yAxis'] {
  const several = picture.axes.length > 1;
  return picture.axes.map(({ unit, columns }, index) => {
    const own = picture.drawn.filter(({ axis }) => axis === index);
    const first = own[0];
    const color = several && first && own.length === 1 ? colorOf(first) : palette.soft;
    return {
      type: 'value' as const,
      position: isLeft(index) ? ('left' as const) : ('right' as const),
      offset: ring(index) * AXIS_PIXELS,
      scale: spec.kind !== 'bar' && spec.kind !== 'area',
      name: several ? columns.join(', ') : '',
      nameTextStyle: { color, fontSize: FONT, align: isLeft(index) ? ('right' as const) : ('left' as const), padding: [0, 6, 0, 6] },
      nameGap: 10,
      nameTruncate: { maxWidth: AXIS_PIXELS - 8 },
      splitNumber: 4,
      axisLine: { show: several, lineStyle: { color: several ? color : palette.line } },
      axisTick: { show: false },
      axisLabel: { color, fontSize: FONT, formatter: (value: number) => formatUnit(value, unit) },
      splitLine: { show: index === 0, lineStyle: { color: palette.line, width: 1, opacity: 0.7 } },
      animation: false,
    };
  });
}

const TYPES: Record<ChartKind, 'line' | 'bar' | 'scatter' | 'candlestick'> = {
  line: 'line', area: 'line', bar: 'bar', scatter: 'scatter', candlestick: 'candlestick',
};

function seriesOf(drawn: Drawn, spec: ChartSpec, palette: Palette, color: string): Record<string, unknown> {
  const common = {
    id: drawn.name + '\u0000' + drawn.source.column,
    name: drawn.name,
    type: TYPES[spec.kind],
    yAxisIndex: drawn.axis,
    data: drawn.points,
    animation: false,
    silent: true,
    emphasis: { disabled: true },
    progressive: 0,
  };
  switch (spec.kind) {
    case 'candlestick':
      return {
        ...common,
        dimensions: ['x', 'open', 'close', 'lowest', 'highest'],
        encode: { x: 'x', y: ['open', 'close', 'lowest', 'highest'] },
        itemStyle: { color: palette.rise, borderColor: palette.rise, color0: palette.fall, borderColor0: palette.fall },
        large: false,
      };
    case 'scatter':
      return {
        ...common, symbolSize: SCATTER_PIXELS, itemStyle: { color, opacity: 0.75 },
        large: drawn.points.length / 2 > MANY_POINTS, largeThreshold: MANY_POINTS,
      };
    case 'bar':
      return { ...common, itemStyle: { color, borderRadius: [2, 2, 0, 0] }, barMaxWidth: 28, large: false };
    default:
      return {
        ...common,
        showSymbol: drawn.points.length <= 2, // a single point would not be seen as a line
        symbolSize: 5,
        connectNulls: false,
        lineStyle: { color, width: 1.5, join: 'round' },
        itemStyle: { color },
        ...(spec.kind === 'area' ? { areaStyle: { color, opacity: AREA_OPACITY } } : {}),
      };
  }
}

export interface OptionInput {
  picture: Picture;
  spec: ChartSpec;
  palette: Palette;
  element: HTMLElement;
  hidden: ReadonlySet<string>; // names of series
  zone: Zone;
  tooltip: (x: number) => HTMLElement;
}

export const colorsOf = (picture: Picture, palette: Palette): string[] => picture.drawn.map((_, index) => seriesColor(palette, index));

export function chartOption({ picture, spec, palette, element, hidden, zone, tooltip }: OptionInput): ChartOption {
  const colors = colorsOf(picture, palette);
  const colorOf = (drawn: Drawn) => colors[picture.drawn.indexOf(drawn)] ?? palette.ink;
  const insets = plotInsets(picture.axes.length, picture.axes.length > 1);
  const shown = picture.drawn.filter(({ name }) => !hidden.has(name));
  return {
    animation: false,
    grid: { ...insets, outerBoundsMode: 'none' },
    tooltip: {
      trigger: 'axis',
      transitionDuration: 0,
      confine: true,
      padding: 0,
      borderWidth: 0,
      backgroundColor: 'transparent',
      extraCssText: 'box-shadow: none; pointer-events: none;',
      axisPointer: { type: 'line', animation: false, snap: true, lineStyle: { color: palette.soft, width: 1, type: 'dashed' }, label: { show: false } },
      // ECharts offers the series that have a point at this very x; the person wants all of them.
      formatter: (items) => tooltip(Number((Array.isArray(items) ? items[0] : items)?.['axisValue' as 'name'] ?? Number.NaN)),
    },
    xAxis: xAxisOf(picture, palette, element.clientWidth - insets.left - insets.right, zone),
    yAxis: yAxesOf(picture, spec, palette, colorOf),
    series: shown.map((drawn) => seriesOf(drawn, spec, palette, colorOf(drawn))),
  };
}
