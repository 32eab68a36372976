#include "storage/compaction/segment_merge.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

namespace streamflow::storage {
namespace {

SegmentEntry new_entry(const SegmentMerge& merge) {
  SegmentEntry entry = merge.sources.front()->entry;
  entry.id = merge.id;
  entry.file_name = segment_file_name(merge.id);
  for (const auto& source : merge.sources) {
    entry.sequence_min = std::min(entry.sequence_min, source->entry.sequence_min);
    entry.sequence_max = std::max(entry.sequence_max, source->entry.sequence_max);
  }
  entry.deleted_through = {};
  if (merge.tombstones != nullptr && !merge.tombstones->empty()) {
    entry.deleted_through = merge.tombstones->back().sequence;
  }
  return entry;
}

// Every table of the sources by name, with its part in each of them.
using Tables = std::map<std::string, std::vector<const OpenSegment::Table*>>;
Tables tables_of(const SegmentMerge& merge) {
  Tables tables;
  for (std::size_t s = 0; s < merge.sources.size(); ++s) {
    for (const auto& [entry, table] : merge.sources[s]->tables) {
      std::vector<const OpenSegment::Table*>& places = tables[entry->name()];
      places.resize(merge.sources.size(), nullptr);
      places[s] = &table;
    }
  }
  return tables;
}

std::vector<std::shared_ptr<const HiddenRows>> hidden_by_source(const SegmentMerge& merge, const TableEntry& table,
                                                                std::span<const OpenSegment::Table* const> sources) {
  std::vector<std::shared_ptr<const HiddenRows>> hidden(sources.size());
  if (merge.tombstones == nullptr) { return hidden; }
  const TableTombstones tombstones(*merge.tombstones, table, merge.sources.front()->entry.shard.value);
  for (std::size_t s = 0; s < sources.size(); ++s) {
    if (sources[s] == nullptr) { continue; }
    const SegmentEntry& entry = merge.sources[s]->entry;
    hidden[s] = tombstones.of_source(sources[s]->rows->range(), entry.sequence_max, entry.deleted_through);
  }
  return hidden;
}

Status write_tables(const SegmentMerge& merge, SegmentWriter& writer) {
  for (const auto& [name, sources] : tables_of(merge)) {
    const auto first = std::ranges::find_if(sources, [](const auto* source) { return source != nullptr; });
    const TableEntry& table = *(*first)->entry;
    TableMerge rows(table, sources, merge.range);
    const std::vector<std::shared_ptr<const HiddenRows>> by_source = hidden_by_source(merge, table, sources);
    const auto hidden = [&](std::size_t source, SeriesId series) {
      return by_source[source] == nullptr ? std::vector<TimeRange>{} : by_source[source]->times_of(series);
    };
    SF_CHECK(rows.write_to(writer, hidden, merge.pace));
  }
  return Ok{};
}

// Answers whether there are rows.
Result<bool> write_file(const SegmentMerge& merge, SegmentEntry& entry) {
  const SegmentHeader header{merge.database_id, entry.project,      entry.shard,
                             entry.generation,  entry.sequence_min, entry.sequence_max};
  SF_TRY(writer, SegmentWriter::create(*merge.files, merge.data_folder / entry.file_name, header));
  SF_CHECK(write_tables(merge, *writer));
  SF_TRY(summary, writer->finish());
  entry.range = summary.range;
  entry.row_count = summary.row_count;
  entry.bytes = summary.bytes;
  entry.content_hash = summary.content_hash;
  if (summary.row_count == 0) { return false; }
  SF_CHECK(merge.files->sync_folder(merge.data_folder / "segments"));
  return true;
}

}  // namespace

std::string segment_file_name(SegmentId id) {
  std::array<char, 40> name{};
  std::snprintf(name.data(), name.size(), "segments/%016llx.seg", static_cast<unsigned long long>(id.value));
  return name.data();
}

Result<std::optional<SegmentEntry>> merge_segments(const SegmentMerge& merge) {
  SegmentEntry entry = new_entry(merge);
  const Result<bool> written = write_file(merge, entry);
  if (!written.has_value() || !*written) { (void)merge.files->remove(merge.data_folder / entry.file_name); }
  if (!written.has_value()) { return written.error(); }
  return *written ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace streamflow::storage
