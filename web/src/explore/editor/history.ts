// Statements that were run, newest first, in localStorage. At most HISTORY_MAX; running one again moves it to the front.
export interface HistoryEntry {
  sql: string;
  ranAt: number; // ms since 1970
  rows?: number;
  elapsedMs?: number;
  failed?: boolean;
}

const STORAGE_KEY = 'streamflow.history';
export const HISTORY_MAX = 200;
const SQL_CHARACTERS_MAX = 20_000; // longer ones are not kept: localStorage holds a few MiB for everything

export function readHistory(): HistoryEntry[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored.filter((entry: Partial<HistoryEntry> | null): entry is HistoryEntry =>
      typeof entry?.sql === 'string' && typeof entry.ranAt === 'number');
  } catch {
    return []; // storage is off or holds something foreign: no history, no failure
  }
}

export function remember(entry: HistoryEntry): HistoryEntry[] {
  if (entry.sql.length > SQL_CHARACTERS_MAX) return readHistory();
  const entries = [entry, ...readHistory().filter((each) => each.sql !== entry.sql)].slice(0, HISTORY_MAX);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(entries));
  } catch {
    // a full or forbidden storage loses the history only
  }
  return entries;
}

export function searchHistory(entries: HistoryEntry[], words: string): HistoryEntry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => wanted.every((word) => entry.sql.toLowerCase().includes(word)));
}

export function clearHistory(): void {
  localStorage.removeItem(STORAGE_KEY);
}
