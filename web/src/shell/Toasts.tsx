// Short messages at the bottom that go away by themselves; also read out by screen readers.
import { useSyncExternalStore } from 'react';
import classes from './Toasts.module.css';

const SHOWN_MS = 3200;
let message: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function toast(text: string): void {
  message = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    message = undefined;
    listeners.forEach((listener) => listener());
  }, SHOWN_MS);
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const text = useSyncExternalStore(subscribe, () => message);
  return (
    <div className={classes.place} role="status" aria-live="polite">
      {text !== undefined && <div className={classes.toast}>{text}</div>}
    </div>
  );
}
