// Tables and series: what there is, found by name or by tag value; a click writes into the query.
import { useDeferredValue, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { problemOf } from '../../api/problem';
import { Icon } from '../../shell/Icon';
import { ProblemView } from '../../shell/ProblemView';
import { TableEntry } from './TableEntry';
import { quoteName, quoteText, useSchema, useValueSearch, type TableSchema } from './schema';
import classes from './SchemaBrowser.module.css';

export interface BrowserActions {
  onInsert(text: string): void; // at the cursor
  onQuery(sql: string): void; // replaces and runs
}

export interface BrowserHandle {
  focusSearch(): void;
}

export interface SchemaBrowserProps extends BrowserActions {
  project: string | undefined;
  ref?: Ref<BrowserHandle>;
}

const matches = (table: TableSchema, text: string): boolean =>
  table.name.toLowerCase().includes(text) || table.columns.some((column) => column.name.toLowerCase().includes(text));

export const previewOf = (table: string): string => `SELECT *\nFROM ${quoteName(table)}\nORDER BY time DESC\nLIMIT 1000`;

export function SchemaBrowser({ project, onInsert, onQuery, ref }: SchemaBrowserProps) {
  const search = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const schema = useSchema(project);
  const tables = schema.data ?? [];
  const found = wanted === '' ? tables : tables.filter((table) => matches(table, wanted));
  const values = useValueSearch(project, tables, wanted);
  useImperativeHandle(ref, () => ({
    focusSearch: () => {
      search.current?.focus();
      search.current?.select();
    },
  }));

  return (
    <aside className={classes.browser} aria-label="Tables">
      <label className={classes.search}>
        <Icon name="search" size={14} />
        <input
          ref={search} type="search" placeholder="Tables, columns, values" aria-label="Search tables, columns and tag values" value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setText('');
              search.current?.blur();
            }
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div className={classes.list}>
        {schema.isPending && <Skeleton />}
        {schema.isError && <ProblemView problem={problemOf(schema.error)} onRetry={() => void schema.refetch()} compact />}
        {schema.isSuccess && tables.length === 0 && <p className={classes.empty}>No tables yet. The first write makes one.</p>}
        {schema.isSuccess && tables.length > 0 && found.length === 0 && (values.data?.length ?? 0) === 0 && !values.isFetching && (
          <p className={classes.empty}>No table, column or tag value has “{text}”.</p>
        )}
        <ul className={classes.tables}>
          {found.map((table) => (
            <TableEntry key={table.name} table={table} project={project} highlight={wanted} onInsert={onInsert} onQuery={onQuery} />
          ))}
        </ul>
        {wanted !== '' && (values.data?.length ?? 0) > 0 && (
          <section aria-label="Tag values">
            <h3 className={classes.heading}>Tag values</h3>
            <ul className={classes.tables}>
              {values.data?.map(({ table, tag, value }) => (
                <li key={`${table}\n${tag}\n${value}`}>
                  <button
                    type="button" className={classes.match}
                    onClick={() => onQuery(`SELECT *\nFROM ${quoteName(table)}\nWHERE ${quoteName(tag)} = ${quoteText(value)}\nORDER BY time DESC\nLIMIT 1000`)}
                  >
                    <span className={classes.value}>{value}</span>
                    <span className={classes.origin}>
                      {table} · {tag}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </aside>
  );
}

function Skeleton() {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading the tables">
      {[70, 52, 84, 60, 44].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
