// jsdom lacks what layout-aware components ask for.
import { afterEach } from 'vitest';
import { cleanup } from '@testing-library/react';

class NoResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver ??= NoResizeObserver;
const noMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

if (!('matchMedia' in window)) Object.assign(window, { matchMedia: noMedia });

afterEach(cleanup);
