// Puts one storage::ScanColumn into a DuckDB vector.
// Invariants: vectors refer to the chunk's own memory wherever the layouts agree (times, 64-bit fields, tag codes), so
//             they are valid until the cursor moves.
// Threads:    a TagColumn is immutable and shared; fill() writes only to its vector.
#pragma once

#include <memory>

#include "duckdb/common/types/vector.hpp"
#include "storage/scan/scan.h"

namespace streamflow::query {

// A tag's dictionary as a DuckDB vector that many chunks refer to; DuckDB hashes it once.
class TagColumn {
 public:
  explicit TagColumn(std::shared_ptr<const storage::TagDictionary> dictionary);
  void fill(const storage::ScanColumn& column, std::size_t row_count, duckdb::Vector& vector) const;

 private:
  std::shared_ptr<const storage::TagDictionary> dictionary_;
  duckdb::buffer_ptr<duckdb::VectorChildBuffer> values_;
};

// For times and fields.
void fill_column(const storage::ScanColumn& column, std::size_t row_count, duckdb::Vector& vector);

}  // namespace streamflow::query
