// The columns of an Arrow IPC stream, as far as a table can hold them.
// Source:     Arrow's Schema.fbs, metadata versions 4 and 5.
// Invariants: every column has a type that RowBatch can take; schema and column metadata are ignored.
// Threads:    values.
// Errors:     kInvalidArgument (broken, big-endian, a type without a place: the column is named and how to mend it),
//             kTooLarge (columns).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/protocols/arrow_flatbuffer_reader.h"
#include "model/result.h"

namespace streamflow::ingest::arrow {

enum class Kind : std::uint8_t { kNull, kInteger, kFloat, kBool, kText, kTimestamp };

struct ColumnType {
  Kind kind = Kind::kNull;
  std::uint8_t bytes = 0;        // of a value; of an offset where kind is kText
  bool is_signed = true;         // kInteger
  std::int64_t ns_per_unit = 0;  // kTimestamp; a date64 is one of milliseconds
};

struct DictionaryUse {
  std::int64_t id = 0;
  ColumnType index;  // kInteger
};

struct Column {
  std::string name;
  ColumnType type;  // of the values, also where they come from a dictionary: then kText
  std::optional<DictionaryUse> dictionary;
};

Result<std::vector<Column>> read_schema(const FlatTable& schema, const FlatBuffer& buffer);

// A column's type in Arrow's words, for messages: "timestamp[ns]", "int64", "dictionary<utf8>".
std::string name_of(const Column& column);

}  // namespace streamflow::ingest::arrow
