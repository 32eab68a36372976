// Column frames, version 1 (docs/format/column-frame.md): the arrays are views of the answer's bytes, not copies.
export interface FrameSeries {
  name: string;
  column: string;
  tags: Record<string, string | null>;
  times?: BigInt64Array; // nanoseconds; absent when x is a number
  numbers?: Float64Array; // x, when it is a number
  values: Float64Array[]; // one; or open, high, low, close
}

export interface LeftOut {
  count: number;
  names: string[];
  advice: string;
}

export interface Frame {
  method: string;
  x: { name: string; type: 'time' | 'number' };
  range?: { from: bigint; to: bigint }; // of times; absent without rows, and for numbers
  numberRange?: { from: number; to: number };
  series: FrameSeries[];
  leftOut?: LeftOut;
  rowsScanned: number;
  elapsedMs: number;
}

interface HeaderColumn {
  name: string;
  type: 'time_ns' | 'float64';
  offset: number;
  count: number;
}
interface Header {
  version: number;
  method: string;
  x: Frame['x'];
  range: { from: string | number; to: string | number } | null;
  series: { name: string; column: string; tags: Record<string, string | null>; columns: HeaderColumn[] }[];
  left_out?: LeftOut;
  rows_scanned: number;
  elapsed_ms: number;
}

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const PREFIX_BYTES = 8; // magic, length of the header
const VALUE_BYTES = 8;

function headerOf(buffer: ArrayBuffer): { header: Header; begin: number } {
  if (buffer.byteLength < PREFIX_BYTES) throw new FrameError(`a frame has at least ${PREFIX_BYTES} bytes, got ${buffer.byteLength}`);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  if (magic !== 'SFC1') throw new FrameError(`wanted a frame that begins with "SFC1", got ${JSON.stringify(magic)}`);
  const length = new DataView(buffer).getUint32(4, true);
  const begin = PREFIX_BYTES + length;
  if (length % VALUE_BYTES !== 0 || begin > buffer.byteLength) {
    throw new FrameError(`the frame's header has ${length} bytes, of ${buffer.byteLength} in all`);
  }
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, PREFIX_BYTES, length))) as Header;
  if (header.version !== 1) throw new FrameError(`the frame has version ${header.version}; this page reads version 1`);
  return { header, begin };
}

export function decodeFrame(buffer: ArrayBuffer): Frame {
  const { header, begin } = headerOf(buffer);
  const place = (column: HeaderColumn): number => {
    const at = begin + column.offset;
    if (column.offset % VALUE_BYTES !== 0 || at + column.count * VALUE_BYTES > buffer.byteLength) {
      throw new FrameError(`column ${column.name} lies outside the frame: ${column.count} values at ${column.offset}`);
    }
    return at;
  };
  const numbers = (column: HeaderColumn) => new Float64Array(buffer, place(column), column.count);
  const series = header.series.map(({ name, column, tags, columns: [x, ...values] }): FrameSeries => {
    if (x === undefined) throw new FrameError(`series ${name} has no columns`);
    const axis = x.type === 'time_ns' ? { times: new BigInt64Array(buffer, place(x), x.count) } : { numbers: numbers(x) };
    return { name, column, tags, ...axis, values: values.map(numbers) };
  });
  const { range } = header;
  return {
    method: header.method,
    x: header.x,
    ...(range && header.x.type === 'time' ? { range: { from: BigInt(range.from), to: BigInt(range.to) } } : {}),
    ...(range && header.x.type === 'number' ? { numberRange: { from: Number(range.from), to: Number(range.to) } } : {}),
    series,
    leftOut: header.left_out,
    rowsScanned: header.rows_scanned,
    elapsedMs: header.elapsed_ms,
  };
}
