#include "storage/engine/apply_record.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace streamflow::storage {
namespace {

// Series ahead whose place in the index is already being loaded: as long as a few comparisons take.
constexpr std::uint32_t kPrefetchAhead = 12;

std::vector<std::uint64_t> hashes_of(const RowBatch& batch) {
  std::vector<std::uint64_t> name_hashes, hashes;
  for (const std::string& tag : batch.tags) { name_hashes.push_back(hash_tag_name(tag)); }
  hashes.reserve(batch.series_count);
  for (std::uint32_t s = 0; s < batch.series_count; ++s) {
    hashes.push_back(hash_tag_set(name_hashes, batch.tag_values(s)));
  }
  return hashes;
}

// The shard's ids of a batch's series.
std::vector<SeriesId> series_ids_of(const RowBatch& batch, const ResolvedBatch& resolved, std::uint32_t shard,
                                    std::span<const std::uint64_t> hashes) {
  std::vector<std::size_t> table_tags;
  for (const std::string& tag : batch.tags) { table_tags.push_back(*resolved.schema->tag_index(tag)); }
  std::vector<std::string_view> by_table_tag(resolved.schema->tags.size());
  std::vector<SeriesId> ids;
  ids.reserve(batch.series_count);
  SeriesIndex& index = resolved.table->series(shard);
  for (std::uint32_t s = 0; s < batch.series_count; ++s) {
    const std::span<const std::string> values = batch.tag_values(s);
    for (std::size_t t = 0; t < values.size(); ++t) { by_table_tag[table_tags[t]] = values[t]; }
    if (s + kPrefetchAhead < batch.series_count) { index.prefetch(hashes[s + kPrefetchAhead]); }
    ids.push_back(index.find_or_add(hashes[s], by_table_tag, *resolved.tags));
  }
  return ids;
}

}  // namespace

void apply_record(TableCatalog& catalog, std::uint32_t shard, Memtable& memtable, const LogRecord& record,
                  std::span<const std::vector<std::uint64_t>> series_hashes) {
  for (std::size_t b = 0; b < record.batches.size(); ++b) {
    const RowBatch& batch = *record.batches[b];
    Result<ResolvedBatch> resolved = catalog.resolve(record.project, batch);
    if (!resolved.has_value()) { continue; }  // refused before the log; cannot happen
    auto arrived = std::make_shared<ArrivedRows>();
    arrived->batch = record.batches[b];
    arrived->series_ids =
        series_ids_of(batch, *resolved, shard, b < series_hashes.size() ? series_hashes[b] : hashes_of(batch));
    for (const FieldVector& field : batch.fields) {
      arrived->field_indexes.push_back(static_cast<std::uint32_t>(*resolved->schema->field_index(field.name)));
    }
    memtable.add(resolved->table, std::move(arrived));
  }
}

void apply_outline(TableCatalog& catalog, const LogRecord& record) {
  for (const auto& batch : record.batches) { (void)catalog.resolve(record.project, *batch); }
}

}  // namespace streamflow::storage
