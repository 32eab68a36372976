// Below the editor: tabs, how the run went, and what it gave.
import type { RefObject } from 'react';
import type { ChartHandle } from '../../chart/types';
import { formatCount, formatUnit } from '../../units/units';
import { Button } from '../../shell/Button';
import { Dropdown } from '../../shell/Dropdown';
import { Icon, type IconName } from '../../shell/Icon';
import { Notice } from '../../shell/Notice';
import { ProblemView } from '../../shell/ProblemView';
import type { Tab } from '../exploreSearch';
import { GridPanel } from '../grid/GridPanel';
import { PlanView } from '../plan/PlanView';
import { StartPanel } from '../start/StartPanel';
import type { useExplore } from '../useExplore';
import { ChartPanel } from './ChartPanel';
import type { ExportFormat } from './exportResult';
import type { Run } from './useRunner';
import classes from './ResultPanel.module.css';

export interface ResultPanelProps {
  explore: ReturnType<typeof useExplore>;
  chart: RefObject<ChartHandle | null>;
  onDownload(format: ExportFormat | 'png'): void;
  onShowProblem(): void;
}

const TABS: [tab: Tab, name: string, icon: IconName][] = [['table', 'Table', 'table'], ['chart', 'Chart', 'chart'], ['plan', 'Plan', 'plan']];

export function ResultPanel({ explore, chart, onDownload, onShowProblem }: ResultPanelProps) {
  const { tab, run, plan, search, update, ran } = explore;
  const started = run.status !== 'idle' || plan.status !== 'idle';
  if (!started) return <StartPanel project={search.project} onQuery={explore.query} />;
  const shown = tab === 'plan' ? plan : run;
  const move = (step: number) => {
    const index = TABS.findIndex(([name]) => name === tab);
    const next = TABS[(index + step + TABS.length) % TABS.length]?.[0];
    update({ tab: next === 'table' ? undefined : next });
    if (next) document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className={classes.panel}>
      <div className={classes.bar}>
        <div className={classes.tabs} role="tablist" aria-label="Result as">
          {TABS.map(([name, text, icon]) => (
            <button
              key={name} id={`tab-${name}`} type="button" role="tab" aria-selected={tab === name} aria-controls="result-panel" tabIndex={tab === name ? 0 : -1}
              onClick={() => update({ tab: name === 'table' ? undefined : name })}
              onKeyDown={(event) => {
                if (event.key === 'ArrowRight') move(1);
                else if (event.key === 'ArrowLeft') move(-1);
              }}
            >
              <Icon name={icon} size={14} />
              {text}
            </button>
          ))}
        </div>
        <RunStatus run={shown} live={explore.live === 'on'} />
        {ran && run.table && (
          <Dropdown label="Export" icon="download" text={<span className={classes.exportText}>Export</span>}>
            {(close) => <ExportMenu chart={tab === 'chart'} onChoose={(format) => (close(), onDownload(format))} />}
          </Dropdown>
        )}
      </div>
      <div id="result-panel" className={classes.content} role="tabpanel" aria-labelledby={`tab-${tab}`}>
        <Content explore={explore} chart={chart} onShowProblem={onShowProblem} />
      </div>
    </div>
  );
}

function Content({ explore, chart, onShowProblem }: Omit<ResultPanelProps, 'onDownload'>) {
  const { tab, run, plan, search, update, ran } = explore;
  const shown = tab === 'plan' ? plan : run;
  if (shown.problem) {
    return (
      <div className={classes.scroll}>
        <ProblemView problem={shown.problem} onRetry={tab === 'plan' ? explore.explain : explore.runCurrent} onShow={explore.problem ? onShowProblem : undefined} />
      </div>
    );
  }
  if (tab === 'plan') {
    if (plan.plan) return <PlanView plan={plan.plan} />;
    if (plan.status === 'running') return <Waiting />;
    return (
      <Notice icon="plan" title="Where does the time go?" text="EXPLAIN ANALYZE runs the statement and measures every operator: rows, time, blocks skipped and decoded.">
        <Button kind="primary" icon="plan" onClick={explore.explain}>
          Explain this statement
        </Button>
      </Notice>
    );
  }
  if (tab === 'chart' && ran) {
    return <ChartPanel ref={chart} sql={ran.text} table={run.table} rowCount={run.table?.rowCount ?? 0} search={search} onSearch={update} />;
  }
  if (!run.table) return run.status === 'running' ? <Waiting /> : <Notice icon="stop" title={run.status === 'cancelled' ? 'Cancelled' : 'Not run yet'} text="Run the statement to see its rows." />;
  if (run.table.rowCount === 0 && run.status === 'done') {
    return <Notice icon="table" title="No rows" text="The statement is right, but nothing matches it. A wider time range or fewer conditions may help." />;
  }
  return (
    <GridPanel
      key={run.table.fields.map((field) => field.name).join('\n')} table={run.table} rowCount={run.table.rowCount} growing={run.status === 'running'} find={search.find ?? ''} onFind={(text) => update({ find: text || undefined })} sort={search.sort}
      onSort={(sort) => update({ sort })}
    />
  );
}

function Waiting() {
  return (
    <div className={classes.waiting} role="status" aria-label="Waiting for the first rows">
      {Array.from({ length: 9 }, (_, index) => (
        <span key={index} style={{ width: `${90 - ((index * 37) % 45)}%` }} />
      ))}
    </div>
  );
}

function RunStatus({ run, live }: { run: Run; live: boolean }) {
  const rows = run.table?.rowCount;
  const parts = [
    rows === undefined ? undefined : `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`,
    run.elapsedMs > 0 ? formatUnit(run.elapsedMs, 'ms') : undefined,
    run.receivedBytes > 0 ? formatUnit(run.receivedBytes, 'bytes') : undefined,
  ].filter((part) => part !== undefined);
  return (
    <p className={classes.status} role="status" aria-live={live ? 'off' : 'polite'} data-state={run.status}>
      {run.status === 'running' && <span className={classes.spinner} aria-hidden="true" />}
      {run.status === 'cancelled' && <strong>Cancelled</strong>}
      {run.status === 'failed' && <strong>Failed</strong>}
      <span>
        {parts.map((part, index) => (
          <span key={index}>{index === 0 ? part : ` · ${part}`}</span>
        ))}
      </span>
    </p>
  );
}

const EXPORTS: [format: ExportFormat | 'png', name: string, about: string][] = [
  ['csv', 'CSV', 'for spreadsheets'],
  ['json', 'JSON', 'columns and rows'],
  ['arrow', 'Arrow', 'for pandas, Polars, R'],
  ['png', 'PNG', 'the chart as it is drawn'],
];

function ExportMenu({ chart, onChoose }: { chart: boolean; onChoose: (format: ExportFormat | 'png') => void }) {
  return (
    <ul className={classes.menu}>
      {EXPORTS.filter(([format]) => format !== 'png' || chart).map(([format, name, about]) => (
        <li key={format}>
          <button type="button" onClick={() => onChoose(format)}>
            <strong>{name}</strong>
            <span>{about}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
