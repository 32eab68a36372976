// Reads an Arrow IPC stream as it arrives: the schema first, then record batches, one by one.
// Format: Arrow columnar format 1.4, "Encapsulated message format", metadata version 5, no compression, no dictionaries.
// A stream that ends without its end-of-stream mark was cut off by the server: `complete` stays false.
import { FlatTable } from './flatbuffer';
import { fieldOf, type ArrowField } from './schema';
import { readVector, type Vector } from './vector';

export interface Batch {
  length: number;
  columns: Vector[];
  bytes: number;
}

const CONTINUATION = 0xffffffff;
const HEADER_SCHEMA = 1;
const HEADER_RECORD_BATCH = 3;

export class ArrowStreamReader {
  fields: ArrowField[] | undefined;
  complete = false;
  private chunks: Uint8Array[] = [];
  private available = 0;
  private wanted = 8; // bytes without which the next message cannot be read: chunks wait unjoined until they are here

  // Takes the next bytes, returns the batches they complete.
  push(chunk: Uint8Array): Batch[] {
    this.chunks.push(chunk);
    this.available += chunk.byteLength;
    const batches: Batch[] = [];
    while (!this.complete) {
      const batch = this.nextMessage();
      if (batch === 'incomplete') break;
      if (batch !== 'schema' && batch !== 'end') batches.push(batch);
    }
    return batches;
  }

  private nextMessage(): Batch | 'schema' | 'end' | 'incomplete' {
    if (this.available < this.wanted) return 'incomplete';
    const head = this.peek(8);
    if (head.getUint32(0, true) !== CONTINUATION) throw new Error('the result is not an Arrow stream');
    const metadataBytes = head.getInt32(4, true);
    if (metadataBytes === 0) {
      this.take(8);
      this.complete = true;
      return 'end';
    }
    if (this.lacks(8 + metadataBytes)) return 'incomplete';
    const message = FlatTable.root(this.peek(8 + metadataBytes, 8));
    const bodyBytes = message.long(3);
    if (this.lacks(8 + metadataBytes + bodyBytes)) return 'incomplete';
    this.wanted = 8;
    this.take(8 + metadataBytes);
    const body = this.take(bodyBytes);
    const header = message.table(2);
    if (message.byte(1) === HEADER_SCHEMA && header) {
      this.fields = header.tables(1).map(fieldOf);
      return 'schema';
    }
    if (message.byte(1) !== HEADER_RECORD_BATCH || !header || !this.fields) throw new Error('unexpected Arrow message');
    return readBatch(this.fields, header, body);
  }

  private lacks(bytes: number): boolean {
    this.wanted = bytes;
    return this.available < bytes;
  }

  private peek(length: number, skip = 0): DataView {
    const bytes = this.gather(length);
    return new DataView(bytes.buffer, bytes.byteOffset + skip, length - skip);
  }

  // The first `length` bytes in one piece, which starts at a multiple of 8 of a buffer of its own.
  private gather(length: number): Uint8Array {
    const first = this.chunks[0];
    if (first && first.byteLength >= length) return first;
    const joined = new Uint8Array(this.available);
    let at = 0;
    for (const chunk of this.chunks) {
      joined.set(chunk, at);
      at += chunk.byteLength;
    }
    this.chunks = [joined];
    return joined;
  }

  private take(length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const gathered = this.gather(length);
    const taken = gathered.slice(0, length);
    this.chunks[0] = gathered.subarray(length);
    this.available -= length;
    return taken;
  }
}

function readBatch(fields: ArrowField[], header: FlatTable, body: Uint8Array): Batch {
  const nodes = header.longPairs(1);
  const buffers = header.longPairs(2);
  let nodeIndex = 0;
  let bufferIndex = 0;
  const reader = {
    node: () => nodes[nodeIndex++] ?? ([0, 0] as [number, number]),
    buffer: () => {
      const [offset, length] = buffers[bufferIndex++] ?? [0, 0];
      if (offset + length > body.byteLength) throw new Error('an Arrow buffer lies outside its message');
      return body.subarray(offset, offset + length);
    },
  };
  const columns = fields.map((field) => readVector(field, reader));
  return { length: header.long(0), columns, bytes: body.byteLength };
}
