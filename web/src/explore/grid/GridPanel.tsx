// The table tab: search, filters, the grid, and below it the chosen cell in full. Keyed by the result's columns: filters,
// selection and widths belong to them.
import { useMemo, useState } from 'react';
import { cellText, timeAt } from '../../arrow/cell';
import { describeTime } from '../../time/nanoseconds';
import { formatCount } from '../../units/units';
import { Button } from '../../shell/Button';
import { Icon } from '../../shell/Icon';
import { usePreferences } from '../../shell/preferences';
import { toast } from '../../shell/Toasts';
import type { ResultTable } from '../result/resultTable';
import { type CellFilter, type Sort } from './order';
import { ResultGrid } from './ResultGrid';
import { bounds, CELLS_COPIED_MAX, selectionText, type Selection } from './selection';
import { useOrder } from './useOrder';
import { fittingWidth } from './widths';
import classes from './GridPanel.module.css';

export interface GridPanelProps {
  table: ResultTable;
  rowCount: number;
  growing: boolean;
  find: string;
  onFind(text: string): void;
  sort: string | undefined; // "column" or "-column"
  onSort(sort: string | undefined): void;
}

function sortOf(text: string | undefined, table: ResultTable): Sort | undefined {
  if (text === undefined) return undefined;
  const exact = table.fields.findIndex((field) => field.name === text);
  if (exact >= 0) return { column: exact, descending: false };
  const column = text.startsWith('-') ? table.fields.findIndex((field) => field.name === text.slice(1)) : -1;
  return column >= 0 ? { column, descending: true } : undefined;
}

export function GridPanel({ table, rowCount, growing, find, onFind, sort, onSort }: GridPanelProps) {
  const { zone } = usePreferences();
  const [filters, setFilters] = useState<CellFilter[]>([]);
  const [selection, setSelection] = useState<Selection>();
  const [resized, setResized] = useState<ReadonlyMap<number, number>>(new Map());
  const hasRows = rowCount > 0;
  const fitting = useMemo(
    () => table.fields.map((_, column) => fittingWidth(table, column, zone)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- measured once, when the first rows are there: a live result keeps its widths
    [hasRows, zone],
  );
  const widths = fitting.map((width, column) => resized.get(column) ?? width);
  const sorting = sortOf(sort, table);
  const order = useOrder(table, rowCount, { sort: sorting, search: find, filters }, zone, growing);
  const shown = order.rows?.length ?? rowCount;

  const onResize = (column: number, width: number | undefined) => {
    const next = new Map(resized);
    if (width === undefined) next.delete(column);
    else next.set(column, width);
    setResized(next);
  };
  const onCopy = () => {
    if (!selection) return;
    const text = selectionText(table, order.rows, selection, zone);
    if (text === undefined) return toast(`That is more than ${formatCount(CELLS_COPIED_MAX)} cells: export the result instead`);
    const { top, bottom, left, right } = bounds(selection);
    const cells = (bottom - top + 1) * (right - left + 1);
    navigator.clipboard.writeText(text).then(
      () => toast(cells === 1 ? 'Copied the cell' : `Copied ${formatCount(cells)} cells`),
      () => toast('The browser refused access to the clipboard'),
    );
  };
  const toggleSort = (next: Sort | undefined) => {
    const name = next && table.fields[next.column]?.name;
    onSort(name === undefined ? undefined : `${next?.descending ? '-' : ''}${name}`);
  };
  const addFilter = (filter: CellFilter) => {
    setFilters([...filters, filter]);
    setSelection(undefined);
  };

  return (
    <div className={classes.panel}>
      <div className={classes.bar}>
        <label className={classes.find}>
          <Icon name="filter" size={14} />
          <input type="search" placeholder="Filter rows" aria-label="Filter rows" value={find} onChange={(event) => onFind(event.target.value)} />
        </label>
        {filters.map((filter, index) => (
          <button key={index} type="button" className={classes.chip} onClick={() => setFilters(filters.filter((each) => each !== filter))} title="Remove this filter">
            <span>
              {table.fields[filter.column]?.name} {filter.keep ? '=' : '≠'} {filter.value ?? 'NULL'}
            </span>
            <Icon name="close" size={10} />
          </button>
        ))}
        <span className={classes.count} role="status">
          {order.busy ? 'ordering…' : shown === rowCount ? '' : `${formatCount(shown)} of ${formatCount(rowCount)} rows`}
        </span>
      </div>
      <div className={classes.grid}>
        <ResultGrid table={table} order={order.rows} rowCount={shown} zone={zone} sort={sorting} onSort={toggleSort} selection={selection} onSelect={setSelection} onCopy={onCopy} widths={widths} onResize={onResize} />
      </div>
      {selection && selection.head.row < shown && (
        <CellBar table={table} row={order.rows?.[selection.head.row] ?? selection.head.row} selection={selection} onCopy={onCopy} onFilter={addFilter} />
      )}
    </div>
  );
}

interface CellBarProps {
  table: ResultTable;
  row: number;
  selection: Selection;
  onCopy(): void;
  onFilter(filter: CellFilter): void;
}

function CellBar({ table, row, selection, onCopy, onFilter }: CellBarProps) {
  const { zone } = usePreferences();
  const { column } = selection.head;
  const place = table.at(column, row);
  if (!place) return null;
  const value = cellText(place.vector, place.row, zone);
  const time = timeAt(place.vector, place.row);
  const { top, bottom, left, right } = bounds(selection);
  const cells = (bottom - top + 1) * (right - left + 1);
  return (
    <div className={classes.cellBar}>
      <span className={classes.cellName}>{table.fields[column]?.name}</span>
      <span className={classes.cellValue} tabIndex={0} role="note" aria-label="The chosen cell">
        {value ?? 'NULL'}
        {time !== undefined && <span className={classes.cellTime}>{describeTime(time).split('\n')[0]}</span>}
      </span>
      <Button kind="quiet" icon="filter" onClick={() => onFilter({ column, value, keep: true })}>
        Only this
      </Button>
      <Button kind="quiet" icon="close" onClick={() => onFilter({ column, value, keep: false })}>
        Without
      </Button>
      <Button kind="quiet" icon="copy" onClick={onCopy}>
        {cells === 1 ? 'Copy' : `Copy ${formatCount(cells)}`}
      </Button>
    </div>
  );
}
