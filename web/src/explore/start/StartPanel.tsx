// What the page shows before the first query: every table as a card with its shape, or how to write the first row.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../../api/problem';
import { formatTime, spanText } from '../../time/nanoseconds';
import { formatCount } from '../../units/units';
import { Button } from '../../shell/Button';
import { Notice } from '../../shell/Notice';
import { usePreferences } from '../../shell/preferences';
import { ProblemView } from '../../shell/ProblemView';
import { toast } from '../../shell/Toasts';
import { previewOf } from '../browser/SchemaBrowser';
import { useSchema, useTableSize, type TableSchema } from '../browser/schema';
import type { Tab } from '../exploreSearch';
import { readSparkline, sparkPath, type Sparkline } from './sparkline';
import { chartQueryOf } from './starters';
import classes from './StartPanel.module.css';

export interface StartPanelProps {
  project: string | undefined;
  onQuery(sql: string, tab?: Tab): void;
}

export function StartPanel({ project, onQuery }: StartPanelProps) {
  const schema = useSchema(project);
  if (schema.isError) return <ProblemView problem={problemOf(schema.error)} onRetry={() => void schema.refetch()} />;
  if (schema.isPending) return <div className={classes.start} role="status" aria-label="Loading" />;
  if (schema.data.length === 0) return <FirstRow onCheck={() => void schema.refetch()} />;
  return (
    <div className={classes.start} tabIndex={0} role="region" aria-label="Tables at a glance">
      <h1 className={classes.heading}>
        {schema.data.length === 1 ? 'One table' : `${schema.data.length} tables`}
        <span>Choose one to look inside, or write a query above.</span>
      </h1>
      <ul className={classes.cards}>
        {schema.data.map((table) => (
          <Card key={table.name} table={table} project={project} onQuery={onQuery} />
        ))}
      </ul>
    </div>
  );
}

// Cards below the fold ask for nothing until they are scrolled to.
function useSeen<T extends Element>() {
  const ref = useRef<T>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!ref.current || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), { rootMargin: '120px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, seen] as const;
}

function Card({ table, project, onQuery }: { table: TableSchema; project: string | undefined; onQuery: StartPanelProps['onQuery'] }) {
  const [ref, seen] = useSeen<HTMLLIElement>();
  const { zone } = usePreferences();
  const size = useTableSize(project, table.name, seen);
  const field = table.columns.find((column) => column.kind === 'field' && ['DOUBLE', 'BIGINT', 'UBIGINT'].includes(column.type));
  const spark = useQuery({
    queryKey: ['sparkline', project, table.name, field?.name],
    enabled: seen && field !== undefined,
    staleTime: 60_000,
    queryFn: ({ signal }) => readSparkline(table.name, field?.name ?? '', { project, signal }),
  });
  const tags = table.columns.filter((column) => column.kind === 'tag').length;
  const fields = table.columns.filter((column) => column.kind === 'field').length;
  const last = size.data?.last;
  const chart = chartQueryOf(table, size.data);
  return (
    <li ref={ref} className={classes.card}>
      <div className={classes.cardHead}>
        <h2>{table.name}</h2>
        <span>{size.data ? `${formatCount(size.data.rows)} rows` : '…'}</span>
      </div>
      <Spark data={spark.data} name={field?.name} />
      <p className={classes.facts}>
        {tags > 0 && `${tags} ${tags === 1 ? 'tag' : 'tags'}, `}
        {fields} {fields === 1 ? 'field' : 'fields'}
        {size.data?.first !== undefined && last !== undefined && ` · ${spanText(last - size.data.first, 1)} to ${formatTime(last, zone).slice(0, 10)}`}
      </p>
      <div className={classes.cardActions}>
        <Button icon="table" onClick={() => onQuery(previewOf(table.name))}>
          Rows
        </Button>
        {chart !== undefined && (
          <Button icon="chart" onClick={() => onQuery(chart, 'chart')}>
            Chart
          </Button>
        )}
      </div>
    </li>
  );
}

const WIDTH = 240;
const HEIGHT = 48;

function Spark({ data, name }: { data: Sparkline | undefined; name: string | undefined }) {
  return (
    <svg className={classes.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={name === undefined ? 'no numeric field' : `${name} over time`}>
      {data && (
        <>
          <path d={`${sparkPath(data, WIDTH, HEIGHT)} L${WIDTH} ${HEIGHT} L0 ${HEIGHT}Z`} className={classes.sparkFill} />
          <path d={sparkPath(data, WIDTH, HEIGHT)} className={classes.sparkLine} />
        </>
      )}
    </svg>
  );
}

function FirstRow({ onCheck }: { onCheck: () => void }) {
  const command = `curl --data-binary 'cpu,host=a usage=42.5' '${window.location.origin}/api/v2/write'`;
  return (
    <Notice icon="plus" title="Write the first row" text="This project is empty. Any InfluxDB client or agent can write to it; so can one line in a shell:">
      <pre className={classes.command} tabIndex={0}>
        {command}
      </pre>
      <Button icon="copy" onClick={() => navigator.clipboard.writeText(command).then(() => toast('Copied the command'), () => toast('The browser refused access to the clipboard'))}>
        Copy
      </Button>
      <Button kind="primary" onClick={onCheck}>
        I have written it
      </Button>
    </Notice>
  );
}
