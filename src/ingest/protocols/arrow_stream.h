// Decodes one Arrow IPC stream into one RowBatch: columns to columns, without looking at rows one by one.
// Source:     Arrow columnar format, "IPC streaming format"; metadata versions 4 and 5; dictionaries, their deltas and
//             replacements; record batches compressed with LZ4_FRAME or ZSTD. docs/http-api.md, "Arrow".
// Invariants: pure; every row of the stream is in the batch or counted in `error_count`. The batch satisfies
//             validate(). Memory stays within columns_bytes_max and twice decompressed_bytes_max, whatever the stream
//             claims. Rows keep their order.
// Threads:    a pure function.
// Errors:     kInvalidArgument (not such a stream, damaged, a column that no table can hold: it is named), kTooLarge
//             (a limit; named). What is wrong with single rows is in `errors`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace streamflow::ingest {

struct ArrowStreamOptions {
  std::string table;
  std::optional<std::vector<std::string>> tags;  // absent: dictionary columns, and what the stored table has as tags
  std::vector<std::string> fields;               // columns that are fields even so
  std::string time;                              // "": the column "time", else the only timestamp column
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;  // of a table that this stream creates
  std::shared_ptr<const TableSchema> stored_table = {};  // null: unknown
  std::size_t decompressed_bytes_max = std::size_t{64} << 20U;
  std::size_t columns_bytes_max = std::size_t{256} << 20U;  // of the decoded columns
  std::size_t errors_max = 100;                             // further ones are only counted
};

struct ArrowRowError {
  std::uint64_t row = 0;  // of the stream, from 0
  std::string reason;
};

struct ArrowStreamResult {
  RowBatch batch;
  std::vector<std::uint64_t> row_of;  // of each row in the batch: its number in the stream; empty: the same
  std::vector<ArrowRowError> errors;  // the first errors_max, by row
  std::uint64_t error_count = 0;
};

Result<ArrowStreamResult> decode_arrow_stream(std::string_view stream, const ArrowStreamOptions& options);

}  // namespace streamflow::ingest
