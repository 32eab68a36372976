// ResultEncoder: turns the chunks of one result into the bytes of one ResultFormat.
// Format:     JSON: result_json.h; CSV: result_csv.h; Arrow IPC stream: result_arrow.h.
// Invariants: calls come in the order begin, chunk*, end, once each; bytes are only appended to `out`. A chunk has the
//             types that begin() was given. The client context outlives the encoder.
// Threads:    one at a time.
// Errors:     kUnsupported for a type that the format cannot carry, kTooLarge for a value or chunk over the format's
//             offsets, kInternal when DuckDB throws. Nothing throws. After an error the encoder is not used again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "query/query_service.h"

namespace duckdb {
class ClientContext;
class DataChunk;
struct LogicalType;
template <class T, bool SAFE, class ALLOCATOR>
class vector;
}  // namespace duckdb

namespace streamflow::query {

// duckdb::vector<duckdb::LogicalType>, spelled without its default arguments, which only DuckDB's header may name.
using LogicalTypes = duckdb::vector<duckdb::LogicalType, true, std::allocator<duckdb::LogicalType>>;

class ResultEncoder {
 public:
  virtual ~ResultEncoder() = default;
  virtual Status begin(duckdb::ClientContext& context, const std::vector<std::string>& names, const LogicalTypes& types,
                       std::string& out) = 0;
  virtual Status chunk(duckdb::DataChunk& chunk, std::string& out) = 0;
  virtual Status end(std::uint64_t row_count, double elapsed_ms, std::string& out) = 0;
};

std::unique_ptr<ResultEncoder> make_result_encoder(ResultFormat format);

}  // namespace streamflow::query
