#include "storage/engine/write_router.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "storage/memtable/gather_rows.h"
#include "storage/memtable/series_index.h"

namespace streamflow::storage {
namespace {

// Takes out of `batch` the rows that cannot be stored, and says why.
void reject_rows(RowBatch& batch, std::size_t batch_index, const ResolvedBatch& resolved, const TimeRange& window,
                 std::vector<RejectedRows>& rejected) {
  std::map<std::string, std::vector<std::uint32_t>> reasons;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row = 0; row < batch.row_count(); ++row) {
    const std::string* reason = nullptr;
    for (const ResolvedBatch::Conflict& conflict : resolved.conflicts) {
      if (batch.fields[conflict.field].valid(row)) { reason = &conflict.reason; }
    }
    static const std::string kOutside = "points beyond retention policy: the time lies outside the accepted window";
    if (!window.contains(timestamp_from_ns(batch.times[row]))) { reason = &kOutside; }
    if (reason == nullptr) {
      kept.push_back(row);
    } else {
      reasons[*reason].push_back(row);
    }
  }
  for (auto& [reason, rows] : reasons) { rejected.push_back({batch.table, reason, std::move(rows), batch_index}); }
  if (kept.size() < batch.row_count()) { batch = gather_rows(batch, kept); }
  for (std::size_t i = resolved.conflicts.size(); i > 0; --i) {
    batch.fields.erase(batch.fields.begin() + static_cast<std::ptrdiff_t>(resolved.conflicts[i - 1].field));
  }
}

std::vector<std::uint64_t> hash_series(const RowBatch& batch) {
  std::vector<std::uint64_t> names, hashes;
  for (const std::string& tag : batch.tags) { names.push_back(hash_tag_name(tag)); }
  hashes.reserve(batch.series_count);
  for (std::uint32_t s = 0; s < batch.series_count; ++s) { hashes.push_back(hash_tag_set(names, batch.tag_values(s))); }
  return hashes;
}

void split(RowBatch batch, std::uint32_t shard_count, std::vector<std::vector<RoutedBatch>>& by_shard) {
  std::vector<std::uint64_t> hashes = hash_series(batch);
  std::vector<std::uint32_t> shard_of_series;
  shard_of_series.reserve(hashes.size());
  for (const std::uint64_t hash : hashes) { shard_of_series.push_back(shard_of(hash, shard_count)); }
  const bool one = std::adjacent_find(shard_of_series.begin(), shard_of_series.end(), std::not_equal_to<>()) ==
                   shard_of_series.end();
  if (one) {
    auto& routed = by_shard[shard_of_series.empty() ? 0 : shard_of_series.front()];
    routed.push_back({std::make_shared<const RowBatch>(std::move(batch)), std::move(hashes)});
    return;
  }
  std::vector<std::vector<std::uint32_t>> rows(shard_count);
  for (std::uint32_t row = 0; row < batch.row_count(); ++row) {
    rows[shard_of_series[batch.series_of_row[row]]].push_back(row);
  }
  for (std::uint32_t shard = 0; shard < shard_count; ++shard) {
    if (rows[shard].empty()) { continue; }
    std::vector<std::uint32_t> taken;
    auto part = std::make_shared<const RowBatch>(gather_rows(batch, rows[shard], &taken));
    std::vector<std::uint64_t> hashes_taken(taken.size());
    for (std::size_t s = 0; s < taken.size(); ++s) { hashes_taken[s] = hashes[taken[s]]; }
    by_shard[shard].push_back({std::move(part), std::move(hashes_taken)});
  }
}

}  // namespace

TimeRange write_window(Timestamp now, const EngineOptions& options) {
  TimeRange window;
  std::int64_t begin = 0, end = 0;
  if (options.time_past_max != Duration::max() &&
      !__builtin_sub_overflow(to_ns(now), options.time_past_max.count(), &begin)) {
    window.begin = std::max(window.begin, timestamp_from_ns(begin));
  }
  if (options.time_future_max != Duration::max() &&
      !__builtin_add_overflow(to_ns(now), options.time_future_max.count(), &end)) {
    window.end = std::min(window.end, timestamp_from_ns(end));
  }
  return window;
}

std::uint32_t shard_of(std::uint64_t tag_set_hash, std::uint32_t shard_count) {
  return static_cast<std::uint32_t>(((tag_set_hash >> 32U) * shard_count) >> 32U);
}

Result<RoutedWrite> route(TableCatalog& catalog, std::uint32_t shard_count, const TimeRange& window,
                          const ProjectName& project, std::vector<RowBatch> batches) {
  RoutedWrite routed;
  routed.by_shard.resize(shard_count);
  for (std::size_t b = 0; b < batches.size(); ++b) {
    RowBatch& batch = batches[b];
    if (batch.row_count() == 0) { continue; }
    SF_TRY(resolved, catalog.resolve(project, batch));
    const auto [least, greatest] = std::minmax_element(batch.times.begin(), batch.times.end());
    const bool inside = window.contains(timestamp_from_ns(*least)) && window.contains(timestamp_from_ns(*greatest));
    if (!resolved.conflicts.empty() || !inside) { reject_rows(batch, b, resolved, window, routed.rejected); }
    if (batch.row_count() == 0) { continue; }
    batch.duplicates = resolved.schema->duplicates;  // replay may meet this batch before the one that made the table
    routed.rows += batch.row_count();
    routed.points += batch.point_count();
    split(std::move(batch), shard_count, routed.by_shard);
  }
  return routed;
}

}  // namespace streamflow::storage
