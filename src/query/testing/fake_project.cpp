#include "query/testing/fake_project.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <unordered_map>
#include <utility>
#include <variant>

namespace streamflow::query {

namespace {

using storage::kScanChunkRowsMax;
using storage::ScanChunk;
using storage::ScanColumn;
using storage::ScanCounters;
using storage::ScanRequest;
using storage::TagDictionary;

struct Page {  // one batch, sorted
  std::vector<std::uint64_t> times;
  std::vector<std::vector<std::uint32_t>> codes;  // per tag of the table when the page was made
  std::map<std::string, FieldVector, std::less<>> fields;
  std::size_t row_count() const { return times.size(); }
};

FieldVector permuted(const FieldVector& field, const std::vector<std::uint32_t>& order) {
  FieldVector sorted{.name = field.name, .type = field.type, .bits = {}, .strings = {}, .validity = {}};
  if (!field.validity.empty()) sorted.validity.assign((order.size() + 63) / 64, 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t row = order[i];
    if (field.type == FieldType::kString)
      sorted.strings.push_back(field.strings[row]);
    else
      sorted.bits.push_back(field.bits[row]);
    if (!field.validity.empty() && field.valid(row)) sorted.validity[i / 64] |= 1ULL << (i % 64);
  }
  return sorted;
}

}  // namespace

struct FakeTable {
  TableSchema schema;
  std::vector<std::shared_ptr<const Page>> pages;
  std::vector<std::shared_ptr<const TagDictionary>> dictionaries;  // per tag
  std::optional<Error> failure;
  std::uint64_t failure_rows = 0;
};

struct FakeProject::Recorder {
  std::mutex mutex;
  ScanRequest last;
  std::uint64_t scans = 0;
};

namespace {

class FakeCursor : public storage::TaskCursor {
 public:
  FakeCursor(std::shared_ptr<const FakeTable> table, std::shared_ptr<const Page> page, const ScanRequest& request)
      : table_(std::move(table)), page_(std::move(page)), request_(request), buffers_(request.columns.size()) {
    for (const auto& predicate : request_.tag_predicates) {
      const std::size_t tag = *table_->schema.tag_index(predicate.tag);
      const auto& values = table_->dictionaries[tag]->values;
      std::vector<bool> keep(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        keep[i] = predicate.matches(i == 0 ? std::nullopt : std::optional<std::string_view>(values[i]));
      }
      keeps_.emplace_back(tag, std::move(keep));
    }
  }

  Result<bool> next(ScanChunk& chunk) override {
    while (position_ < page_->row_count()) {
      if (table_->failure.has_value() && counters_.rows >= table_->failure_rows) return *table_->failure;
      const std::size_t begin = position_;
      position_ = std::min(begin + kScanChunkRowsMax, page_->row_count());
      select(begin, position_);
      if (rows_.empty()) {
        ++counters_.blocks_skipped;
        continue;
      }
      ++counters_.blocks_decoded;
      counters_.rows += rows_.size();
      counters_.bytes_read += rows_.size() * 8 * request_.columns.size();
      chunk.row_count = rows_.size();
      chunk.columns.assign(request_.columns.size(), {});
      const bool whole = rows_.size() == position_ - begin;
      for (std::size_t c = 0; c < request_.columns.size(); ++c)
        deliver(request_.columns[c], whole, chunk.columns[c], buffers_[c]);
      return true;
    }
    if (table_->failure.has_value()) return *table_->failure;
    return false;
  }

  ScanCounters counters() const override { return counters_; }

 private:
  struct Buffer {
    std::vector<std::uint64_t> bits;
    std::vector<std::uint64_t> validity;
    std::vector<std::uint32_t> codes;
    std::vector<std::string_view> strings;
  };

