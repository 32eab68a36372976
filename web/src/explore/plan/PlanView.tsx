// EXPLAIN ANALYZE as bars: one line per operator, wide where the time went, with what the scan skipped and read.
import { formatCount, formatUnit } from '../../units/units';
import { familyOf, planLines, type Plan, type PlanLine } from './plan';
import classes from './PlanView.module.css';

export function PlanView({ plan }: { plan: Plan }) {
  if (plan.text !== undefined) return <pre className={classes.text} tabIndex={0}>{plan.text}</pre>;
  if (!plan.root) return null;
  const lines = planLines(plan.root);
  const slowest = lines.reduce((most, line) => (line.seconds > most.seconds ? line : most));
  return (
    <div className={classes.plan} tabIndex={0} role="region" aria-label="Query plan">
      <dl className={classes.figures}>
        <Figure name="Elapsed" value={formatUnit(plan.latencySeconds, 's')} />
        <Figure name="Processor time" value={formatUnit(plan.cpuSeconds, 's')} />
        <Figure name="Operators" value={String(lines.length)} />
        <Figure name="Slowest" value={`${nameOf(slowest.name)}, ${shareText(slowest.share)}`} />
      </dl>
      <ol className={classes.lines}>
        {lines.map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </ol>
    </div>
  );
}

const nameOf = (operator: string) => operator.replaceAll('_', ' ').toLowerCase();
const shareText = (share: number) => (share > 0 && share < 0.001 ? '< 0.1%' : formatUnit(Number(share.toFixed(3)), 'ratio'));

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const HIDDEN = new Set(['Estimated Cardinality']);
const isNumber = (text: string) => /^\d{4,}$/.test(text);

function Line({ line }: { line: PlanLine }) {
  const details = line.details.filter(([name]) => !HIDDEN.has(name));
  return (
    <li className={classes.line} data-family={familyOf(line.name)} style={{ '--depth': line.depth } as React.CSSProperties}>
      <div className={classes.head}>
        <span className={classes.name}>{nameOf(line.name)}</span>
        <span className={classes.track}>
          <span className={classes.bar} style={{ width: `${Math.max(line.share * 100, 0.5)}%` }} />
        </span>
        <span className={classes.share}>{shareText(line.share)}</span>
        <span className={classes.time}>{formatUnit(line.seconds, 's')}</span>
        <span className={classes.rows}>{formatCount(line.rows)} rows</span>
      </div>
      {details.length > 0 && (
        <dl className={classes.details}>
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{isNumber(value) ? formatCount(Number(value)) : value}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
