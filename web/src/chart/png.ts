// A chart as a picture file: the canvas as it is, twice as fine, and below it which colour is which series.
import type { ChartInstance } from './echarts';
import type { Palette } from './palette';

const SCALE = 2;
const LINE = 20;
const PADDING = 14;
const FONT = '12px ui-sans-serif, system-ui, sans-serif';

export interface LegendEntry {
  name: string;
  color: string;
}

interface Placed extends LegendEntry {
  x: number;
  y: number;
}

function place(context: CanvasRenderingContext2D, entries: LegendEntry[], width: number): { placed: Placed[]; height: number } {
  const placed: Placed[] = [];
  let x = PADDING;
  let y = LINE / 2 + 4;
  for (const entry of entries) {
    const needed = context.measureText(entry.name).width + 34;
    if (x > PADDING && x + needed > width - PADDING) {
      x = PADDING;
      y += LINE;
    }
    placed.push({ ...entry, x, y });
    x += needed;
  }
  return { placed, height: entries.length > 0 ? y + LINE : 0 };
}

export async function chartPng(chart: ChartInstance, entries: LegendEntry[], palette: Palette): Promise<Blob> {
  const canvas = chart.renderToCanvas({ pixelRatio: SCALE, backgroundColor: palette.surface });
  const width = chart.getWidth();
  const result = document.createElement('canvas');
  const context = result.getContext('2d');
  if (!context) throw new Error('this browser gives no canvas to draw on');
  context.font = FONT;
  const { placed, height } = place(context, entries, width);
  result.width = width * SCALE;
  result.height = (chart.getHeight() + height) * SCALE;
  context.scale(SCALE, SCALE);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, chart.getHeight() + height);
  context.drawImage(canvas, 0, 0, width, chart.getHeight());
  context.font = FONT;
  context.textBaseline = 'middle';
  for (const { name, color, x, y } of placed) {
    context.fillStyle = color;
    context.fillRect(x, chart.getHeight() + y - 2, 14, 3);
    context.fillStyle = palette.ink;
    context.fillText(name, x + 20, chart.getHeight() + y);
  }
  return new Promise((resolve, reject) =>
    result.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be encoded as PNG'))), 'image/png'),
  );
}
