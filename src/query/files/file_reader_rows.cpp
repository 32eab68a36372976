#include "query/files/file_reader_rows.h"

#include <algorithm>

#include "duckdb/common/types/data_chunk.hpp"

namespace streamflow::query {

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kNsPerDay = 86'400 * kNsPerSecond;
constexpr std::size_t kExampleBytesMax = 60;
constexpr char kExampleSeparator = '\x1f';

// The validity bit of the last value pushed; `size` counts it.
void push_validity(FieldVector& field, std::size_t size, bool valid) {
  if (valid && field.validity.empty()) return;
  const std::size_t row = size - 1;
  if (field.validity.empty()) {
    field.validity.assign(row / 64 + 1, ~std::uint64_t{0});
    field.validity.back() = (std::uint64_t{1} << (row % 64)) - 1;
  } else if (row % 64 == 0) {
    field.validity.push_back(0);
  }
  if (valid) field.validity.back() |= std::uint64_t{1} << (row % 64);
}

std::uint64_t bits_at(const ColumnView& view, FieldType type, std::size_t index) {
  return type == FieldType::kBool ? view.value<std::uint8_t>(index) : view.value<std::uint64_t>(index);
}

}  // namespace

void RejectedRows::add(std::string_view reason, std::string_view example, std::uint64_t count) {
  count_ += count;
  auto found = groups_.find(reason);
  if (found == groups_.end())
    found = groups_.emplace(reason, Group{0, std::string(example.substr(0, kExampleBytesMax))}).first;
  found->second.count += count;
}

std::vector<std::string> RejectedRows::notes() const {
  std::vector<std::string> notes;
  for (const auto& [reason, group] : groups_) {
    std::string note = "rejected " + std::to_string(group.count) + (group.count == 1 ? " row: " : " rows: ") + reason;
    if (!group.example.empty()) note += ", first '" + group.example + "'";
    notes.push_back(std::move(note));
  }
  return notes;
}

FileRows::FileRows(RowLayout layout, std::vector<ColumnShape> shapes)
    : layout_(std::move(layout)), shapes_(std::move(shapes)), view_(shapes_) {}

void FileRows::start(RowBatch& batch) {
  batch = RowBatch{};
  batch.table = layout_.table;
  batch.duplicates = layout_.duplicates;
  batch.tags = layout_.tags;
  for (const FieldColumn& field : layout_.fields) {
    FieldVector& vector = batch.fields.emplace_back();
    vector.name = field.name;
    vector.type = field.type;
  }
  series_.clear();
  last_series_key_ = "\x01";  // equals no key: a key starts with a length of four bytes, or is empty
  string_bytes_ = 0;
}

Status FileRows::bind(duckdb::DataChunk& chunk) {
  return guarded("import", [&]() -> Status {
    view_.bind(chunk);
    next_row_ = 0;
    return Ok{};
  });
}

void FileRows::append(std::size_t row_count_max, RowBatch& batch) {
  const std::size_t end = std::min(view_.row_count(), next_row_ + row_count_max);
  accepted_.clear();
  for (std::size_t row = next_row_; row < end; ++row) {
    std::int64_t time_ns = 0;
    if (!accept(row, time_ns)) continue;
    accepted_.push_back(static_cast<std::uint32_t>(row));
    batch.times.push_back(time_ns);
    batch.series_of_row.push_back(series_of(row, batch));
  }
  next_row_ = end;
  for (std::size_t i = 0; i < layout_.fields.size(); ++i) append_field(field_view(i), batch.fields[i]);
}

bool FileRows::accept(std::size_t row, std::int64_t& time_ns) {
  const ColumnView& problems = view_.columns()[1];
  if (const std::size_t index = problems.index(row); problems.valid(index)) {
    const std::string_view problem = problems.text(index);
    const std::size_t separator = std::min(problem.find(kExampleSeparator), problem.size());
    rejected_.add(problem.substr(0, separator), problem.substr(std::min(separator + 1, problem.size())));
    return false;
  }
  const auto time = time_of(row);
  if (!time) {
    rejected_.add("time outside 1677-09-21 to 2262-04-11", "");
    return false;
  }
  time_ns = *time;
  return strings_fit(row);
}

