// LineDecoder's second half of a line: judges what is new in it, then adds the row.
#include <algorithm>

#include "ingest/protocols/line_decoder.h"

namespace streamflow::ingest {
namespace {

// NULLs and absent tags may take so many bytes for each byte of text before a batch is cut: 250 fields with ten of them
// in each line stay together, but no sender turns a megabyte of text into gigabytes of NULLs.
constexpr std::uint64_t kPaddingPerTextByte = 16;

// The element that appears twice, or nullptr. Sorts.
const std::string_view* find_duplicate(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  const auto found = std::adjacent_find(names.begin(), names.end());
  return found == names.end() ? nullptr : &*found;
}

}  // namespace

// A line whose series or fields are not the expected ones: everything that could be wrong across its parts.
bool LineDecoder::check_irregular_line() {
  if ((!regular_ && !check_duplicate_fields()) || !check_tags_and_fields()) { return false; }
  if (table_ == nullptr && tables_.size() == kTablesPerBodyMax) {
    return fail(LineFault::kTooManyTables, nullptr) != nullptr;
  }
  const std::size_t columns = table_ != nullptr ? table_->rows.column_count() : 0;
  if (columns + new_fields_.size() > kFieldsPerTableMax) { return fail(LineFault::kTooManyFields, nullptr) != nullptr; }
  return true;
}

bool LineDecoder::check_duplicate_fields() {
  ++stamp_;
  for (std::size_t i = 0; i < staged_count_; ++i) {
    const StagedField& field = staged_[i];
    if ((field.column & kNewColumn) != 0) { continue; }
    LineColumn& column = table_->rows.column(field.column);
    if (std::exchange(column.stamp, stamp_) == stamp_) {
      return fail(LineFault::kDuplicateField, field.key, column.vector.name) != nullptr;
    }
  }
  if (new_fields_.empty()) { return true; }
  std::vector<std::string_view> names = new_fields_;
  const std::string_view* const twice = find_duplicate(names);
  return twice == nullptr || fail(LineFault::kDuplicateField, nullptr, *twice) != nullptr;
}

bool LineDecoder::check_tags_and_fields() {
  const char* const at = nullptr;
  std::vector<std::string_view> fields = new_fields_;
  std::sort(fields.begin(), fields.end());
  if (table_ != nullptr) {
    for (const std::string_view field : fields) {
      if (table_->rows.has_tag(field)) { return fail(LineFault::kTagIsField, at, field) != nullptr; }
    }
  }
  if (series_index_ != KeyMemo::kNone) { return true; }
  if (table_ != nullptr && table_->rows.starts_with_tags(tags_)) {
    drop_empty_tags();
    return true;
  }
  std::vector<std::string_view> names;
  for (const TagText& tag : tags_) { names.push_back(tag.name); }
  if (const std::string_view* const twice = find_duplicate(names); twice != nullptr) {
    return fail(LineFault::kDuplicateTag, at, *twice) != nullptr;
  }
  drop_empty_tags();
  const TableSchema* const stored = stored_table();
  std::size_t tag_count = table_ != nullptr ? table_->rows.tag_count() : 0;
  for (const TagText& tag : tags_) {
    const bool is_field = std::binary_search(fields.begin(), fields.end(), tag.name) ||
                          (table_ != nullptr && table_->rows.find_column(tag.name) != KeyMemo::kNone) ||
                          (stored != nullptr && stored->field_index(tag.name).has_value());
    if (is_field) { return fail(LineFault::kTagIsField, at, tag.name) != nullptr; }
    tag_count += table_ == nullptr || !table_->rows.has_tag(tag.name) ? 1 : 0;
  }
  if (tag_count > kTagsPerTableMax) { return fail(LineFault::kTooManyTags, at) != nullptr; }
  return true;
}

// Without its empty tags a text may mean what another does, so that it no longer counts as plain.
void LineDecoder::drop_empty_tags() {
  if (std::erase_if(tags_, [](const TagText& tag) { return tag.value.empty(); }) != 0) { plain_ = false; }
}

// Adds the line, which is good.
void LineDecoder::commit(std::int64_t time, std::size_t text_bytes) {
  if (table_ == nullptr) {
    table_ = &tables_.emplace_back(std::string(measurement_), seed_);
    table_memo_.insert(table_->rows.name());
    if (options_.stored_table) { table_->stored = options_.stored_table(table_->rows.name()); }
  }
  LineTable& rows = table_->rows;
  if (!regular_ || series_index_ == KeyMemo::kNone || staged_count_ != rows.columns_used()) { make_room(text_bytes); }
  commit_series();
  if (!regular_) { commit_new_fields(); }
  const std::size_t expected = rows.full() ? rows_expected(staged_[0].key) : 0;
  rows.append_row({series_[series_index_].series, time, line_, text_bytes}, expected);
  for (std::size_t i = 0; i < staged_count_; ++i) {
    const FieldValue& value = staged_[i].value;
    rows.append_value(rows.column(staged_[i].column), value);
    if (value.type == FieldType::kString) {
      line_ += static_cast<std::uint64_t>(std::count(value.text, value.text + value.text_bytes, '\n'));
    }
  }
  if (!regular_) { learn_expected_fields(); }
}

// Cuts the table's batch before this row would make it mostly padding.
void LineDecoder::make_room(std::size_t text_bytes) {
  LineTable& rows = table_->rows;
  if (rows.row_count() == 0) { return; }
  std::size_t new_columns = new_fields_.size();
  for (std::size_t i = 0; i < staged_count_; ++i) {
    const std::uint32_t column = staged_[i].column;
    new_columns += (column & kNewColumn) == 0 && !rows.column(column).used ? 1 : 0;
  }
  const int series_tags = series_index_ == KeyMemo::kNone ? static_cast<int>(tags_.size()) : -1;
  const std::uint64_t padding = rows.padding_bytes(new_columns, staged_count_, series_tags);
  if (padding > kPaddingPerTextByte * (rows.text_bytes() + text_bytes)) { take_batch(*table_); }
}

// Makes series_[series_index_] hold the line's series in the table's current batch.
void LineDecoder::commit_series() {
  LineTable& rows = table_->rows;
  if (series_index_ == KeyMemo::kNone) {
    series_index_ = series_memo_.insert(series_text_, series_hash_);
    series_.push_back({table_, rows.add_series(tags_, plain_), rows.generation(), KeyMemo::kNone});
    if (previous_series_ != KeyMemo::kNone) { series_[previous_series_].next = series_index_; }
  } else if (SeriesEntry& entry = series_[series_index_]; entry.generation != rows.generation()) {
    parse_series(series_memo_.key(series_index_));  // cannot fail: it did not the first time
    drop_empty_tags();
    entry.series = rows.add_series(tags_, plain_);
    entry.generation = rows.generation();
  }
  previous_series_ = series_index_;
}

void LineDecoder::commit_new_fields() {
  for (std::size_t i = 0; i < staged_count_; ++i) {
    StagedField& field = staged_[i];
    if ((field.column & kNewColumn) == 0) { continue; }
    field.column = table_->rows.add_column(new_fields_[field.column & ~kNewColumn], field.value.type, line_);
  }
}

void LineDecoder::learn_expected_fields() {
  std::vector<ExpectedField>& expected = table_->expected;
  expected.resize(staged_count_);
  for (std::size_t i = 0; i < staged_count_; ++i) {
    const StagedField& field = staged_[i];
    expected[i] = {{}, field.key, field.key_bytes, field.column, field.value.type};
    std::memcpy(expected[i].key, field.key, std::min<std::size_t>(field.key_bytes, sizeof expected[i].key));
  }
}

// How many rows the table will have if the rest of the body looks like what came before `at`.
std::size_t LineDecoder::rows_expected(const char* at) const {
  constexpr std::size_t kRowsToJudgeBy = 64;
  const LineTable& rows = table_->rows;
  if (rows.row_count() < kRowsToJudgeBy || at <= begin_) { return 0; }
  const double left = static_cast<double>(end_ - at) / static_cast<double>(at - begin_);
  const auto estimate = static_cast<std::size_t>(static_cast<double>(rows.row_count()) * (1 + left) * 1.05);
  // A value takes two bytes of text at the least, so many columns leave room for few rows.
  const std::size_t possible =
      static_cast<std::size_t>(end_ - at) / (2 * std::max<std::size_t>(rows.column_count(), 1));
  return std::min(estimate, rows.row_count() + possible);
}

void LineDecoder::take_batch(Table& table) {
  auto [batch, lines] = table.rows.take_batch(options_.duplicates);
  result_.batches.push_back(std::move(batch));
  result_.line_of_row.push_back(std::move(lines));
}

}  // namespace streamflow::ingest
