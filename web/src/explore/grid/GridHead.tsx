// Column heads: name and type, sorting by click, width by dragging the edge (double click fits the content).
import { useRef, type PointerEvent } from 'react';
import { sqlTypeName } from '../../arrow/schema';
import { Icon } from '../../shell/Icon';
import { isNumeric } from '../result/resultTable';
import { NUMBER_WIDTH, type ResultGridProps } from './ResultGrid';
import type { ColumnWindow } from './window';
import classes from './ResultGrid.module.css';

const WIDTH_MIN = 48;

export function GridHead({ table, sort, onSort, widths, onResize, columns, contentWidth }: ResultGridProps & { columns: ColumnWindow; contentWidth: number }) {
  return (
    <div className={classes.headRow} role="rowgroup" style={{ width: contentWidth }}>
      <div role="row" aria-rowindex={1}>
        <div className={classes.corner} role="columnheader">
          <span className="visually-hidden">Row</span>
        </div>
        {Array.from({ length: columns.last - columns.first }, (_, at) => columns.first + at).map((column) => {
          const field = table.fields[column];
          if (!field) return null;
          const direction = sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : 'none';
          const next = direction === 'none' ? { column, descending: false } : direction === 'ascending' ? { column, descending: true } : undefined;
          return (
            <div
              key={column} role="columnheader" aria-colindex={column + 1} aria-sort={direction} className={`${classes.headCell} ${isNumeric(field) ? classes.numeric : ''}`}
              style={{ width: widths[column], left: NUMBER_WIDTH + (columns.starts[column] ?? 0) }}
            >
              <button type="button" className={classes.sorter} onClick={() => onSort(next)} title={`${field.name} ${sqlTypeName(field)}: sort`}>
                <span className={classes.headName}>
                  {field.name}
                  {direction !== 'none' && <Icon name={direction === 'ascending' ? 'arrowUp' : 'arrowDown'} size={12} />}
                </span>
                <span className={classes.headType}>{sqlTypeName(field)}</span>
              </button>
              <Resizer width={widths[column] ?? 100} onResize={(width) => onResize(column, width)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Resizer({ width, onResize }: { width: number; onResize: (width: number | undefined) => void }) {
  const drag = useRef<{ x: number; width: number } | undefined>(undefined);
  const onPointerDown = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, width };
  };
  const onPointerMove = (event: PointerEvent) => {
    if (drag.current) onResize(Math.max(drag.current.width + event.clientX - drag.current.x, WIDTH_MIN));
  };
  return (
    <span
      className={classes.resizer} onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={() => (drag.current = undefined)}
      onDoubleClick={() => onResize(undefined)} aria-hidden="true"
    />
  );
}
