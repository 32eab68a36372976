// The messages of an Arrow IPC stream: schema, record batches, end of stream.
// Format:     Arrow columnar format 1.4, "Encapsulated message format"; Schema.fbs and Message.fbs, metadata version 5:
//             0xFFFFFFFF, int32 metadata bytes, FlatBuffers Message padded to 8, body whose buffers are padded to 8.
// Invariants: ColumnShape decides the type alone, so a statement's schema never depends on its data.
//             HUGEINT and UHUGEINT are decimal128(38, 0), UUID and ENUM utf8, INTERVAL month_day_nano, ARRAY fixed size
//             list; every field but a map's entries and keys is nullable; timestamps carry the zone "UTC".
// Threads:    pure functions.
// Errors:     none.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/results/result_column.h"

namespace streamflow::query {

struct ArrowNode {
  std::int64_t length, null_count;
};

// What a record batch is made of, depth first as Arrow orders it. The buffers are borrowed.
struct ArrowBatch {
  std::int64_t row_count = 0;
  std::vector<ArrowNode> nodes;
  std::vector<std::string_view> buffers;
};

void append_arrow_schema(const std::vector<ColumnShape>& columns, std::string& out);
void append_arrow_batch(const ArrowBatch& batch, std::string& out);
void append_arrow_end(std::string& out);

}  // namespace streamflow::query
