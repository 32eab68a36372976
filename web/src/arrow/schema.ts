// The types of Arrow that StreamFlow's server writes (docs/decisions/0001-arrow-ipc.md). Numbers as in Arrow's Schema.fbs.
import type { FlatTable } from './flatbuffer';

export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

export type ArrowType =
  | { kind: 'null' }
  | { kind: 'int'; bits: 8 | 16 | 32 | 64; signed: boolean }
  | { kind: 'float'; bits: 32 | 64 }
  | { kind: 'text' }
  | { kind: 'bytes' }
  | { kind: 'bool' }
  | { kind: 'decimal'; scale: number }
  | { kind: 'date' }
  | { kind: 'time'; unit: TimeUnit }
  | { kind: 'timestamp'; unit: TimeUnit }
  | { kind: 'interval' }
  | { kind: 'list' }
  | { kind: 'fixedList'; size: number }
  | { kind: 'struct' }
  | { kind: 'map' };

export interface ArrowField {
  name: string;
  type: ArrowType;
  children: ArrowField[];
}

const UNITS: TimeUnit[] = ['s', 'ms', 'us', 'ns'];
const unit = (number: number): TimeUnit => UNITS[number] ?? 'ns';

function typeOf(number: number, table: FlatTable | undefined): ArrowType {
  switch (number) {
    case 1:
      return { kind: 'null' };
    case 2:
      return { kind: 'int', bits: (table?.int(0) ?? 64) as 8 | 16 | 32 | 64, signed: table?.byte(1) === 1 };
    case 3:
      return { kind: 'float', bits: table?.short(0) === 1 ? 32 : 64 };
    case 4:
      return { kind: 'bytes' };
    case 5:
      return { kind: 'text' };
    case 6:
      return { kind: 'bool' };
    case 7:
      return { kind: 'decimal', scale: table?.int(1) ?? 0 };
    case 8:
      return { kind: 'date' };
    case 9:
      return { kind: 'time', unit: unit(table?.short(0, 1) ?? 1) };
    case 10:
      return { kind: 'timestamp', unit: unit(table?.short(0) ?? 3) };
    case 11:
      return { kind: 'interval' };
    case 12:
      return { kind: 'list' };
    case 13:
      return { kind: 'struct' };
    case 16:
      return { kind: 'fixedList', size: table?.int(0) ?? 0 };
    case 17:
      return { kind: 'map' };
    default:
      throw new Error(`the result has a column of Arrow type ${number}, which this page cannot read`);
  }
}

export function fieldOf(table: FlatTable): ArrowField {
  return {
    name: table.string(0) ?? '',
    type: typeOf(table.byte(2), table.table(3)),
    children: table.tables(5).map(fieldOf),
  };
}

// The name SQL gives the type, for column heads.
export function sqlTypeName(field: ArrowField): string {
  const { type } = field;
  switch (type.kind) {
    case 'null':
      return 'NULL';
    case 'int':
      return (type.signed ? '' : 'U') + { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits];
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'text':
      return 'VARCHAR';
    case 'bytes':
      return 'BLOB';
    case 'bool':
      return 'BOOLEAN';
    case 'decimal':
      return type.scale === 0 ? 'HUGEINT' : 'DECIMAL';
    case 'date':
      return 'DATE';
    case 'time':
      return 'TIME';
    case 'timestamp':
      return type.unit === 'ns' ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    case 'interval':
      return 'INTERVAL';
    case 'struct':
      return 'STRUCT';
    case 'map':
      return 'MAP';
    case 'list':
    case 'fixedList':
      return `${field.children[0] ? sqlTypeName(field.children[0]) : ''}[]`;
  }
}
