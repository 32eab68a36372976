import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LIVE_MS, useLive } from './useLive';

let hidden = false;
beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const hide = (value: boolean) =>
  act(() => {
    hidden = value;
    document.dispatchEvent(new Event('visibilitychange'));
  });

it('repeats each second, waits for the last answer, and pauses while the tab is hidden', async () => {
  let finish: (() => void) | undefined;
  const repeat = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const { result, rerender, unmount } = renderHook(({ wanted }) => useLive(wanted, repeat), { initialProps: { wanted: false } });
  await pass(3 * LIVE_MS);
  expect(repeat).not.toHaveBeenCalled();
  rerender({ wanted: true });
  await pass(3 * LIVE_MS);
  expect(repeat).toHaveBeenCalledTimes(1); // the first has not been answered
  finish?.();
  await pass(LIVE_MS);
  expect(repeat).toHaveBeenCalledTimes(2);
  finish?.();
  hide(true);
  expect(result.current).toBe('paused');
  await pass(5 * LIVE_MS);
  expect(repeat).toHaveBeenCalledTimes(2);
  hide(false);
  expect(result.current).toBe('on');
  await pass(LIVE_MS);
  expect(repeat).toHaveBeenCalledTimes(3);
  unmount();
});
