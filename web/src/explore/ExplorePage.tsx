// Explore: find tables, write SQL, look at the answer as a table, a chart or a plan.
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ChartHandle } from '../chart/types';
import { useCommands } from '../shell/commands';
import { setPreference, usePreferences } from '../shell/preferences';
import { toast } from '../shell/Toasts';
import { previewOf, SchemaBrowser, type BrowserHandle } from './browser/SchemaBrowser';
import { useSchema } from './browser/schema';
import type { EditorHandle } from './editor/SqlEditor';
import { ExploreToolbar } from './ExploreToolbar';
import { BrowserDialog } from './browser/BrowserDialog';
import { ResultPanel } from './result/ResultPanel';
import { exportResult, fileName, saveBlob, type ExportFormat } from './result/exportResult';
import { problemOf } from '../api/problem';
import { Splitter } from './Splitter';
import { useExplore } from './useExplore';
import classes from './ExplorePage.module.css';

const SqlEditor = lazy(() => import('./editor/SqlEditor'));
const EDITOR_MIN = 84;

export function ExplorePage() {
  const editor = useRef<EditorHandle>(null);
  const browser = useRef<BrowserHandle>(null);
  const chart = useRef<ChartHandle>(null);
  const [browsing, setBrowsing] = useState(false);
  const narrow = useMediaQuery('(max-width: 899px)', window.matchMedia('(max-width: 899px)').matches);
  const { editorHeight, browserOpen } = usePreferences();
  const explore = useExplore(editor);
  const { search, update } = explore;
  const schema = useSchema(search.project);

  const share = () => {
    navigator.clipboard.writeText(window.location.href).then(
      () => toast('Copied the link to this page'),
      () => toast('The browser refused access to the clipboard: copy the address'),
    );
  };
  const download = (format: ExportFormat | 'png') => {
    const done = format === 'png' ? chart.current?.toPng().then((blob) => saveBlob(blob, fileName('png'))) : explore.ran && exportResult(explore.ran.text, format, search.project);
    done?.catch((error: unknown) => toast(problemOf(error).detail));
  };
  const searchTables = () => {
    if (narrow) setBrowsing(true);
    else {
      setPreference('browserOpen', true);
      requestAnimationFrame(() => browser.current?.focusSearch());
    }
  };
  const toggleLive = () => update({ live: search.live ? undefined : '1' });

  useCommands([
    { id: 'run', group: 'Query', label: 'Run the statement or selection', keys: 'mod+Enter', run: explore.runCurrent },
    { id: 'explain', group: 'Query', label: 'Explain and measure the statement', run: explore.explain },
    { id: 'format', group: 'Query', label: 'Format the SQL', run: explore.format },
    { id: 'edit', group: 'Query', label: 'Go to the editor', keys: 'e', run: () => editor.current?.focus() },
    { id: 'live', group: 'Query', label: search.live ? 'Stop live mode' : 'Go live: repeat every second', keys: 'l', run: toggleLive },
    { id: 'search', group: 'Query', label: 'Search tables and tag values', keys: '/', run: searchTables },
    { id: 'tab-table', group: 'Result', label: 'Show the table', keys: '1', run: () => update({ tab: undefined }) },
    { id: 'tab-chart', group: 'Result', label: 'Show the chart', keys: '2', run: () => update({ tab: 'chart' }) },
    { id: 'tab-plan', group: 'Result', label: 'Show the plan', keys: '3', run: () => update({ tab: 'plan' }) },
    { id: 'share', group: 'Result', label: 'Copy a link to this query and view', run: share },
    { id: 'csv', group: 'Result', label: 'Download the result as CSV', run: () => download('csv') },
    ...(schema.data ?? []).map(({ name }) => ({ id: `table-${name}`, group: 'Tables', label: `Query ${name}`, run: () => explore.query(previewOf(name)) })),
  ]);

  const actions = {
    onInsert: (text: string) => {
      setBrowsing(false);
      editor.current?.insert(text);
    },
    onQuery: (sql: string) => {
      setBrowsing(false);
      explore.query(sql);
    },
  };
  const running = explore.run.status === 'running' || explore.plan.status === 'running';

  return (
    <div className={classes.page} data-browser={!narrow && browserOpen}>
      {!narrow && browserOpen && (
        <div className={classes.browser}>
          <SchemaBrowser ref={browser} project={search.project} {...actions} />
        </div>
      )}
      {narrow && browsing && (
        <BrowserDialog onClose={() => setBrowsing(false)}>
          <SchemaBrowser project={search.project} {...actions} />
        </BrowserDialog>
      )}
      <section className={classes.query} aria-label="Query">
        <div className={classes.editor} style={{ height: narrow ? undefined : editorHeight }}>
          <Suspense fallback={<pre className={classes.editorFallback}>{explore.text}</pre>}>
            <SqlEditor ref={editor} initial={explore.text} project={search.project} schema={schema.data ?? []} problem={explore.problem} onChange={explore.type} onRun={explore.runCurrent} />
          </Suspense>
        </div>
        {!narrow && <Splitter value={editorHeight} min={EDITOR_MIN} max={560} onChange={(height) => setPreference('editorHeight', height)} />}
        <ExploreToolbar
          empty={explore.text.trim() === ''} running={running} live={explore.live} liveWanted={search.live === '1'} narrow={narrow} browserOpen={browserOpen}
          onRun={explore.runCurrent} onCancel={explore.cancel} onLive={toggleLive} onFormat={explore.format} onExplain={explore.explain} onShare={share}
          onHistory={explore.setSql} onBrowse={() => (narrow ? setBrowsing(true) : setPreference('browserOpen', !browserOpen))}
        />
      </section>
      <section className={classes.result} aria-label="Result">
        <ResultPanel explore={explore} chart={chart} onDownload={download} onShowProblem={() => explore.problem && editor.current?.goTo(explore.problem.from)} />
      </section>
    </div>
  );
}