  void select(std::size_t begin, std::size_t end) {
    rows_.clear();
    for (std::size_t row = begin; row < end; ++row) {
      if (!request_.range.contains(timestamp_from_ns(static_cast<std::int64_t>(page_->times[row])))) continue;
      const bool kept = std::all_of(keeps_.begin(), keeps_.end(),
                                    [&](const auto& keep) { return keep.second[code(keep.first, row)]; });
      if (kept) rows_.push_back(static_cast<std::uint32_t>(row));
    }
  }

  std::uint32_t code(std::size_t tag, std::size_t row) const {
    return tag < page_->codes.size() ? page_->codes[tag][row] : 0;
  }

  void deliver(const std::string& name, bool whole, ScanColumn& column, Buffer& buffer) const {
    if (name == kTimeColumn) {
      column.kind = ScanColumn::Kind::kTime;
      column.bits = words(page_->times, whole, buffer);
    } else if (const auto tag = table_->schema.tag_index(name)) {
      column.kind = ScanColumn::Kind::kTag;
      deliver_tag(*tag, column, buffer);
    } else {
      column.type = table_->schema.fields[*table_->schema.field_index(name)].type;
      deliver_field(name, whole, column, buffer);
    }
  }

  std::span<const std::uint64_t> words(const std::vector<std::uint64_t>& values, bool whole, Buffer& buffer) const {
    if (whole) return std::span(values).subspan(rows_.front(), rows_.size());
    buffer.bits.clear();
    for (const std::uint32_t row : rows_) buffer.bits.push_back(values[row]);
    return buffer.bits;
  }

  void deliver_tag(std::size_t tag, ScanColumn& column, Buffer& buffer) const {
    buffer.codes.clear();
    for (const std::uint32_t row : rows_) buffer.codes.push_back(code(tag, row));
    column.constant_code = buffer.codes.front();
    const bool constant = std::all_of(buffer.codes.begin(), buffer.codes.end(),
                                      [&](std::uint32_t c) { return c == column.constant_code; });
    if (!constant) column.codes = buffer.codes;
  }

  void deliver_field(const std::string& name, bool whole, ScanColumn& column, Buffer& buffer) const {
    const auto found = page_->fields.find(name);
    if (found == page_->fields.end()) {  // a column younger than the page
      buffer.bits.assign(rows_.size(), 0);
      buffer.strings.assign(rows_.size(), {});
      buffer.validity.assign((rows_.size() + 63) / 64, 0);
      column.bits = buffer.bits;
      column.strings = buffer.strings;
      column.validity = buffer.validity;
      return;
    }
    const FieldVector& field = found->second;
    if (field.type == FieldType::kString) {
      buffer.strings.clear();
      for (const std::uint32_t row : rows_) buffer.strings.push_back(field.strings[row]);
      column.strings = buffer.strings;
    } else {
      column.bits = words(field.bits, whole, buffer);
    }
    if (field.validity.empty()) return;
    buffer.validity.assign((rows_.size() + 63) / 64, 0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (field.valid(rows_[i])) buffer.validity[i / 64] |= 1ULL << (i % 64);
    }
    column.validity = buffer.validity;
  }

  std::shared_ptr<const FakeTable> table_;
  std::shared_ptr<const Page> page_;
  ScanRequest request_;
  std::vector<Buffer> buffers_;
  std::vector<std::pair<std::size_t, std::vector<bool>>> keeps_;  // per predicate: tag, verdict by code
  std::vector<std::uint32_t> rows_;                               // of the current chunk
  std::size_t position_ = 0;
  ScanCounters counters_;
};

storage::ScanExtent extent_of(const FakeTable& table, const TimeRange& range) {
  storage::ScanExtent extent{0, table.pages.size(), {range.end, range.begin}};
  for (const auto& page : table.pages) {
    extent.rows += page->row_count();
    const auto [min, max] = std::minmax_element(page->times.begin(), page->times.end());
    extent.range.begin = std::min(extent.range.begin, timestamp_from_ns(static_cast<std::int64_t>(*min)));
    extent.range.end = std::max(extent.range.end, timestamp_from_ns(static_cast<std::int64_t>(*max) + 1));
  }
  extent.range = extent.range.intersect(range);
  return extent;
}

class FakeScan : public storage::TableScan {
 public:
  FakeScan(std::shared_ptr<const FakeTable> table, ScanRequest request)
      : table_(std::move(table)), request_(std::move(request)) {}

