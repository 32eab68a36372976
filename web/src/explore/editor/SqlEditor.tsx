// The SQL editor: CodeMirror in a shadow root. Loaded on demand (default export), because it is the largest part of the page.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion, type CompletionContext } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { keywordCompletionSource, PostgreSQL, sql, SQLDialect } from '@codemirror/lang-sql';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import { sqlRows } from '../../api/sql';
import { quoteName, quoteText, type TableSchema } from '../browser/schema';
import { editorTheme } from './editorTheme';
import { FUNCTION_NAMES_QUERY, TIME_SERIES_FUNCTIONS } from './functions';
import { suggest, valuePlace } from './suggest';
import classes from './SqlEditor.module.css';

export interface EditorHandle {
  focus(): void;
  insert(text: string): void;
  replace(text: string): void;
  selection(): { from: number; to: number };
  goTo(position: number): void;
}

export interface EditorProblem {
  from: number;
  message: string;
}

export interface SqlEditorProps {
  initial: string;
  project?: string;
  schema: TableSchema[];
  problem: EditorProblem | undefined;
  onChange(text: string): void;
  onRun(): void;
  ref?: Ref<EditorHandle>;
}

const TSQL = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} asof qualify pivot unpivot summarize describe show positional semi anti exclude replace ilike`,
});

const VALUES_OFFERED = 30;

type Latest = { current: { project: string | undefined; schema: TableSchema[]; names: string[]; onRun(): void; onChange(text: string): void } };

function completeNames(latest: Latest) {
  return (context: CompletionContext) => {
    const { schema, names } = latest.current;
    const found = suggest(context.state.doc.toString(), context.pos, schema, TIME_SERIES_FUNCTIONS, names);
    if (!found || (found.from === context.pos && !context.explicit && !/[.\s(,]$/.test(context.state.sliceDoc(0, context.pos)))) return null;
    if (found.from === context.pos && !context.explicit && context.state.sliceDoc(context.pos - 1, context.pos) !== '.') return null;
    const options = found.options.map(({ label, apply, detail, kind, rank }): Completion => ({ label, apply, detail, type: kind, boost: rank * 10 }));
    return { from: found.from, options, validFor: /^[\w"]*$/ };
  };
}

function completeValues(latest: Latest) {
  return async (context: CompletionContext) => {
    const { schema, project } = latest.current;
    const place = valuePlace(context.state.doc.toString(), context.pos, schema);
    if (!place) return null;
    const tag = quoteName(place.tag);
    const pattern = quoteText(`%${place.typed.replaceAll(/[\\%_]/g, '\\$&')}%`);
    const query = `SELECT DISTINCT ${tag} FROM ${quoteName(place.table)} WHERE ${tag} ILIKE ${pattern} ESCAPE '\\' ORDER BY 1 LIMIT ${VALUES_OFFERED}`;
    const stop = new AbortController();
    context.addEventListener('abort', () => stop.abort());
    const rows = await sqlRows(query, { project, signal: stop.signal }).catch(() => []);
    const options = rows.map(([value]): Completion => ({ label: String(value), apply: String(value).replaceAll("'", "''"), detail: place.tag, type: 'tag' }));
    return { from: place.from, options, filter: false };
  };
}

function extensions(latest: Latest) {
  return [
    lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
    sql({ dialect: TSQL, upperCaseKeywords: true }),
    autocompletion({ override: [completeNames(latest), completeValues(latest), keywordCompletionSource(TSQL, true)], icons: false }),
    keymap.of([
      { key: 'Mod-Enter', preventDefault: true, run: () => (latest.current.onRun(), true) },
      { key: 'Escape', run: (view) => (view.contentDOM.blur(), true) },
      ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab,
    ]),
    EditorView.lineWrapping,
    placeholder('SELECT … FROM …'),
    EditorView.contentAttributes.of({ 'aria-label': 'SQL', autocapitalize: 'off', spellcheck: 'false' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onChange(update.state.doc.toString());
    }),
    editorTheme,
  ];
}

export default function SqlEditor({ initial, project, schema, problem, onChange, onRun, ref }: SqlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ project, schema, names: [] as string[], onRun, onChange });
  useEffect(() => {
    latest.current = { ...latest.current, project, schema, onRun, onChange };
  });
  const first = useRef(initial);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const shadow = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      parent: shadow,
      root: shadow,
      state: EditorState.create({ doc: first.current, extensions: extensions(latest) }),
    });
    view.current = editor;
    const stop = new AbortController();
    sqlRows(FUNCTION_NAMES_QUERY, { signal: stop.signal }).then(
      (rows) => (latest.current.names = rows.map(([name]) => String(name))),
      () => {}, // completion then knows fewer functions
    );
    return () => {
      stop.abort();
      first.current = editor.state.doc.toString();
      editor.destroy();
    };
  }, []);

  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    insert: (text) => {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch(editor.state.replaceSelection(text), { scrollIntoView: true });
      editor.focus();
    },
    replace: (text) => {
      const editor = view.current;
      if (!editor || editor.state.doc.toString() === text) return;
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, selection: { anchor: text.length } });
    },
    selection: () => {
      const main = view.current?.state.selection.main;
      return { from: main?.from ?? 0, to: main?.to ?? 0 };
    },
    goTo: (position) => {
      view.current?.dispatch({ selection: { anchor: position }, scrollIntoView: true });
      view.current?.focus();
    },
  }));

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { length } = editor.state.doc;
    const from = Math.min(problem?.from ?? 0, length);
    const word = /^[\p{L}\p{N}_]+|^\S/u.exec(editor.state.sliceDoc(from, Math.min(from + 80, length)))?.[0] ?? '';
    const diagnostics = problem ? [{ from, to: Math.min(from + Math.max(word.length, 1), length), severity: 'error' as const, message: problem.message }] : [];
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problem]);

  return <div ref={host} className={classes.editor} />;
}
