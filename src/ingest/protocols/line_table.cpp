#include "ingest/protocols/line_table.h"

#include <algorithm>
#include <cstring>

namespace streamflow::ingest {
namespace {

constexpr std::size_t kRowsMin = 4;

void set_bit(std::vector<std::uint64_t>& words, std::size_t bit) {
  if (bit / 64 >= words.size()) { words.resize(bit / 64 + 1); }
  words[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

// Bits [0, count) set.
std::vector<std::uint64_t> ones(std::size_t count) {
  std::vector<std::uint64_t> words(count / 64, ~std::uint64_t{0});
  if (count % 64 != 0) { words.push_back((std::uint64_t{1} << (count % 64)) - 1); }
  return words;
}

template <class Integer>
void append_integer(std::string& bytes, Integer value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

std::string_view copied(std::string_view text, std::pmr::memory_resource& memory) {
  char* const bytes = static_cast<char*>(memory.allocate(text.size() + 1, 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

template <class T>
void release_slack(std::vector<T>& values) {
  if (values.capacity() > 2 * values.size()) { values.shrink_to_fit(); }
}

}  // namespace

LineTable::LineTable(std::string name, std::uint64_t seed)
    : name_(std::move(name)), column_memo_(seed), tag_memo_(seed), series_memo_(seed) {}

std::uint32_t LineTable::add_column(std::string_view field, FieldType type, std::uint64_t line) {
  LineColumn& column = columns_.emplace_back();
  column.vector.name = field;
  column.vector.type = type;
  column.first_line = line;
  return column_memo_.insert(column.vector.name);
}

bool LineTable::starts_with_tags(std::span<const TagText> tags) const {
  return std::equal(tags.begin(), tags.end(), tag_names_.begin(),
                    tag_names_.begin() + static_cast<std::ptrdiff_t>(std::min(tags.size(), tag_names_.size())),
                    [](const TagText& tag, const std::string& name) { return tag.name == name; });
}

std::uint32_t LineTable::tag_slot(std::string_view tag) {
  std::uint32_t slot = tag_memo_.find(tag);
  if (slot == KeyMemo::kNone) {
    slot = tag_memo_.insert(tag_names_.emplace_back(tag));
    tag_used_.push_back(false);
  }
  if (!tag_used_[slot]) {
    tag_used_[slot] = true;
    ++tags_used_;
  }
  return slot;
}

std::span<const LineTable::SeriesTag> LineTable::tags_of(std::uint32_t series) const {
  const std::size_t first = series == 0 ? 0 : series_ends_[series - 1];
  return std::span(series_tags_).subspan(first, series_ends_[series] - first);
}

// In series_bytes_.
std::string_view LineTable::series_key(std::span<const SeriesTag> tags) {
  series_key_.clear();
  for (const SeriesTag& tag : tags) {
    append_integer(series_key_, tag.slot);
    append_integer(series_key_, static_cast<std::uint32_t>(tag.value.size()));
    series_key_.append(tag.value);
  }
  return copied(series_key_, series_bytes_);
}

std::uint32_t LineTable::add_series(std::span<const TagText> tags, bool plain) {
  const std::size_t first = series_tags_.size();
  bool in_order = true;
  for (std::uint32_t i = 0; i < tags.size(); ++i) {
    // Senders keep their tag order, so that the i-th tag is mostly the table's i-th.
    const bool is_ith = i < tag_names_.size() && tag_used_[i] && tag_names_[i] == tags[i].name;
    const std::uint32_t slot = is_ith ? i : tag_slot(tags[i].name);
    in_order &= i == 0 || series_tags_.back().slot < slot;
    series_tags_.push_back({slot, tags[i].value});
  }
  const auto series = static_cast<std::uint32_t>(series_ends_.size());
  if (plain && in_order && all_distinct_) {
    series_ends_.push_back(series_tags_.size());
    return series;
  }
  std::sort(series_tags_.begin() + static_cast<std::ptrdiff_t>(first), series_tags_.end(),
            [](const SeriesTag& a, const SeriesTag& b) { return a.slot < b.slot; });
  all_distinct_ = false;
  while (series_memo_.size() < series) { series_memo_.insert(series_key(tags_of(series_memo_.size()))); }
  const std::string_view key = series_key(std::span(series_tags_).subspan(first));
  const std::uint64_t hash = series_memo_.hash(key);
  if (const std::uint32_t known = series_memo_.find(key, hash); known != KeyMemo::kNone) {
    series_tags_.resize(first);
    return known;
  }
  for (std::size_t i = first; !plain && i < series_tags_.size(); ++i) {
    series_tags_[i].value = copied(series_tags_[i].value, series_bytes_);
  }
  series_ends_.push_back(series_tags_.size());
  return series_memo_.insert(key, hash);
}

std::uint64_t LineTable::padding_bytes(std::size_t new_columns, std::size_t values, int series_tags) const {
  const std::uint64_t cells = std::uint64_t{row_count() + 1} * (columns_used_ + new_columns);
  std::uint64_t series_cells = std::uint64_t{series_ends_.size()} * tags_used_ - series_tags_.size();
  if (series_tags >= 0) {  // its tags may all be new ones
    series_cells += std::uint64_t{series_ends_.size()} * static_cast<unsigned>(series_tags) + tags_used_;
  }
  return (cells - value_count_ - values) * sizeof(std::uint64_t) + series_cells * sizeof(std::string);
}

void LineTable::append_row(const Row& row, std::size_t rows_expected) {
  if (times_.size() == row_capacity_) {
    row_capacity_ = std::max({kRowsMin, 2 * row_capacity_, rows_expected});
    times_.reserve(row_capacity_);
    series_of_row_.reserve(row_capacity_);
    line_of_row_.reserve(row_capacity_);
  }
  times_.push_back(row.time);
  series_of_row_.push_back(row.series);
  line_of_row_.push_back(row.line);
  text_bytes_ += row.text_bytes;
}

void LineTable::append_elsewhere(LineColumn& column, const FieldValue& value, std::uint32_t row) {
  if (!column.used) {
    column.used = true;
    ++columns_used_;
  }
  FieldVector& vector = column.vector;
  if (column.dense_rows != row && vector.validity.empty()) { vector.validity = ones(column.dense_rows); }
  if (vector.type == FieldType::kString) {
    append_string(vector, value, row);
  } else {
    if (row >= vector.bits.size()) {
      // A column with gaps is not trusted with the whole estimate.
      const std::size_t doubled = 2 * (std::size_t{row} + 1);
      vector.bits.resize(column.dense_rows == row ? std::max(row_capacity_, std::size_t{row} + 1)
                                                  : std::min(std::max(row_capacity_, std::size_t{row} + 1), doubled));
    }
    vector.bits[row] = value.bits;
  }
  if (column.dense_rows == row && vector.validity.empty()) {
    column.dense_rows = row + 1;
  } else {
    set_bit(vector.validity, row);
  }
}

void LineTable::append_string(FieldVector& vector, const FieldValue& value, std::uint32_t row) {
  while (vector.strings.size() < row) { vector.strings.push_back({}); }
  const std::string_view raw(value.text, value.text_bytes);
  if (value.escapes == 0) { return vector.strings.push_back(raw); }
  std::deque<std::string> copies;
  vector.strings.push_back(unescape<'"', '\\'>(raw, copies));
}

void LineTable::fill_series(RowBatch& batch) const {
  std::vector<std::uint32_t> position(tag_names_.size(), 0);
  for (std::size_t slot = 0; slot < tag_names_.size(); ++slot) {
    if (!tag_used_[slot]) { continue; }
    position[slot] = static_cast<std::uint32_t>(batch.tags.size());
    batch.tags.push_back(tag_names_[slot]);
  }
  batch.series_count = static_cast<std::uint32_t>(series_ends_.size());
  batch.series.resize(std::size_t{batch.series_count} * batch.tags.size());
  for (std::uint32_t series = 0; series < batch.series_count; ++series) {
    std::string* const values = batch.series.data() + std::size_t{series} * batch.tags.size();
    for (const SeriesTag& tag : tags_of(series)) { values[position[tag.slot]].assign(tag.value); }
  }
}

FieldVector LineTable::take_vector(LineColumn& column) {
  const std::size_t rows = row_count();
  FieldVector taken{column.vector.name, column.vector.type, {}, {}, {}};
  taken.validity = std::exchange(column.vector.validity, {});
  if (taken.validity.empty() && column.dense_rows < rows) { taken.validity = ones(column.dense_rows); }
  if (!taken.validity.empty()) { taken.validity.resize((rows + 63) / 64); }
  taken.bits = std::exchange(column.vector.bits, {});
  taken.strings = std::exchange(column.vector.strings, {});
  if (taken.type == FieldType::kString) {
    while (taken.strings.size() < rows) { taken.strings.push_back({}); }
  } else {
    taken.bits.resize(rows);
    release_slack(taken.bits);
  }
  column.dense_rows = 0;
  column.used = false;
  return taken;
}

std::pair<RowBatch, std::vector<std::uint64_t>> LineTable::take_batch(DuplicatePolicy duplicates) {
  RowBatch batch;
  batch.table = name_;
  batch.duplicates = duplicates;
  fill_series(batch);
  batch.fields.reserve(columns_used_);
  for (LineColumn& column : columns_) {
    if (column.used) { batch.fields.push_back(take_vector(column)); }
  }
  batch.times = std::exchange(times_, {});
  batch.series_of_row = std::exchange(series_of_row_, {});
  release_slack(batch.times);
  release_slack(batch.series_of_row);
  series_memo_.clear();
  series_bytes_.release();
  tag_used_.assign(tag_used_.size(), false);
  series_tags_.clear();
  series_ends_.clear();
  all_distinct_ = true;
  tags_used_ = columns_used_ = row_capacity_ = 0;
  value_count_ = text_bytes_ = 0;
  ++generation_;
  return {std::move(batch), std::exchange(line_of_row_, {})};
}

}  // namespace streamflow::ingest
