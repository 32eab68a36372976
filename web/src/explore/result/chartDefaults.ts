// What a chart of a result shows when nobody has chosen: time across, numbers up, one line per value of a small text column.
import { isNull } from '../../arrow/vector';
import { textAt } from '../../arrow/cell';
import { isNumeric, isTime, type ResultTable } from './resultTable';

export interface ChartDefaults {
  x: string | undefined;
  y: { column: string }[];
  splitBy: string | undefined;
}

const Y_MAX = 8;
const SERIES_MAX = 24;
const ROWS_JUDGED = 2000;

function distinct(table: ResultTable, column: number): number {
  const values = new Set<string>();
  for (let row = 0; row < Math.min(table.rowCount, ROWS_JUDGED); row += 1) {
    const place = table.at(column, row);
    if (place) values.add(isNull(place.vector, place.row) ? '\0' : textAt(place.vector, place.row));
    if (values.size > SERIES_MAX) break;
  }
  return values.size;
}

export function chartDefaults(table: ResultTable): ChartDefaults {
  const time = table.fields.find(isTime);
  const numbers = table.fields.filter(isNumeric);
  const x = time ?? (numbers.length > 1 ? numbers[0] : table.fields.find((field) => field.type.kind === 'text'));
  const y = numbers.filter((field) => field !== x).slice(0, Y_MAX).map((field) => ({ column: field.name }));
  const split = table.fields.find((field, column) => {
    if (field.type.kind !== 'text' || field === x) return false;
    const count = distinct(table, column);
    return count > 1 && count <= SERIES_MAX;
  });
  return { x: x?.name, y: split ? y.slice(0, 1) : y, splitBy: split?.name };
}
