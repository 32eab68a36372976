// An error, whole: what happened, the server's own words, how to mend it, and the number to find it in the log.
import { useState } from 'react';
import { withoutDrawing, type Problem } from '../api/problem';
import { Button } from './Button';
import { Icon } from './Icon';
import classes from './ProblemView.module.css';

export interface ProblemViewProps {
  problem: Problem;
  onRetry?: () => void;
  onShow?: () => void; // moves the cursor to the place
  compact?: boolean;
}

const ADVICE: Record<number, string> = {
  401: 'Give an API key: the command palette has “Use an API key”.',
  403: 'The key or the server’s rules do not allow this. SQL reads only, and only what a project holds.',
  408: 'Narrow the time range, or raise query.timeout.',
  413: 'Ask for less at once: a shorter statement, or a LIMIT.',
  429: 'The server is busy. Try again in a moment.',
  503: 'The server is busy or part of it is unavailable. Try again in a moment; /health says which part.',
};

const mending = (problem: Problem): string | undefined =>
  problem.retryAfterSeconds ? `Try again in ${problem.retryAfterSeconds} s.` : ADVICE[problem.status];

export function ProblemView({ problem, onRetry, onShow, compact = false }: ProblemViewProps) {
  const [copied, setCopied] = useState(false);
  const advice = mending(problem);
  const copy = async () => {
    await navigator.clipboard.writeText(problem.request_id ?? '');
    setCopied(true);
  };
  return (
    <section className={compact ? classes.compact : classes.problem} role="alert" aria-label={problem.title}>
      <span className={classes.icon}>
        <Icon name="warning" size={18} />
      </span>
      <div className={classes.body}>
        <h2 className={classes.title}>{problem.title}</h2>
        <pre className={classes.detail}>{withoutDrawing(problem.detail)}</pre>
        {problem.errors?.map((error, index) => (
          <pre key={index} className={classes.detail}>
            {error.line === undefined ? '' : `line ${error.line}: `}
            {error.detail}
          </pre>
        ))}
        {advice && <p className={classes.advice}>{advice}</p>}
        <div className={classes.actions}>
          {onShow && (
            <Button kind="plain" onClick={onShow}>
              Show the place
            </Button>
          )}
          {onRetry && (
            <Button kind="plain" onClick={onRetry}>
              Try again
            </Button>
          )}
          {problem.type.startsWith('/docs#') && (
            <a className={classes.link} href={problem.type}>
              What this means
            </a>
          )}
          {problem.request_id && (
            <button type="button" className={classes.request} onClick={() => void copy()} title="Copy the request id, which the server's log names">
              {copied ? 'copied' : `request ${problem.request_id}`}
            </button>
          )}
        </div>
      </div>
    </section>
  );
}
