// One table in the browser: opens to its columns, a tag opens to its values. Sizes are asked for when it is opened.
import { useState } from 'react';
import { describeTime, formatTime, spanText } from '../../time/nanoseconds';
import { formatCount } from '../../units/units';
import { Icon } from '../../shell/Icon';
import { usePreferences } from '../../shell/preferences';
import { quoteName, quoteText, TAG_VALUES_SHOWN, useTableSize, useTagValues, type Column, type TableSchema } from './schema';
import { previewOf, type BrowserActions } from './SchemaBrowser';
import classes from './SchemaBrowser.module.css';

interface TableEntryProps extends BrowserActions {
  table: TableSchema;
  project: string | undefined;
  highlight: string;
}

export function TableEntry({ table, project, highlight, onInsert, onQuery }: TableEntryProps) {
  const [toggled, setToggled] = useState<boolean>();
  const byColumn = highlight !== '' && !table.name.toLowerCase().includes(highlight);
  const open = toggled ?? byColumn;
  return (
    <li>
      <div className={classes.tableRow}>
        <button type="button" className={classes.toggle} aria-expanded={open} onClick={() => setToggled(!open)}>
          <Icon name={open ? 'chevronDown' : 'chevronRight'} size={12} />
          <span className={classes.tableName}>{table.name}</span>
          <span className={classes.columnCount}>{table.columns.length}</span>
        </button>
        <button type="button" className={classes.preview} title={`Show the newest rows of ${table.name}`} aria-label={`Query ${table.name}`} onClick={() => onQuery(previewOf(table.name))}>
          <Icon name="play" size={12} />
        </button>
      </div>
      {open && (
        <div className={classes.inside}>
          <Size table={table.name} project={project} />
          <ul className={classes.columns}>
            {table.columns.map((column) => (
              <ColumnEntry key={column.name} column={column} table={table.name} project={project} onInsert={onInsert} onQuery={onQuery} />
            ))}
          </ul>
        </div>
      )}
    </li>
  );
}

function Size({ table, project }: { table: string; project: string | undefined }) {
  const { zone } = usePreferences();
  const size = useTableSize(project, table, true);
  if (size.isPending) return <p className={classes.size}>counting…</p>;
  if (size.isError) return <p className={classes.size}>cannot be counted</p>;
  const { rows, first, last } = size.data;
  if (first === undefined || last === undefined) return <p className={classes.size}>no rows</p>;
  return (
    <p className={classes.size}>
      {formatCount(rows)} rows over {spanText(last - first)}
      <br />
      <span title={`${describeTime(first)}\n…\n${describeTime(last)}`}>last {formatTime(last, zone).replace(/\.\d+$/, '')}</span>
    </p>
  );
}

interface ColumnEntryProps extends BrowserActions {
  column: Column;
  table: string;
  project: string | undefined;
}

function ColumnEntry({ column, table, project, onInsert, onQuery }: ColumnEntryProps) {
  const [open, setOpen] = useState(false);
  const isTag = column.kind === 'tag';
  return (
    <li>
      <div className={classes.columnRow} data-kind={column.kind}>
        {isTag ? (
          <button type="button" className={classes.opener} aria-expanded={open} aria-label={`Values of ${column.name}`} onClick={() => setOpen(!open)}>
            <Icon name={open ? 'chevronDown' : 'chevronRight'} size={10} />
          </button>
        ) : (
          <span className={classes.opener} />
        )}
        <button type="button" className={classes.column} onClick={() => onInsert(quoteName(column.name))} title={`Write ${column.name} into the query`}>
          <span className={classes.kind}>{column.kind}</span>
          <span className={classes.columnName}>{column.name}</span>
          <span className={classes.type}>{column.type === 'TIMESTAMP_NS' ? 'ns' : column.type.toLowerCase()}</span>
        </button>
      </div>
      {isTag && open && <Values column={column} table={table} project={project} onInsert={onInsert} onQuery={onQuery} />}
    </li>
  );
}

function Values({ column, table, project, onInsert }: ColumnEntryProps) {
  const values = useTagValues(project, table, column.name, true);
  if (values.isPending) return <p className={classes.size}>reading values…</p>;
  if (values.isError) return <p className={classes.size}>the values cannot be read</p>;
  return (
    <ul className={classes.values}>
      {values.data.slice(0, TAG_VALUES_SHOWN).map(({ value, rows }) => (
        <li key={value ?? '\0'}>
          <button
            type="button" className={classes.match}
            onClick={() => onInsert(value === null ? `${quoteName(column.name)} IS NULL` : `${quoteName(column.name)} = ${quoteText(value)}`)}
          >
            <span className={value === null ? classes.missing : classes.value}>{value ?? 'NULL'}</span>
            <span className={classes.origin}>{formatCount(rows)}</span>
          </button>
        </li>
      ))}
      {values.data.length > TAG_VALUES_SHOWN && <li className={classes.size}>the {TAG_VALUES_SHOWN} most frequent; search finds the rest</li>}
    </ul>
  );
}
