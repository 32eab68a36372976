#include "storage/segment/storage_report.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace streamflow::storage {

namespace {

using Key = std::tuple<std::string, std::string, ShareKind, std::string>;

class Report {
 public:
  Status add(const OpenSegment& segment) {
    std::uint64_t counted = 0;
    for (const SegmentTable& table : segment.reader->tables()) {
      SF_TRY(bytes, add_table(table));
      counted += bytes;
    }
    StorageShare& file = at({ShareKind::kFile, "", "", std::nullopt, "", 0, 0, 0});
    file.rows += 1;
    file.bytes += segment.entry.bytes - counted;
    return Ok{};
  }

  std::vector<StorageShare> take() {
    std::vector<StorageShare> shares;
    for (auto& [key, share] : shares_) { shares.push_back(std::move(share)); }
    std::stable_sort(shares.begin(), shares.end(), [](const StorageShare& a, const StorageShare& b) {
      return std::tie(a.table, a.kind, a.column, b.bytes) < std::tie(b.table, b.kind, b.column, a.bytes);
    });
    return shares;
  }

 private:
  StorageShare& at(StorageShare share) {
    Key key{share.table, share.column, share.kind, share.codec};
    return shares_.try_emplace(std::move(key), std::move(share)).first->second;
  }

  Result<std::uint64_t> add_table(const SegmentTable& table) {
    const TableSchema& schema = table.schema();
    SF_TRY(counted, add_column(table, std::nullopt, {ShareKind::kTime, schema.name, std::string(kTimeColumn)}));
    for (std::size_t field = 0; field < schema.fields.size(); ++field) {
      SF_TRY(bytes, add_column(table, field,
                               {ShareKind::kField, schema.name, schema.fields[field].name, schema.fields[field].type}));
      counted += bytes;
    }
    StorageShare& statistics = at({ShareKind::kStatistics, schema.name});
    statistics.bytes += table.statistics_bytes();
    StorageShare& directory = at({ShareKind::kDirectory, schema.name});
    directory.rows += table.series_count();
    directory.bytes += table.directory_bytes();
    return counted + table.statistics_bytes() + table.directory_bytes();
  }

  Result<std::uint64_t> add_column(const SegmentTable& table, std::optional<std::size_t> field, StorageShare share) {
    std::uint64_t counted = 0;
    for (std::size_t block = 0; block < table.blocks().size(); ++block) {
      const std::uint64_t bytes = table.encoded_bytes(block, field);
      if (bytes == 0) { continue; }
      SF_TRY(codec, table.codec(block, field));
      share.codec = std::move(codec);
      StorageShare& total = at(share);
      total.blocks += 1;
      total.rows += table.blocks()[block].row_count;
      total.bytes += bytes;
      counted += bytes;
    }
    return counted;
  }

  std::map<Key, StorageShare> shares_;
};

}  // namespace

Result<std::vector<StorageShare>> storage_report(const ProjectName& project, std::span<const ShardView> shards) {
  Report report;
  for (const ShardView& shard : shards) {
    for (const auto& segment : *shard.segments) {
      if (segment->entry.project == project) { SF_CHECK(report.add(*segment)); }
    }
  }
  return report.take();
}

}  // namespace streamflow::storage
