// What hovering shows: the exact time, in UTC and in the viewer's zone, and the exact values.
import { formatTime, type Zone } from '../time/nanoseconds';
import { formatUnit } from '../units/units';
import classes from './Chart.module.css';
import type { Drawn } from './picture';

const ROWS_MAX = 14;
const PRICES = ['open', 'high', 'low', 'close'];

export interface TooltipRow {
  drawn: Drawn;
  color: string;
  point: number;
}

// Every digit a double has; with its unit in short beside it where that says more.
export function exactValue(value: number | undefined, unit: string): string {
  if (value === undefined || Number.isNaN(value)) return 'no value';
  const exact = String(value).replace('-', '−');
  if (unit === '') return exact;
  const short = formatUnit(value, unit);
  return short.startsWith(exact) ? short : `${exact} (${short})`;
}

function element(name: string, className: string | undefined, text: string): HTMLElement {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  made.textContent = text;
  return made;
}

function rowElement(name: string, value: string, color: string, time: string): HTMLElement {
  const item = element('div', classes.tipRow, '');
  const swatch = element('span', classes.swatch, '');
  swatch.style.background = color;
  item.append(swatch, element('span', classes.tipName, name), element('span', classes.tipValue, value));
  if (time !== '') item.append(element('span', classes.tipTime, time));
  return item;
}

function rowElements({ drawn, point, color }: TooltipRow, headTime: bigint | undefined, zone: Zone): HTMLElement[] {
  const { values, times } = drawn.source;
  const time = times?.[point];
  const own = time !== undefined && time !== headTime ? formatTime(time, zone).slice(11) : '';
  if (values.length === 1) return [rowElement(drawn.name, exactValue(values[0]?.[point], drawn.unit), color, own)];
  return PRICES.map((price, index) => rowElement(`${drawn.name} ${price}`, exactValue(values[index]?.[point], drawn.unit), color, ''));
}

export function tooltipElement(rows: TooltipRow[], zone: Zone): HTMLElement {
  const tip = element('div', classes.tip, '');
  const [first] = rows;
  if (!first) return tip;
  const time = first.drawn.source.times?.[first.point];
  if (time !== undefined) {
    tip.append(element('div', classes.tipHead, `${formatTime(time, 'utc')} UTC`));
    const local = formatTime(time, 'local');
    if (zone === 'local' && local !== formatTime(time, 'utc')) tip.append(element('div', classes.tipLocal, `${local} here`));
  } else {
    tip.append(element('div', classes.tipHead, String(first.drawn.source.numbers?.[first.point] ?? '')));
  }
  for (const row of rows.slice(0, ROWS_MAX)) tip.append(...rowElements(row, time, zone));
  if (rows.length > ROWS_MAX) tip.append(element('div', classes.tipLocal, `and ${rows.length - ROWS_MAX} more`));
  return tip;
}
