#include "storage/segment/open_segment.h"

#include <algorithm>
#include <numeric>

namespace streamflow::storage {
namespace {

// Finds or adds the segment's series in the shard's index.
std::vector<SeriesId> register_series(const SegmentTable& rows, TableEntry& entry, std::uint32_t shard) {
  const std::shared_ptr<const TableSchema> schema = entry.schema();
  std::vector<std::uint64_t> name_hashes;
  std::vector<std::size_t> table_tags;
  for (const std::string& tag : rows.schema().tags) {
    name_hashes.push_back(hash_tag_name(tag));
    table_tags.push_back(*schema->tag_index(tag));  // restore() has added it
  }
  std::vector<SeriesId> ids;
  ids.reserve(rows.series_count());
  const std::shared_ptr<const TagColumns> tags = entry.tags();
  SeriesIndex& index = entry.series(shard);
  std::vector<std::string_view> by_table_tag(schema->tags.size());
  for (std::uint32_t s = 0; s < rows.series_count(); ++s) {
    const std::span<const std::string_view> values = rows.series_tags(s);
    for (std::size_t t = 0; t < values.size(); ++t) { by_table_tag[table_tags[t]] = values[t]; }
    const std::uint64_t hash = hash_tag_set(name_hashes, values);
    // A segment that was just flushed has only known series; those of one found at start may be new.
    const std::optional<SeriesId> known = index.find(hash, by_table_tag, *tags);
    ids.push_back(known ? *known : index.find_or_add(hash, by_table_tag, *tags));
  }
  return ids;
}

// A file under another's name would bring its rows back in the wrong order, or the wrong rows: what it says of itself
// must be what the manifest says of it.
Status check_identity(const SegmentReader& reader, std::string_view database_id, const SegmentEntry& entry) {
  const SegmentHeader& header = reader.header();
  SegmentEntry found = entry;
  found.project = header.project;
  found.shard = header.shard;
  found.generation = header.generation;
  found.sequence_min = header.sequence_min;
  found.sequence_max = header.sequence_max;
  found.row_count = 0;
  for (const SegmentTable& table : reader.tables()) {
    if (table.row_count() == 0) { continue; }
    const TimeRange range = table.range();
    found.range.begin = found.row_count == 0 ? range.begin : std::min(found.range.begin, range.begin);
    found.range.end = found.row_count == 0 ? range.end : std::max(found.range.end, range.end);
    found.row_count += table.row_count();
  }
  if (header.database_id == database_id && found == entry) { return Ok{}; }
  return Error{ErrorCode::kCorrupt, "segment " + reader.path().string() +
                                        " is not the one the manifest names: its database, project, shard, sequence "
                                        "numbers, times or row count are others"};
}

}  // namespace

Result<std::shared_ptr<const OpenSegment>> OpenSegment::attach(FileSystem& files,
                                                               const std::filesystem::path& data_folder,
                                                               std::string_view database_id, const SegmentEntry& entry,
                                                               TableCatalog& catalog) {
  auto segment = std::make_shared<OpenSegment>();
  segment->entry = entry;
  SF_TRY(reader, SegmentReader::open(files, data_folder / entry.file_name));
  SF_CHECK(check_identity(*reader, database_id, entry));
  segment->reader = std::move(reader);
  for (const SegmentTable& rows : segment->reader->tables()) {
    SF_TRY(restored, catalog.restore(entry.project, rows.schema()));
    Table table;
    table.rows = &rows;
    table.entry = restored;
    table.series = register_series(rows, *restored, entry.shard.value);
    table.local_order.resize(table.series.size());
    std::iota(table.local_order.begin(), table.local_order.end(), 0U);
    std::sort(table.local_order.begin(), table.local_order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return table.series[a] < table.series[b]; });
    const std::shared_ptr<const TableSchema> schema = restored->schema();
    table.fields.resize(schema->fields.size());
    for (std::uint32_t f = 0; f < rows.schema().fields.size(); ++f) {
      table.fields[*schema->field_index(rows.schema().fields[f].name)] = f;
    }
    segment->tables.emplace(restored.get(), std::move(table));
  }
  return std::shared_ptr<const OpenSegment>(std::move(segment));
}

}  // namespace streamflow::storage
