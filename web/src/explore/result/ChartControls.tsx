// Kind, axes, split and time range of the chart.
import { useState } from 'react';
import type { ChartSpec, TimeRange } from '../../chart/types';
import { formatTime, parseTime } from '../../time/nanoseconds';
import { Button } from '../../shell/Button';
import { Dropdown } from '../../shell/Dropdown';
import { usePreferences } from '../../shell/preferences';
import { UNITS } from '../../units/units';
import { CHART_KINDS, writeYColumns, type ExploreSearch, type YChoice } from '../exploreSearch';
import { LIVE_WINDOW_SECONDS } from './ChartPanel';
import { isNumeric, type ResultTable } from './resultTable';
import classes from './ChartPanel.module.css';

interface ChartControlsProps {
  table: ResultTable;
  spec: ChartSpec;
  range: TimeRange | undefined;
  search: ExploreSearch;
  onSearch(change: Partial<ExploreSearch>): void;
}

const KIND_NAMES = { line: 'Line', area: 'Area', bar: 'Bars', scatter: 'Points', candlestick: 'Candles' };
const WINDOWS: [seconds: number, name: string][] = [[60, '1 min'], [300, '5 min'], [900, '15 min'], [3600, '1 h']];
const AXES = [0, 1, 2, 3];

export function ChartControls({ table, spec, range, search, onSearch }: ChartControlsProps) {
  const names = table.fields.map((field) => field.name);
  const texts = table.fields.filter((field) => field.type.kind === 'text' || field.type.kind === 'bool');
  return (
    <div className={classes.controls}>
      <div className={classes.kinds} role="radiogroup" aria-label="Kind of chart">
        {CHART_KINDS.map((kind) => (
          <button key={kind} type="button" role="radio" aria-checked={spec.kind === kind} onClick={() => onSearch({ kind: kind === 'line' ? undefined : kind })}>
            {KIND_NAMES[kind]}
          </button>
        ))}
      </div>
      <label className={classes.field}>
        Across
        <select value={spec.x ?? ''} onChange={(event) => onSearch({ x: event.target.value })}>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Dropdown kind="plain" label="Value columns" text={valuesText(spec.y ?? [])} wide>
        {() => <ColumnChoices table={table} chosen={spec.y ?? []} onChoose={(columns) => onSearch({ y: writeYColumns(columns) })} />}
      </Dropdown>
      {texts.length > 0 && (
        <label className={classes.field}>
          Split by
          <select value={spec.splitBy ?? '-'} onChange={(event) => onSearch({ split: event.target.value })}>
            <option value="-">nothing</option>
            {texts.map((field) => (
              <option key={field.name}>{field.name}</option>
            ))}
          </select>
        </label>
      )}
      {search.live ? (
        <label className={`${classes.field} ${classes.range}`}>
          Window
          <select value={search.window ?? String(LIVE_WINDOW_SECONDS)} onChange={(event) => onSearch({ window: event.target.value })}>
            {WINDOWS.map(([seconds, name]) => (
              <option key={seconds} value={seconds}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <RangeControl range={range} onSearch={onSearch} />
      )}
    </div>
  );
}

const valuesText = (columns: YChoice[]): string =>
  columns.length === 0 ? 'Values' : columns.length <= 2 ? columns.map(({ column }) => column).join(', ') : `${columns.length} columns`;

function ColumnChoices({ table, chosen, onChoose }: { table: ResultTable; chosen: YChoice[]; onChoose: (columns: YChoice[]) => void }) {
  const change = (column: string, next: YChoice | undefined) => {
    const others = chosen.filter((each) => each.column !== column);
    const order = table.fields.map((field) => field.name);
    onChoose([...others, ...(next ? [next] : [])].sort((a, b) => order.indexOf(a.column) - order.indexOf(b.column)));
  };
  return (
    <fieldset className={classes.columns}>
      <legend className="visually-hidden">Columns that are drawn</legend>
      {table.fields.filter(isNumeric).map(({ name }) => {
        const choice = chosen.find((each) => each.column === name);
        return (
          <div key={name} className={classes.columnChoice}>
            <label>
              <input type="checkbox" checked={choice !== undefined} onChange={(event) => change(name, event.target.checked ? { column: name } : undefined)} />
              {name}
            </label>
            <select className={classes.unit} aria-label={`Axis of ${name}`} disabled={!choice} value={choice?.axis ?? 0} onChange={(event) => change(name, { column: name, unit: choice?.unit, axis: Number(event.target.value) })}>
              {AXES.map((axis) => (
                <option key={axis} value={axis}>
                  axis {axis + 1}
                </option>
              ))}
            </select>
            <select className={classes.unit} aria-label={`Unit of ${name}`} disabled={!choice} value={choice?.unit ?? ''} onChange={(event) => change(name, { column: name, axis: choice?.axis ?? 0, unit: event.target.value || undefined })}>
              {Object.keys(UNITS).map((unit) => (
                <option key={unit} value={unit}>
                  {unit === '' ? 'no unit' : unit}
                </option>
              ))}
            </select>
          </div>
        );
      })}
    </fieldset>
  );
}

function RangeControl({ range, onSearch }: { range: TimeRange | undefined; onSearch: (change: Partial<ExploreSearch>) => void }) {
  const { zone } = usePreferences();
  const short = (ns: bigint) => formatTime(ns, zone).replace(/\.\d+$/, '').replace(/:00$/, '').replace(' 00:00', '');
  return (
    <span className={classes.range}>
      <Dropdown label="Time range" icon="clock" text={range ? `${short(range.from)} – ${short(range.to)}` : 'All times'}>
        {(close) => (
          <RangeForm
            range={range}
            onChange={(next) => {
              onSearch({ from: next.from.toString(), to: next.to.toString() });
              close();
            }}
          />
        )}
      </Dropdown>
      {range && <Button kind="quiet" icon="close" aria-label="Show all times" title="Show all times" onClick={() => onSearch({ from: undefined, to: undefined })} />}
    </span>
  );
}

function RangeForm({ range, onChange }: { range: TimeRange | undefined; onChange: (range: TimeRange) => void }) {
  const { zone } = usePreferences();
  const [from, setFrom] = useState(range ? formatTime(range.from, zone) : '');
  const [to, setTo] = useState(range ? formatTime(range.to, zone) : '');
  const parsed = { from: parseTime(from, zone), to: parseTime(to, zone) };
  const valid = parsed.from !== undefined && parsed.to !== undefined && parsed.from < parsed.to;
  return (
    <form
      className={classes.times}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.from !== undefined && parsed.to !== undefined && valid) onChange({ from: parsed.from, to: parsed.to });
      }}
    >
      <label className={classes.timeField}>
        From ({zone === 'utc' ? 'UTC' : 'local time'})
        <input value={from} placeholder="2024-01-31 12:00" onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className={classes.timeField}>
        To, which is not shown any more
        <input value={to} placeholder="2024-02-01" onChange={(event) => setTo(event.target.value)} />
      </label>
      {from !== '' && to !== '' && !valid && <span className={classes.wrong}>{parsed.from === undefined || parsed.to === undefined ? 'Write times like 2024-01-31 12:00:00' : 'From must be before to'}</span>}
      <Button kind="primary" type="submit" disabled={!valid}>
        Show this range
      </Button>
    </form>
  );
}
