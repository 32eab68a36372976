#include "storage/compaction/part_builder.h"

#include <algorithm>

namespace streamflow::storage {
namespace {

bool is_valid(const std::vector<std::uint64_t>& validity, std::size_t row) {
  return validity.empty() || ((validity[row / 64] >> (row % 64)) & 1U) != 0;
}

// The words of `have` rows that all have a value.
void start_validity(std::vector<std::uint64_t>& words, std::size_t have) {
  words.assign((have + 63) / 64, ~std::uint64_t{0});
  if (have % 64 != 0) { words.back() = (std::uint64_t{1} << (have % 64)) - 1; }
}

// Adds bits of `from` (null: NULL throughout; without validity: none is) behind `have` earlier ones.
void append_validity(std::vector<std::uint64_t>& to, std::size_t have, const DecodedColumn* from, std::size_t begin,
                     std::size_t count) {
  const bool all_valid = from != nullptr && from->validity.empty();
  if (to.empty() && all_valid) { return; }
  if (to.empty()) { start_validity(to, have); }
  to.resize((have + count + 63) / 64, 0);
  if (from == nullptr) { return; }
  for (std::size_t i = 0; i < count; ++i) {
    if (is_valid(from->validity, begin + i)) { to[(have + i) / 64] |= std::uint64_t{1} << ((have + i) % 64); }
  }
}

}  // namespace

PartBuilder::PartBuilder(const TableSchema& schema) : schema_(schema), columns_(schema.fields.size()) {
  for (std::size_t f = 0; f < columns_.size(); ++f) { columns_[f].type = schema.fields[f].type; }
}

void PartBuilder::begin_series(std::span<const std::string_view> tags) {
  tags_.assign(tags.begin(), tags.end());
  has_rows_ = false;
  if (times_.empty()) { continues_ = false; }
}

void PartBuilder::note_series() {
  if (has_rows_ && !series_begins_.empty()) { return; }
  has_rows_ = true;
  series_.insert(series_.end(), tags_.begin(), tags_.end());
  series_begins_.push_back(static_cast<std::uint32_t>(times_.size()));
}

void PartBuilder::append_run(const TableCursor& cursor, std::size_t count) {
  note_series();
  const std::size_t begin = cursor.offset();
  for (std::size_t f = 0; f < columns_.size(); ++f) { append_values(columns_[f], cursor.field(f), begin, count); }
  for (const std::uint64_t time : cursor.times().subspan(begin, count)) {
    times_.push_back(static_cast<std::int64_t>(time));
  }
}

void PartBuilder::append_merged(std::span<const TableCursor* const> cursors, DuplicatePolicy duplicates) {
  note_series();
  const TableCursor& newest = *cursors.back();
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    const TableCursor* chosen = &newest;
    for (std::size_t c = cursors.size(); c > 0 && duplicates == DuplicatePolicy::kMerge; --c) {
      const DecodedColumn* column = cursors[c - 1]->field(f);
      if (column == nullptr || !is_valid(column->validity, cursors[c - 1]->offset())) { continue; }
      chosen = cursors[c - 1];
      break;
    }
    append_values(columns_[f], chosen->field(f), chosen->offset(), 1);
  }
  times_.push_back(newest.time());
}

void PartBuilder::append_values(Column& column, const DecodedColumn* from, std::size_t begin, std::size_t count) {
  append_validity(column.validity, times_.size(), from, begin, count);
  if (column.type == FieldType::kString) {
    for (std::size_t i = 0; i < count; ++i) {
      column.strings.push_back(from == nullptr ? std::string_view() : from->strings[begin + i]);
    }
  } else if (from == nullptr) {
    column.bits.resize(column.bits.size() + count, 0);
  } else {
    const auto first = from->bits.begin() + static_cast<std::ptrdiff_t>(begin);
    column.bits.insert(column.bits.end(), first, first + static_cast<std::ptrdiff_t>(count));
  }
}

std::size_t PartBuilder::bytes() const {
  std::size_t bytes = times_.size() * sizeof(std::int64_t);
  for (const Column& column : columns_) {
    bytes += column.bits.size() * sizeof(std::uint64_t) + column.strings.bytes().size() +
             (column.strings.size() * (sizeof(std::uint32_t) + sizeof(std::string_view)));
  }
  return bytes;
}

SegmentTableInput PartBuilder::input() {
  SegmentTableInput input;
  input.schema = &schema_;
  input.series_count = static_cast<std::uint32_t>(series_begins_.size());
  input.series = series_;
  input.series_row_begin = series_begins_;
  input.series_row_begin.push_back(static_cast<std::uint32_t>(times_.size()));
  input.times = times_;
  for (Column& column : columns_) {
    column.views.clear();
    for (std::size_t i = 0; i < column.strings.size(); ++i) { column.views.push_back(column.strings[i]); }
    input.fields.push_back({column.bits, column.views, column.validity});
  }
  return input;
}

void PartBuilder::clear() {
  continues_ = has_rows_;
  series_.clear();
  series_begins_.clear();
  times_.clear();
  for (Column& column : columns_) {
    column.bits.clear();
    column.validity.clear();
    column.strings.clear();
    column.views.clear();
  }
}

}  // namespace streamflow::storage
