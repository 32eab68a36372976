// Decodes InfluxDB line protocol into RowBatches, one per table (several when the table's lines share so few columns
// that one would be mostly NULL).
// Source:     InfluxDB line protocol reference: measurement[,tag=value...] field=value[,field=value...] [timestamp].
// Invariants: pure; every line is either a row in `batches` or counted in `error_count` (the first errors_max are in
//             `errors`), none is lost; a good line is kept whatever its neighbours. Rows keep the order of their lines.
//             Batches satisfy validate(). A line ends at a newline that no quoted field value holds; a quote that
//             nothing closes ends at its own line's newline. Memory stays within about 64 times the body plus 64 MiB,
//             whatever its shape.
// Threads:    a decoder belongs to one thread and reuses its buffers; decode() may be called again and again.
// Errors:     per line, in `errors`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"
#include "model/time.h"

namespace streamflow::ingest {

struct LineProtocolOptions {
  std::int64_t ns_per_unit = 1;  // of the timestamps: 1, 1'000, 1'000'000, 1'000'000'000, 60e9, 3600e9
  Timestamp now;                 // for lines without a timestamp
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;  // for tables these lines create
  std::size_t errors_max = 100;                          // further ones are only counted
  // What storage knows of a table, null when nothing; may be empty. A line that contradicts it is an error of that
  // line, so that it cannot decide the types and tags of the lines after it.
  std::function<std::shared_ptr<const TableSchema>(std::string_view table)> stored_table = {};
};

enum class LineErrorKind : std::uint8_t {
  kMalformed,      // the text is not line protocol, or exceeds a limit
  kUnprocessable,  // well-formed, but contradicts other lines: another field type, a tag and a field of one name
};

struct LineError {
  std::uint64_t line = 0;  // from 1
  std::string text;        // the line's first 200 bytes
  std::string reason;      // e.g. `missing field value after "usage=" (column 12)`
  LineErrorKind kind = LineErrorKind::kMalformed;
};

struct LineProtocolResult {
  std::vector<RowBatch> batches;
  std::vector<std::vector<std::uint64_t>> line_of_row;  // per batch: the line each row came from
  std::vector<LineError> errors;
  std::uint64_t error_count = 0;
  std::uint64_t line_count = 0;  // lines that carry a point, good or bad
};

inline constexpr std::size_t kLineErrorTextBytesMax = 200;
inline constexpr std::size_t kTablesPerBodyMax = 16384;  // a body's further tables are errors of their lines
inline constexpr std::size_t kDecodedBodyBytesMax = std::size_t{1}
                                                    << 30U;  // larger bodies are one error, nothing is decoded

class LineProtocolDecoder {
 public:
  LineProtocolDecoder();
  ~LineProtocolDecoder();
  // Field types within one body: the stored table decides, else the first line of a table that names a field; a line of
  // another type is an error of that line (int64 never silently becomes float64).
  LineProtocolResult decode(std::string_view body, const LineProtocolOptions& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::ingest