bool FileRows::strings_fit(std::size_t row) {
  const auto too_long = [&](const ColumnView& view, const std::string& name, std::size_t bytes_max) {
    const std::size_t index = view.index(row);
    if (!view.valid(index)) return false;
    const std::size_t bytes = view.text(index).size();
    if (bytes <= bytes_max) return false;
    rejected_.add("column \"" + name + "\": longer than " + std::to_string(bytes_max) + " bytes", "");
    return true;
  };
  for (std::size_t i = 0; i < layout_.tags.size(); ++i) {
    if (too_long(tag_view(i), layout_.tags[i], kTagValueBytesMax)) return false;
  }
  for (std::size_t i = 0; i < layout_.fields.size(); ++i) {
    const FieldColumn& field = layout_.fields[i];
    if (field.type == FieldType::kString && too_long(field_view(i), field.name, kStringFieldBytesMax)) return false;
  }
  return true;
}

std::optional<std::int64_t> FileRows::time_of(std::size_t row) const {
  const ColumnView& view = view_.columns()[0];
  const std::size_t index = view.index(row);
  if (!view.valid(index)) return std::nullopt;
  Int128 ns = 0;
  switch (view.shape().kind) {
    case ValueKind::kDate: ns = Int128{view.value<std::int32_t>(index)} * kNsPerDay; break;
    case ValueKind::kTimestamp:
      ns = Int128{view.value<std::int64_t>(index)} * (kNsPerSecond / ticks_per_second(view.shape().unit));
      break;
    case ValueKind::kInt64: ns = Int128{view.value<std::int64_t>(index)} * layout_.ns_per_tick; break;
    default: ns = view.int128(index);
  }
  if (ns < to_ns(kTimestampMin) || ns > to_ns(kTimestampMax)) return std::nullopt;
  return static_cast<std::int64_t>(ns);
}

std::uint32_t FileRows::series_of(std::size_t row, RowBatch& batch) {
  series_key_.clear();
  for (std::size_t i = 0; i < layout_.tags.size(); ++i) {
    const ColumnView& view = tag_view(i);
    const std::size_t index = view.index(row);
    const std::string_view value = view.valid(index) ? view.text(index) : std::string_view();
    const auto size = static_cast<std::uint32_t>(value.size());
    series_key_.append(reinterpret_cast<const char*>(&size), sizeof size);
    series_key_ += value;
  }
  if (series_key_ == last_series_key_) return last_series_;
  const auto [found, is_new] = series_.try_emplace(series_key_, batch.series_count);
  if (is_new) {
    ++batch.series_count;
    for (std::size_t i = 0; i < layout_.tags.size(); ++i) {
      const ColumnView& view = tag_view(i);
      const std::size_t index = view.index(row);
      batch.series.emplace_back(view.valid(index) ? view.text(index) : std::string_view());
    }
    string_bytes_ += series_key_.size();
  }
  last_series_key_ = series_key_;
  last_series_ = found->second;
  return last_series_;
}

void FileRows::append_field(const ColumnView& view, FieldVector& field) {
  if (field.type == FieldType::kString) {
    for (const std::uint32_t row : accepted_) {
      const std::size_t index = view.index(row);
      const bool valid = view.valid(index);
      const std::string_view text = valid ? view.text(index) : std::string_view();
      field.strings.push_back(text);
      string_bytes_ += text.size();
      push_validity(field, field.strings.size(), valid);
    }
    return;
  }
  for (const std::uint32_t row : accepted_) {
    const std::size_t index = view.index(row);
    const bool valid = view.valid(index);
    field.bits.push_back(valid ? bits_at(view, field.type, index) : 0);
    push_validity(field, field.bits.size(), valid);
  }
}

}  // namespace streamflow::query