  std::size_t task_count() const override { return table_->pages.size(); }
  Result<std::unique_ptr<storage::TaskCursor>> open(std::size_t task) const override {
    return std::unique_ptr<storage::TaskCursor>(std::make_unique<FakeCursor>(table_, table_->pages[task], request_));
  }
  storage::ScanExtent extent() const override { return extent_of(*table_, request_.range); }
  std::shared_ptr<const TagDictionary> dictionary(std::size_t column) const override {
    const auto tag = table_->schema.tag_index(request_.columns[column]);
    return tag.has_value() ? table_->dictionaries[*tag] : nullptr;
  }

 private:
  std::shared_ptr<const FakeTable> table_;
  ScanRequest request_;
};

}  // namespace

class FakeSnapshot : public storage::ProjectSnapshot {
 public:
  FakeSnapshot(std::map<std::string, std::shared_ptr<const FakeTable>, std::less<>> tables,
               std::shared_ptr<FakeProject::Recorder> recorder)
      : tables_(std::move(tables)), recorder_(std::move(recorder)) {}

  std::vector<std::string> table_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, table] : tables_) names.push_back(name);
    return names;
  }

  std::shared_ptr<const TableSchema> table(std::string_view name) const override {
    const auto found = tables_.find(name);
    if (found == tables_.end()) return nullptr;
    return {found->second, &found->second->schema};
  }

  Result<std::unique_ptr<storage::TableScan>> scan(ScanRequest request) const override {
    const auto found = tables_.find(request.table);
    if (found == tables_.end()) return Error{ErrorCode::kNotFound, "no table '" + request.table + "'"};
    const TableSchema& schema = found->second->schema;
    for (const std::string& column : request.columns) {
      if (column != kTimeColumn && !schema.tag_index(column) && !schema.field_index(column)) {
        return Error{ErrorCode::kNotFound, "no column '" + column + "' in table '" + request.table + "'"};
      }
    }
    for (const auto& predicate : request.tag_predicates) {
      if (!schema.tag_index(predicate.tag)) return Error{ErrorCode::kNotFound, "no tag '" + predicate.tag + "'"};
    }
    {
      const std::lock_guard lock(recorder_->mutex);
      recorder_->last = request;
      for (auto& predicate : recorder_->last.tag_predicates) predicate.matches = nullptr;  // they die with the query
      ++recorder_->scans;
    }
    return std::unique_ptr<storage::TableScan>(std::make_unique<FakeScan>(found->second, std::move(request)));
  }

  Result<storage::ScanExtent> extent(std::string_view table, const TimeRange& range) const override {
    const auto found = tables_.find(table);
    if (found == tables_.end()) return Error{ErrorCode::kNotFound, "no table '" + std::string(table) + "'"};
    return extent_of(*found->second, range);
  }

  Result<std::vector<storage::StorageShare>> storage() const override {
    return std::vector<storage::StorageShare>{};  // all in memory
  }

 private:
  std::map<std::string, std::shared_ptr<const FakeTable>, std::less<>> tables_;
  std::shared_ptr<FakeProject::Recorder> recorder_;
};

FakeProject::FakeProject() : recorder_(std::make_shared<Recorder>()) {}
FakeProject::~FakeProject() = default;

