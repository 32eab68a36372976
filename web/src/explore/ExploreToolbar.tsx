import { Button } from '../shell/Button';
import { keyText } from '../shell/commands';
import { Dropdown } from '../shell/Dropdown';
import { HistoryMenu } from './editor/HistoryMenu';
import type { LiveState } from './result/useLive';
import classes from './ExplorePage.module.css';

interface ExploreToolbarProps {
  empty: boolean;
  running: boolean;
  live: LiveState;
  liveWanted: boolean;
  narrow: boolean;
  browserOpen: boolean;
  onRun(): void;
  onCancel(): void;
  onLive(): void;
  onFormat(): void;
  onExplain(): void;
  onShare(): void;
  onHistory(sql: string): void;
  onBrowse(): void;
}

export function ExploreToolbar(props: ExploreToolbarProps) {
  const { empty, running, live, liveWanted, narrow, browserOpen } = props;
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Query">
      <Button kind="quiet" icon="menu" active={narrow ? undefined : browserOpen} aria-label="Tables" title="Tables" onClick={props.onBrowse}>
        {narrow ? 'Tables' : undefined}
      </Button>
      {running ? (
        <Button kind="primary" icon="stop" onClick={props.onCancel}>
          Cancel
        </Button>
      ) : (
        <Button kind="primary" icon="play" disabled={empty} onClick={props.onRun}>
          Run
          {!narrow && <span className={classes.shortcut}> {keyText('mod+Enter').join(' ')}</span>}
        </Button>
      )}
      <Button
        kind="quiet" icon="live" active={liveWanted} className={`${classes.live} ${live === 'on' ? classes.pulse : ''}`} disabled={empty} onClick={props.onLive}
        title="Repeat every second while this tab is visible (L)"
      >
        {live === 'paused' ? 'Paused' : 'Live'}
      </Button>
      <Button kind="quiet" icon="plan" disabled={empty} onClick={props.onExplain} title="Run with EXPLAIN ANALYZE" aria-label="Explain">
        {narrow ? undefined : 'Explain'}
      </Button>
      <Button kind="quiet" icon="format" disabled={empty} onClick={props.onFormat} title="Format the SQL" aria-label="Format">
        {narrow ? undefined : 'Format'}
      </Button>
      <span className={classes.spring} />
      <Dropdown label="History" icon="history" text={narrow ? undefined : 'History'} wide>
        {(close) => (
          <HistoryMenu
            onChoose={(sql) => {
              close();
              props.onHistory(sql);
            }}
          />
        )}
      </Dropdown>
      <Button kind="quiet" icon="share" onClick={props.onShare} title="Copy a link to this query and view" aria-label="Share">
        {narrow ? undefined : 'Share'}
      </Button>
    </div>
  );
}
