// Which rows and columns are on the screen. Browsers limit an element's height (Firefox: 17.8 million pixels), so beyond
// HEIGHT_MAX the scroll bar moves through the rows faster than one pixel a pixel, and rows are placed around it.
export const HEIGHT_MAX = 8_000_000;

export interface RowWindow {
  first: number;
  last: number; // exclusive
  offset: number; // where `first` is drawn, in pixels of the scrolled content
  height: number; // of the scrolled content
}

export function rowWindow(rowCount: number, rowHeight: number, scrollTop: number, viewHeight: number, overscan: number): RowWindow {
  const full = rowCount * rowHeight;
  const height = Math.min(full, HEIGHT_MAX);
  const scale = full > height && height > viewHeight ? (full - viewHeight) / (height - viewHeight) : 1;
  const top = Math.min(scrollTop * scale, Math.max(full - viewHeight, 0)); // in unscaled pixels
  const first = Math.max(Math.floor(top / rowHeight) - overscan, 0);
  const last = Math.min(Math.ceil((top + viewHeight) / rowHeight) + overscan, rowCount);
  return { first, last, height, offset: scrollTop + (first * rowHeight - top) };
}

// The scroll position that brings `row` into view, or undefined when it is there already.
export function scrollToRow(row: number, rowCount: number, rowHeight: number, scrollTop: number, viewHeight: number): number | undefined {
  const full = rowCount * rowHeight;
  const height = Math.min(full, HEIGHT_MAX);
  const scale = full > height && height > viewHeight ? (full - viewHeight) / (height - viewHeight) : 1;
  const top = scrollTop * scale;
  const begin = row * rowHeight;
  if (begin < top) return begin / scale;
  if (begin + rowHeight > top + viewHeight) return (begin + rowHeight - viewHeight) / scale;
  return undefined;
}

export interface ColumnWindow {
  first: number;
  last: number; // exclusive
  starts: number[]; // of each column, and the end of the last
}

export function columnWindow(widths: number[], scrollLeft: number, viewWidth: number): ColumnWindow {
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width);
  let first = 0;
  while (first < widths.length - 1 && (starts[first + 1] ?? 0) <= scrollLeft) first += 1;
  let last = first;
  while (last < widths.length && (starts[last] ?? 0) < scrollLeft + viewWidth) last += 1;
  return { first, last: Math.max(last, Math.min(first + 1, widths.length)), starts };
}
