import { act, render, screen, waitFor } from '@testing-library/react';
import { MantineProvider } from '@mantine/core';
import { afterEach, expect, it, vi } from 'vitest';
import Chart from './Chart';
import { requestBody } from './request';
import { liveRange } from './useFrame';

// There is no canvas here: what is drawn is looked at in a browser (tests/e2e). Loaded late, it would ask for a document
// that is gone.
vi.mock('./echarts', () => ({ create: () => new Proxy({}, { get: () => () => undefined }) }));

afterEach(() => vi.unstubAllGlobals());

function showSize() {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  vi.stubGlobal('ResizeObserver', class {
    constructor(private readonly changed: () => void) {}
    observe() { this.changed(); }
    disconnect() {}
  });
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
  vi.stubGlobal('IntersectionObserver', class {
    observe() {}
    disconnect() {}
  });
}

it('tells its owner what went wrong, and says it', async () => {
  showSize();
  const asked = vi.fn(() => Promise.resolve(
    new Response('{"type":"/docs#problem-x","title":"The request is not valid","status":400,"detail":"`x`: no time column"}', {
      status: 400, headers: { 'Content-Type': 'application/problem+json' },
    }),
  ));
  vi.stubGlobal('fetch', asked);
  const onError = vi.fn();
  render(<MantineProvider><Chart query={{ sql: 'SELECT 1' }} spec={{ kind: 'line' }} onError={onError} /></MantineProvider>);
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('no time column'));
  await waitFor(() => expect(onError).toHaveBeenCalledWith(expect.objectContaining({ status: 400 })));
  expect(asked).toHaveBeenCalledTimes(1);
});

it('asks for what is shown: exact range, one bucket a pixel, fewer for candles and bars', () => {
  const range = { from: 1_700_000_000_000_000_001n, to: 2n ** 63n - 2n };
  const body = (kind: 'line' | 'candlestick') =>
    JSON.parse(requestBody({ sql: 'SELECT 1' }, { kind, y: [{ column: 'a', unit: 'ms' }], splitBy: 'host' }, range, 900)) as unknown;
  expect(body('line')).toEqual({ query: 'SELECT 1', y: ['a'], split_by: 'host', from: '1700000000000000001', to: '9223372036854775806', width: 900, method: 'minmax' });
  expect(body('candlestick')).toMatchObject({ width: 100, method: 'ohlc' });
});

it('a live window moves by whole pixel columns and holds the present', () => {
  const live = { intervalMs: 1000, windowNs: 100_000_000_000n };
  const now = 1_700_000_000_123;
  const one = liveRange(live, 1000, now);
  const next = liveRange(live, 1000, now + 250);
  expect(one.to - one.from).toBe(live.windowNs);
  expect(one.to > BigInt(now) * 1_000_000n).toBe(true);
  expect((next.to - one.to) % 100_000_000n).toBe(0n);
  expect(one.to % 100_000_000n).toBe(0n);
});

// A frame without rows, as the server writes it.
function emptyFrame(): ArrayBuffer {
  const header = '{"version":1,"method":"none","x":{"name":"time","type":"time"},"range":{"from":"0","to":"9"},"series":[],"rows_scanned":0,"elapsed_ms":0}';
  const text = header.padEnd(Math.ceil(header.length / 8) * 8);
  const bytes = new TextEncoder().encode(`SFC1____${text}`);
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  return bytes.buffer;
}

it('keeps the last picture while a live chart asks again, and rests when nobody looks', async () => {
  showSize();
  const states: (string | null)[] = [];
  const asked = vi.fn(() => {
    states.push(document.querySelector('[data-state]')?.getAttribute('data-state') ?? null);
    return Promise.resolve(new Response(emptyFrame()));
  });
  vi.stubGlobal('fetch', asked);
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
  render(<MantineProvider><Chart query={{ sql: 'SELECT 1' }} spec={{ kind: 'line' }} live={{ intervalMs: 5, windowNs: 1_000_000_000n }} /></MantineProvider>);
  await waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(3));
  expect(states.slice(1).every((state) => state === 'empty')).toBe(true);
  hidden.mockReturnValue(true);
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
  const count = asked.mock.calls.length;
  await act(() => new Promise((resolve) => setTimeout(resolve, 60)));
  expect(asked).toHaveBeenCalledTimes(count);
});
