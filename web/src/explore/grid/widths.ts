// Widths that fit what a column holds, judged by its name and its first rows.
import { cellText } from '../../arrow/cell';
import { sqlTypeName } from '../../arrow/schema';
import type { Zone } from '../../time/nanoseconds';
import type { ResultTable } from '../result/resultTable';

const ROWS_JUDGED = 60;
const CHARACTER = 7.6; // of the grid's font, pixels
const PADDING = 24;
const WIDTH_MIN = 64;
const WIDTH_MAX = 420;

export function fittingWidth(table: ResultTable, column: number, zone: Zone): number {
  const field = table.fields[column];
  if (!field) return WIDTH_MIN;
  let characters = Math.max(field.name.length * 1.02 + 2, sqlTypeName(field).length * 0.9);
  for (let row = 0; row < Math.min(table.rowCount, ROWS_JUDGED); row += 1) {
    const place = table.at(column, row);
    characters = Math.max(characters, ((place && cellText(place.vector, place.row, zone)) ?? 'NULL').length);
  }
  return Math.min(Math.max(Math.ceil(characters * CHARACTER) + PADDING, WIDTH_MIN), WIDTH_MAX);
}
