// A result as it arrives: batches of Arrow vectors, addressed by row. Grows while the stream runs; `version` counts changes.
import type { ArrowField } from '../../arrow/schema';
import type { Batch } from '../../arrow/stream';
import type { Vector } from '../../arrow/vector';

export interface Place {
  vector: Vector;
  row: number; // inside the vector
}

export class ResultTable {
  readonly fields: ArrowField[];
  readonly batches: Batch[] = [];
  rowCount = 0;
  bytes = 0;
  private starts: number[] = []; // first row of each batch
  private last = 0; // the batch that served the last look-up: neighbours usually follow

  constructor(fields: ArrowField[]) {
    this.fields = fields;
  }

  add(batches: Batch[]): void {
    for (const batch of batches) {
      if (batch.length === 0) continue;
      this.starts.push(this.rowCount);
      this.batches.push(batch);
      this.rowCount += batch.length;
      this.bytes += batch.bytes;
    }
  }

  at(column: number, row: number): Place | undefined {
    const batch = this.batchOf(row);
    const vector = this.batches[batch]?.columns[column];
    return vector ? { vector, row: row - (this.starts[batch] ?? 0) } : undefined;
  }

  // Every vector of one column with the result's row number of its first value.
  *vectors(column: number): Generator<{ vector: Vector; start: number }> {
    for (const [index, batch] of this.batches.entries()) {
      const vector = batch.columns[column];
      if (vector) yield { vector, start: this.starts[index] ?? 0 };
    }
  }

  private batchOf(row: number): number {
    const start = this.starts[this.last] ?? 0;
    if (row >= start && row < start + (this.batches[this.last]?.length ?? 0)) return this.last;
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    this.last = low;
    return low;
  }
}

export const isNumeric = (field: ArrowField): boolean => ['int', 'float', 'decimal'].includes(field.type.kind);
export const isTime = (field: ArrowField): boolean => field.type.kind === 'timestamp' || field.type.kind === 'date';
