// The result as a grid that stays smooth over millions of rows: only what is visible exists. One tab stop; arrows move.
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { cellText, timeAt } from '../../arrow/cell';
import { describeTime, type Zone } from '../../time/nanoseconds';
import { isNumeric, isTime, type ResultTable } from '../result/resultTable';
import { GridHead } from './GridHead';
import type { Sort } from './order';
import { isSelected, moved, type Cell, type Selection } from './selection';
import { columnWindow, rowWindow, scrollToRow } from './window';
import classes from './ResultGrid.module.css';

export const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 44;
const OVERSCAN = 6;
export const NUMBER_WIDTH = 60;

export interface ResultGridProps {
  table: ResultTable;
  order: Uint32Array | undefined;
  rowCount: number; // of the shown rows
  zone: Zone;
  sort: Sort | undefined;
  onSort(sort: Sort | undefined): void;
  selection: Selection | undefined;
  onSelect(selection: Selection | undefined): void;
  onCopy(): void;
  widths: number[];
  onResize(column: number, width: number | undefined): void; // undefined: fit the content
}

export function ResultGrid(props: ResultGridProps) {
  const { table, order, rowCount, zone, selection, onSelect, widths } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, left: 0, width: 1000, height: 600 });
  const columnCount = table.fields.length;
  const bodyHeight = Math.max(view.height - HEAD_HEIGHT, ROW_HEIGHT);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, left: element.scrollLeft, width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const columns = columnWindow(widths, view.left, view.width);
  const contentWidth = NUMBER_WIDTH + (columns.starts.at(-1) ?? 0);
  const rows = rowWindow(rowCount, ROW_HEIGHT, view.top, bodyHeight, OVERSCAN);

  const reveal = (cell: Cell) => {
    const element = scroller.current;
    if (!element) return;
    const top = scrollToRow(cell.row, rowCount, ROW_HEIGHT, element.scrollTop, bodyHeight);
    if (top !== undefined) element.scrollTop = top;
    const begin = columns.starts[cell.column] ?? 0;
    const end = columns.starts[cell.column + 1] ?? 0;
    if (begin < element.scrollLeft) element.scrollLeft = begin;
    else if (end + NUMBER_WIDTH > element.scrollLeft + element.clientWidth) element.scrollLeft = end + NUMBER_WIDTH - element.clientWidth;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === 'c' && selection) {
      event.preventDefault();
      props.onCopy();
      return;
    }
    if (control && event.key.toLowerCase() === 'a' && rowCount > 0) {
      event.preventDefault();
      onSelect({ anchor: { row: 0, column: 0 }, head: { row: rowCount - 1, column: columnCount - 1 } });
      return;
    }
    if (event.key === 'Escape') onSelect(undefined);
    if (event.target !== scroller.current || rowCount === 0) return;
    const from = selection?.head ?? { row: rows.first, column: -1 };
    const head = moved(from, event.key, control, rowCount, columnCount, Math.floor(bodyHeight / ROW_HEIGHT) - 1);
    if (!head) return;
    event.preventDefault();
    onSelect({ anchor: event.shiftKey && selection ? selection.anchor : head, head });
    reveal(head);
  };

  const cellOf = (target: EventTarget): Cell | undefined => {
    const element = (target as HTMLElement).closest<HTMLElement>('[data-row]');
    return element ? { row: Number(element.dataset.row), column: Number(element.dataset.column) } : undefined;
  };
  const onPointerDown = (event: PointerEvent) => {
    const head = event.button === 0 ? cellOf(event.target) : undefined;
    if (!head) return;
    if (event.pointerType === 'mouse') {
      event.preventDefault();
      scroller.current?.focus({ preventScroll: true });
    }
    onSelect({ anchor: event.shiftKey && selection ? selection.anchor : head, head });
  };
  const onPointerMove = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse' || event.buttons !== 1 || !selection) return;
    const head = cellOf(event.target);
    if (head && (head.row !== selection.head.row || head.column !== selection.head.column)) onSelect({ ...selection, head });
  };

  // A new result starts at its top.
  useEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = 0;
  }, [columnCount]);

  const active = selection && selection.head.row >= rows.first && selection.head.row < rows.last ? `cell-${selection.head.row}-${selection.head.column}` : undefined;
  return (
    <div
      ref={scroller} className={classes.scroller} role="grid" tabIndex={0} aria-label="Result" aria-rowcount={rowCount + 1} aria-colcount={columnCount}
      aria-activedescendant={active} aria-multiselectable="true" onKeyDown={onKeyDown} onPointerDown={onPointerDown} onPointerMove={onPointerMove}
    >
      <GridHead {...props} columns={columns} contentWidth={contentWidth} />
      <div className={classes.body} role="rowgroup" style={{ height: rows.height, width: contentWidth }}>
        <div style={{ transform: `translateY(${rows.offset}px)` }} role="presentation">
          {Array.from({ length: rows.last - rows.first }, (_, index) => rows.first + index).map((row) => (
            <div key={row} role="row" aria-rowindex={row + 2} className={classes.row} style={{ height: ROW_HEIGHT }}>
              <div className={classes.number} role="rowheader">
                {(order?.[row] ?? row) + 1}
              </div>
              {Array.from({ length: columns.last - columns.first }, (_, at) => columns.first + at).map((column) => (
                <GridCell key={column} table={table} row={row} source={order?.[row] ?? row} column={column} zone={zone} width={widths[column] ?? 100} left={NUMBER_WIDTH + (columns.starts[column] ?? 0)} selected={isSelected(selection, row, column)} head={selection?.head.row === row && selection.head.column === column} />
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

interface GridCellProps {
  table: ResultTable;
  row: number;
  source: number;
  column: number;
  zone: Zone;
  width: number;
  left: number;
  selected: boolean;
  head: boolean;
}

function GridCell({ table, row, source, column, zone, width, left, selected, head }: GridCellProps) {
  const place = table.at(column, source);
  const text = place && cellText(place.vector, place.row, zone);
  const field = table.fields[column];
  const time = place && field && isTime(field) ? timeAt(place.vector, place.row) : undefined;
  const className = [classes.cell, field && isNumeric(field) ? classes.numeric : '', text === undefined ? classes.null : '', selected ? classes.selected : '', head ? classes.head : ''].join(' ');
  return (
    <div
      id={`cell-${row}-${column}`} role="gridcell" aria-colindex={column + 1} aria-selected={selected} className={className} style={{ width, left }}
      data-row={row} data-column={column} title={time === undefined ? undefined : describeTime(time)}
    >
      {text ?? 'NULL'}
    </div>
  );
}
