// Repeats something every second while it is wanted and the page can be seen. Never two at once.
import { useEffect, useRef, useState } from 'react';

export const LIVE_MS = 1000;

export type LiveState = 'off' | 'on' | 'paused'; // paused: the tab is hidden

export function useLive(wanted: boolean, repeat: () => Promise<unknown>): LiveState {
  const latest = useRef(repeat);
  const [hidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    latest.current = repeat;
  });
  useEffect(() => {
    const onChange = () => setHidden(document.hidden);
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  useEffect(() => {
    if (!wanted || hidden) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const next = () => {
      timer = setTimeout(() => {
        void latest.current().finally(() => {
          if (!stopped) next();
        });
      }, LIVE_MS);
    };
    next();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [wanted, hidden]);
  return !wanted ? 'off' : hidden ? 'paused' : 'on';
}
