// What the person prefers, kept in localStorage and shared by all parts of the page.
import { useSyncExternalStore } from 'react';
import type { Zone } from '../time/nanoseconds';

interface Preferences {
  zone: Zone;
  editorHeight: number; // pixels
  browserOpen: boolean;
}

const STORAGE_KEY = 'streamflow.preferences';
const DEFAULTS: Preferences = { zone: 'local', editorHeight: 170, browserOpen: true };
const listeners = new Set<() => void>();

function stored(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

let current: Preferences = stored();

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  current = { ...current, [name]: value };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // without storage the choice lasts as long as the page
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}
