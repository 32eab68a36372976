import { describe, expect, it } from 'vitest';
import { decodeFrame, FrameError } from './frame';

// A frame as the server writes it: header padded with spaces, buffers behind.
function frameOf(header: unknown, buffers: ArrayBufferView[], magic = 'SFC1'): ArrayBuffer {
  let text = JSON.stringify(header);
  text = text.padEnd(Math.ceil(text.length / 8) * 8);
  const bytes = new Uint8Array(8 + text.length + buffers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  bytes.set(new TextEncoder().encode(magic));
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(new TextEncoder().encode(text), 8);
  let at = 8 + text.length;
  for (const buffer of buffers) {
    bytes.set(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength), at);
    at += buffer.byteLength;
  }
  return bytes.buffer;
}

const column = (name: string, type: string, offset: number, count: number) => ({ name, type, offset, count });
const header = {
  version: 1, method: 'minmax', x: { name: 'time', type: 'time' },
  range: { from: '1700000000000000001', to: '9223372036854775806' },
  series: [{ name: 'a', column: 'usage', tags: { host: 'a' }, columns: [column('time', 'time_ns', 0, 2), column('usage', 'float64', 16, 2)] }],
  rows_scanned: 7, elapsed_ms: 1.5, unknown: 'ignored',
};
const TIMES = BigInt64Array.of(1_700_000_000_000_000_001n, -(2n ** 63n));
const VALUES = Float64Array.of(-0.5, NaN);

describe('decodeFrame', () => {
  it('views times and values, every nanosecond kept', () => {
    const buffer = frameOf(header, [TIMES, VALUES]);
    const frame = decodeFrame(buffer);
    expect(frame.range).toEqual({ from: 1_700_000_000_000_000_001n, to: 9_223_372_036_854_775_806n });
    const [series] = frame.series;
    expect([...(series?.times ?? [])]).toEqual([...TIMES]);
    expect([...(series?.values[0] ?? [])]).toEqual([-0.5, NaN]);
    expect(series?.times?.buffer).toBe(buffer);
    expect(frame.rowsScanned).toBe(7);
  });

  it('reads numbers as x, candles, and nothing at all', () => {
    const numbers = decodeFrame(
      frameOf(
        { ...header, x: { name: 'speed', type: 'number' }, range: { from: 0.5, to: 2 }, series: [{ ...header.series[0], columns: [column('speed', 'float64', 0, 2), column('usage', 'float64', 16, 2)] }] },
        [Float64Array.of(0.5, 2), VALUES],
      ),
    );
    expect(numbers.numberRange).toEqual({ from: 0.5, to: 2 });
    expect([...(numbers.series[0]?.numbers ?? [])]).toEqual([0.5, 2]);
    const names = ['open', 'high', 'low', 'close'];
    const candles = decodeFrame(
      frameOf(
        { ...header, series: [{ ...header.series[0], columns: [column('t', 'time_ns', 0, 1), ...names.map((name, index) => column(name, 'float64', 8 + 8 * index, 1))] }] },
        [BigInt64Array.of(5n), Float64Array.of(1, 4, 0.5, 2)],
      ),
    );
    expect(candles.series[0]?.values.map(([value]) => value)).toEqual([1, 4, 0.5, 2]);
    const nothing = decodeFrame(frameOf({ ...header, range: null, series: [] }, []));
    expect(nothing.series).toEqual([]);
    expect(nothing.range).toBeUndefined();
  });

  const whole = frameOf(header, [TIMES, VALUES]);
  const broken: [string, ArrayBuffer][] = [
    ['nothing', new ArrayBuffer(0)],
    ['another format', frameOf(header, [], 'ARRO')],
    ['half a header', whole.slice(0, 40)],
    ['half its buffers', whole.slice(0, -8)],
    ['a newer version', frameOf({ ...header, version: 2 }, [TIMES, VALUES])],
    ['a crooked offset', frameOf({ ...header, series: [{ ...header.series[0], columns: [column('t', 'time_ns', 4, 1)] }] }, [TIMES])],
    ['a series without columns', frameOf({ ...header, series: [{ ...header.series[0], columns: [] }] }, [])],
  ];
  it.each(broken)('refuses %s', (_, buffer) => expect(() => decodeFrame(buffer)).toThrow(FrameError));
});
