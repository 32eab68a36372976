// Statements that were run, found by words; choosing one puts it into the editor.
import { useState } from 'react';
import { Button } from '../../shell/Button';
import { clearHistory, readHistory, searchHistory, type HistoryEntry } from './history';
import classes from './HistoryMenu.module.css';

const ago = (ms: number): string => {
  const minutes = Math.round((Date.now() - ms) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 24 ? `${hours} h ago` : new Date(ms).toLocaleDateString('en-CA');
};

export function HistoryMenu({ onChoose }: { onChoose: (sql: string) => void }) {
  const [entries, setEntries] = useState(readHistory);
  const [words, setWords] = useState('');
  const found = searchHistory(entries, words);
  return (
    <div className={classes.history}>
      <div className={classes.head}>
        <input type="search" placeholder="Search the history" aria-label="Search the history" value={words} onChange={(event) => setWords(event.target.value)} />
        {entries.length > 0 && (
          <Button
            kind="quiet"
            onClick={() => {
              clearHistory();
              setEntries([]);
            }}
          >
            Clear
          </Button>
        )}
      </div>
      {found.length === 0 && <p className={classes.empty}>{entries.length === 0 ? 'Nothing has been run in this browser.' : 'No statement has all these words.'}</p>}
      <ul>
        {found.map((entry) => (
          <li key={entry.sql}>
            <button type="button" onClick={() => onChoose(entry.sql)}>
              <code>{entry.sql}</code>
              <span className={entry.failed ? classes.failed : classes.facts}>{factsOf(entry)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const factsOf = (entry: HistoryEntry): string => {
  if (entry.failed) return `${ago(entry.ranAt)} · failed`;
  return `${ago(entry.ranAt)}${entry.rows === undefined ? '' : ` · ${entry.rows} rows`}`;
};
