// A rectangle of cells, from where it was begun to where the cursor is, and its text.
import { cellText } from '../../arrow/cell';
import type { Zone } from '../../time/nanoseconds';
import type { ResultTable } from '../result/resultTable';

export interface Cell {
  row: number; // as shown, after sorting and filtering
  column: number;
}

export interface Selection {
  anchor: Cell;
  head: Cell;
}

export const CELLS_COPIED_MAX = 200_000;

export function bounds({ anchor, head }: Selection) {
  return {
    top: Math.min(anchor.row, head.row),
    bottom: Math.max(anchor.row, head.row),
    left: Math.min(anchor.column, head.column),
    right: Math.max(anchor.column, head.column),
  };
}

export const isSelected = (selection: Selection | undefined, row: number, column: number): boolean => {
  if (!selection) return false;
  const { top, bottom, left, right } = bounds(selection);
  return row >= top && row <= bottom && column >= left && column <= right;
};

const STEPS: Record<string, [rows: number, columns: number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

// Where a key moves the cursor; undefined when it is no movement.
export function moved(head: Cell, key: string, control: boolean, rowCount: number, columnCount: number, pageRows: number): Cell | undefined {
  const step = STEPS[key];
  const clamp = (value: number, count: number) => Math.max(0, Math.min(value, count - 1));
  if (step) {
    const far = control ? Number.MAX_SAFE_INTEGER : 1;
    return { row: clamp(head.row + step[0] * far, rowCount), column: clamp(head.column + step[1] * far, columnCount) };
  }
  switch (key) {
    case 'PageUp':
      return { ...head, row: clamp(head.row - pageRows, rowCount) };
    case 'PageDown':
      return { ...head, row: clamp(head.row + pageRows, rowCount) };
    case 'Home':
      return { row: control ? 0 : head.row, column: 0 };
    case 'End':
      return { row: control ? rowCount - 1 : head.row, column: columnCount - 1 };
    default:
      return undefined;
  }
}

// Tab-separated, as spreadsheets paste it; NULL is empty. undefined when there are too many cells.
export function selectionText(table: ResultTable, order: Uint32Array | undefined, selection: Selection, zone: Zone): string | undefined {
  const { top, bottom, left, right } = bounds(selection);
  if ((bottom - top + 1) * (right - left + 1) > CELLS_COPIED_MAX) return undefined;
  const lines: string[] = [];
  for (let row = top; row <= bottom; row += 1) {
    const cells: string[] = [];
    for (let column = left; column <= right; column += 1) {
      const place = table.at(column, order?.[row] ?? row);
      const text = (place && cellText(place.vector, place.row, zone)) ?? '';
      cells.push(/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    }
    lines.push(cells.join('\t'));
  }
  return lines.join('\n');
}
