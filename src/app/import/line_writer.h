// Writes rows as InfluxDB line protocol: what `import` and the built-in collector send.
// Source:     the line protocol's escaping rules, protocols of docs/http-api.md.
// Invariants: every row of a batch becomes one line, or is counted in `rejected` with its reason. Floats are written
//             with the fewest digits that read back to the same bits.
// Threads:    a LineWriter belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/row_batch.h"

namespace streamflow::app {

class LineWriter {
 public:
  // Appends lines for rows [begin, end) of `batch` to `out`.
  void append(const RowBatch& batch, std::size_t begin, std::size_t end, std::string& out);

  std::uint64_t rows() const { return rows_; }  // written
  std::uint64_t rejected() const;
  const std::map<std::string, std::uint64_t>& reasons() const { return reasons_; }  // of rejected rows, with counts
  std::uint64_t values_left_out() const { return values_left_out_; }  // NaN and infinite: line protocol cannot say them

 private:
  void prepare(const RowBatch& batch);
  bool append_fields(const RowBatch& batch, std::size_t row, std::string& out);

  const RowBatch* prepared_ = nullptr;
  std::vector<std::string> heads_;        // "table,tag=value" per series; empty: the series cannot be written
  std::vector<std::string> field_names_;  // escaped, with '='
  std::map<std::string, std::uint64_t> reasons_;
  std::uint64_t rows_ = 0, values_left_out_ = 0;
};

// Escapes for the three places of a line. A name or tag value with a line end, or that ends in a backslash, cannot be
// written: nullopt.
std::optional<std::string> escape_measurement(std::string_view name);
std::optional<std::string> escape_key(std::string_view name);  // tag keys, tag values, field keys
void append_string_field(std::string_view value, std::string& out);

}  // namespace streamflow::app
