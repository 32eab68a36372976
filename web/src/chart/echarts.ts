// The parts of ECharts that charts use, and no others. Loaded when the first chart is shown.
import { BarChart, CandlestickChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use as register, type ComposeOption, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { BarSeriesOption, CandlestickSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';

register([LineChart, BarChart, ScatterChart, CandlestickChart, GridComponent, TooltipComponent, CanvasRenderer]);

export type ChartOption = ComposeOption<
  LineSeriesOption | BarSeriesOption | ScatterSeriesOption | CandlestickSeriesOption | GridComponentOption | TooltipComponentOption
>;
export type ChartInstance = EChartsType;

export const create = (element: HTMLElement): ChartInstance => init(element, null, { renderer: 'canvas' });
