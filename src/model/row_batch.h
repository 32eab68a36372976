// RowBatch: rows of one table, by columns: what decoders produce, the log carries and the memtable keeps.
// Invariants: `series_of_row` and `times` have row_count entries; every FieldVector has row_count values and either an
//             empty validity (no NULL) or bit i set when row i has a value; every entry of `series` has one value per
//             tag in `tags`; an empty tag value means the series lacks that tag. Tag and field names are distinct.
// Threads:    values; a batch handed to the engine is never changed again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/schema.h"
#include "model/time.h"

namespace streamflow {

// Strings of many rows in one buffer: string i is bytes [offsets[i], offsets[i + 1]).
class StringColumn {
 public:
  std::size_t size() const { return offsets_.size() - 1; }
  std::string_view operator[](std::size_t i) const {
    return std::string_view(bytes_).substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }
  void push_back(std::string_view value) {
    bytes_.append(value);
    offsets_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  void reserve(std::size_t count, std::size_t bytes) {
    offsets_.reserve(count + 1);
    bytes_.reserve(bytes);
  }
  void clear() {
    bytes_.clear();
    offsets_.assign(1, 0);
  }
  std::span<const std::uint32_t> offsets() const { return offsets_; }  // size() + 1 entries, the first is 0
  const std::string& bytes() const { return bytes_; }
  friend bool operator==(const StringColumn&, const StringColumn&) = default;

 private:
  std::vector<std::uint32_t> offsets_{0};  // so at most 4 GiB a batch; decoders stop far below
  std::string bytes_;
};

// One field's values. float64, int64, uint64 and boolean (0 or 1) live in `bits` as 64-bit patterns; strings in
// `strings`. A NULL row holds 0 or "" and a cleared validity bit.
struct FieldVector {
  std::string name;
  FieldType type = FieldType::kFloat64;
  std::vector<std::uint64_t> bits;
  StringColumn strings;
  std::vector<std::uint64_t> validity;  // empty: all valid; else (rows + 63) / 64 words, bit i of word i / 64

  std::size_t size() const { return type == FieldType::kString ? strings.size() : bits.size(); }
  bool valid(std::size_t row) const { return validity.empty() || ((validity[row / 64] >> (row % 64)) & 1U) != 0; }
  friend bool operator==(const FieldVector&, const FieldVector&) = default;
};

struct RowBatch {
  std::string table;
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;  // used only when this batch creates the table
  std::vector<std::string> tags;                         // tag names of this batch
  std::vector<std::string> series;  // distinct tag sets, flattened: series s, tag k at [s * tags.size() + k]
  std::uint32_t series_count = 0;   // a batch without tags has one series
  std::vector<std::uint32_t> series_of_row;
  std::vector<std::int64_t> times;  // ns since the epoch
  std::vector<FieldVector> fields;

  std::size_t row_count() const { return times.size(); }
  std::span<const std::string> tag_values(std::uint32_t s) const {
    return std::span(series).subspan(std::size_t{s} * tags.size(), tags.size());
  }
  std::size_t point_count() const;   // non-NULL field values
  std::size_t memory_bytes() const;  // heap bytes, for the ledger
  friend bool operator==(const RowBatch&, const RowBatch&) = default;
};

// Checks the invariants above, the names and sizes of schema.h's limits, and that times lie in
// [kTimestampMin, kTimestampMax]; the message names the column. For batches that come from outside.
Status validate(const RowBatch& batch);

}  // namespace streamflow
