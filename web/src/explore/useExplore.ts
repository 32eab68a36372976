// The Explore page's model: the text, the address and the two runners, and everything one can do with them.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { sqlPosition } from '../api/problem';
import { formatSql } from './editor/format';
import { remember } from './editor/history';
import type { EditorHandle, EditorProblem } from './editor/SqlEditor';
import { splitStatements, statementToRun, type Statement } from './editor/tokens';
import type { ExploreSearch, Tab } from './exploreSearch';
import { profileStatement } from './plan/plan';
import { useLive } from './result/useLive';
import { useRunner, type Run } from './result/useRunner';

const TYPING_MS = 400; // how long after the last key the address follows the text
const FRESH: Partial<ExploreSearch> = { x: undefined, y: undefined, split: undefined, from: undefined, to: undefined, sort: undefined, find: undefined, live: undefined, kind: undefined };

export function useExplore(editor: RefObject<EditorHandle | null>) {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const [text, setText] = useState(search.q ?? '');
  const [ran, setRan] = useState<Statement>(); // what the shown result answers, and where it stands in the text
  const result = useRunner();
  const profile = useRunner();
  const written = useRef<string | undefined>(undefined); // the address's `q` as this page last knew it
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { project, tab = 'table' } = search;

  const update = (change: Partial<ExploreSearch>, push = false) => {
    if ('q' in change) written.current = change.q;
    void navigate({ search: (before) => ({ ...before, ...change }), replace: !push });
  };

  const execute = async (statement: Statement): Promise<void> => {
    const isProfile = profileStatement(statement.text) !== undefined;
    if (!isProfile) setRan(statement);
    const finished = await (isProfile ? profile : result).start(statement.text, { project });
    if (!finished) return;
    remember({ sql: statement.text, ranAt: Date.now(), rows: finished.table?.rowCount, elapsedMs: Math.round(finished.elapsedMs), failed: finished.status === 'failed' });
  };

  // Another address than the one this page wrote: a link was opened, or the person went back or forward.
  const follow = (q: string) => {
    written.current = q;
    setText(q);
    editor.current?.replace(q);
    const first = splitStatements(q)[0];
    if (first) void execute(first);
    else {
      result.reset();
      setRan(undefined);
    }
  };
  const followLatest = useRef(follow);
  useEffect(() => {
    followLatest.current = follow;
  });
  useEffect(() => {
    if ((search.q ?? '') !== (written.current ?? '')) followLatest.current(search.q ?? '');
  }, [search.q]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const current = () => statementToRun(text, editor.current?.selection() ?? { from: 0, to: 0 });
  const live = useLive(search.live === '1' && tab === 'table' && ran !== undefined, async () => {
    const finished = ran && (await result.start(ran.text, { project, quiet: true }));
    if (finished?.status === 'failed') update({ live: undefined });
  });

  return {
    search, tab, text, ran, run: result.run, plan: profile.run, live, problem: editorProblem(tab === 'plan' ? profile.run : result.run, text, ran), update,
    type(next: string) {
      setText(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => update({ q: next || undefined }), TYPING_MS);
    },
    runCurrent() {
      const statement = current();
      if (!statement) return;
      clearTimeout(timer.current);
      const isProfile = profileStatement(statement.text) !== undefined;
      update({ q: text, ...(isProfile ? { tab: 'plan' } : tab === 'plan' ? { tab: undefined } : {}) }, true);
      void execute(statement);
    },
    query(sql: string, nextTab?: Tab) {
      clearTimeout(timer.current);
      setText(sql);
      editor.current?.replace(sql);
      update({ ...FRESH, q: sql, tab: nextTab }, true);
      void execute({ text: sql, start: 0, end: sql.length });
    },
    explain() {
      const statement = current();
      if (!statement) return;
      update({ q: text, tab: 'plan' });
      void execute({ ...statement, text: profileStatement(statement.text) ? statement.text : `EXPLAIN ANALYZE ${statement.text}` });
    },
    format() {
      const next = formatSql(text);
      setText(next);
      editor.current?.replace(next);
      update({ q: next || undefined });
    },
    setSql(sql: string) {
      setText(sql);
      editor.current?.replace(sql);
      update({ q: sql });
      editor.current?.focus();
    },
    cancel() {
      result.cancel();
      profile.cancel();
    },
  };
}

// The place the server points at, in the editor's text as it was sent.
function editorProblem(run: Run, text: string, ran: Statement | undefined): EditorProblem | undefined {
  if (run.status !== 'failed' || !run.problem) return undefined;
  const sent = run.sql.replace(/^EXPLAIN ANALYZE /, '');
  const start = ran && text.slice(ran.start, ran.end) === sent ? ran.start : text.indexOf(sent);
  const place = sqlPosition(run.problem.detail, run.sql);
  if (start < 0 || !place) return undefined;
  const lines = run.sql.split('\n').slice(0, place.line - 1);
  const inside = lines.reduce((sum, line) => sum + line.length + 1, 0) + place.column - (run.sql.length - sent.length);
  return { from: start + Math.max(inside, 0), message: run.problem.detail.split('\n')[0] ?? '' };
}