// Copies the table, so that snapshots made before keep theirs.
FakeTable& FakeProject::table_for(const TableSchema& schema) {
  auto& slot = tables_[schema.name];
  slot = slot ? std::make_shared<FakeTable>(*slot) : std::make_shared<FakeTable>();
  FakeTable& table = *slot;
  if (table.schema.name.empty()) {
    table.schema.name = schema.name;
    table.schema.duplicates = schema.duplicates;
    ++schema_version_;
  }
  for (const std::string& tag : schema.tags) {
    if (table.schema.tag_index(tag)) continue;
    table.schema.tags.push_back(tag);
    table.dictionaries.push_back(std::make_shared<TagDictionary>(TagDictionary{schema.name + "." + tag + "#1", {""}}));
    ++schema_version_;
  }
  for (const FieldColumn& field : schema.fields) {
    if (table.schema.field_index(field.name)) continue;
    table.schema.fields.push_back(field);
    ++schema_version_;
  }
  return table;
}

void FakeProject::create_table(const TableSchema& schema) {
  const std::lock_guard lock(mutex_);
  table_for(schema);
}

void FakeProject::append(const RowBatch& batch) {
  const std::lock_guard lock(mutex_);
  TableSchema wanted{.name = batch.table, .tags = batch.tags, .fields = {}, .duplicates = batch.duplicates};
  for (const FieldVector& field : batch.fields) wanted.fields.push_back({field.name, field.type});
  FakeTable& table = table_for(wanted);

  auto page = std::make_shared<Page>();
  std::vector<std::uint32_t> order(batch.row_count());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(batch.series_of_row[a], batch.times[a]) < std::pair(batch.series_of_row[b], batch.times[b]);
  });
  for (const std::uint32_t row : order) page->times.push_back(std::bit_cast<std::uint64_t>(batch.times[row]));
  for (const FieldVector& field : batch.fields) page->fields.emplace(field.name, permuted(field, order));
  page->codes.assign(table.schema.tags.size(), std::vector<std::uint32_t>(batch.row_count(), 0));
  for (std::size_t k = 0; k < batch.tags.size(); ++k) {
    const std::size_t tag = *table.schema.tag_index(batch.tags[k]);
    auto values = table.dictionaries[tag]->values;
    std::unordered_map<std::string, std::uint32_t> code_of;
    for (std::size_t i = 0; i < values.size(); ++i) code_of.emplace(values[i], static_cast<std::uint32_t>(i));
    std::vector<std::uint32_t> code_of_series;
    for (std::uint32_t s = 0; s < batch.series_count; ++s) {
      const std::string& value = batch.tag_values(s)[k];
      const auto [at, is_new] = code_of.emplace(value, static_cast<std::uint32_t>(values.size()));
      if (is_new) values.push_back(value);
      code_of_series.push_back(at->second);
    }
    for (std::size_t i = 0; i < order.size(); ++i) page->codes[tag][i] = code_of_series[batch.series_of_row[order[i]]];
    if (values.size() != table.dictionaries[tag]->values.size()) {
      const std::string id = batch.table + "." + batch.tags[k] + "#" + std::to_string(values.size());
      table.dictionaries[tag] = std::make_shared<TagDictionary>(TagDictionary{id, std::move(values)});
    }
  }
  table.pages.push_back(std::move(page));
}

void FakeProject::set_failure(const std::string& table, std::optional<Error> error, std::uint64_t rows) {
  const std::lock_guard lock(mutex_);
  FakeTable& changed = table_for(TableSchema{.name = table, .tags = {}, .fields = {}});
  changed.failure = std::move(error);
  changed.failure_rows = rows;
}

std::shared_ptr<const storage::ProjectSnapshot> FakeProject::snapshot() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::shared_ptr<const FakeTable>, std::less<>> tables;
  for (const auto& [name, table] : tables_) tables.emplace(name, table);
  return std::make_shared<FakeSnapshot>(std::move(tables), recorder_);
}

std::uint64_t FakeProject::schema_version() const {
  const std::lock_guard lock(mutex_);
  return schema_version_;
}

ScanRequest FakeProject::last_request() const {
  const std::lock_guard lock(recorder_->mutex);
  return recorder_->last;
}

std::uint64_t FakeProject::scan_count() const {
  const std::lock_guard lock(recorder_->mutex);
  return recorder_->scans;
}

}  // namespace streamflow::query
