// Reads FlatBuffers tables, as far as Arrow's metadata needs them: scalars, strings, tables and vectors by field number.
// Format: flatbuffers.dev/internals. An absent field is undefined; bad offsets throw RangeError (DataView checks bounds).

export class FlatTable {
  private readonly view: DataView;
  private readonly position: number;
  private readonly vtable: number;

  constructor(view: DataView, position: number) {
    this.view = view;
    this.position = position;
    this.vtable = position - view.getInt32(position, true);
  }

  static root(view: DataView): FlatTable {
    return new FlatTable(view, view.getUint32(0, true));
  }

  private at(field: number): number | undefined {
    const slot = 4 + 2 * field;
    if (slot >= this.view.getUint16(this.vtable, true)) return undefined;
    const offset = this.view.getUint16(this.vtable + slot, true);
    return offset === 0 ? undefined : this.position + offset;
  }

  byte(field: number, absent = 0): number {
    const at = this.at(field);
    return at === undefined ? absent : this.view.getUint8(at);
  }
  short(field: number, absent = 0): number {
    const at = this.at(field);
    return at === undefined ? absent : this.view.getInt16(at, true);
  }
  int(field: number, absent = 0): number {
    const at = this.at(field);
    return at === undefined ? absent : this.view.getInt32(at, true);
  }
  long(field: number): number {
    const at = this.at(field);
    return at === undefined ? 0 : Number(this.view.getBigInt64(at, true));
  }

  string(field: number): string | undefined {
    const start = this.indirect(field);
    if (start === undefined) return undefined;
    const length = this.view.getUint32(start, true);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + start + 4, length));
  }

  table(field: number): FlatTable | undefined {
    const start = this.indirect(field);
    return start === undefined ? undefined : new FlatTable(this.view, start);
  }

  tables(field: number): FlatTable[] {
    const start = this.indirect(field);
    if (start === undefined) return [];
    return Array.from({ length: this.view.getUint32(start, true) }, (_, index) => {
      const at = start + 4 + 4 * index;
      return new FlatTable(this.view, at + this.view.getUint32(at, true));
    });
  }

  // A vector of structs that consist of int64 members.
  longPairs(field: number): [number, number][] {
    const start = this.indirect(field);
    if (start === undefined) return [];
    return Array.from({ length: this.view.getUint32(start, true) }, (_, index) => {
      const at = start + 4 + 16 * index;
      return [Number(this.view.getBigInt64(at, true)), Number(this.view.getBigInt64(at + 8, true))];
    });
  }

  private indirect(field: number): number | undefined {
    const at = this.at(field);
    return at === undefined ? undefined : at + this.view.getUint32(at, true);
  }
}
