#include "storage/segment/segment_parts.h"

#include <algorithm>
#include <limits>

#include "storage/segment/segment_layout.h"

namespace streamflow::storage {
namespace {

Status check_series(const SegmentTableInput& table) {
  const std::size_t tags = table.schema->tags.size();
  const std::vector<std::uint32_t>& begins = table.series_row_begin;
  const bool fits = begins.size() == std::size_t{table.series_count} + 1 && begins.front() == 0 &&
                    begins.back() == table.times.size() && table.series.size() == table.series_count * tags;
  if (!fits || !std::is_sorted(begins.begin(), begins.end())) {
    return invalid_table(*table.schema, "series and rows do not fit together");
  }
  if (tags == 0 && table.series_count > 1) {
    return invalid_table(*table.schema, "several series without a tag to tell them apart");
  }
  for (std::size_t s = 1; s < table.series_count; ++s) {
    const std::string_view* const row = table.series.data() + s * tags;
    if (!std::lexicographical_compare(row - tags, row, row, row + tags)) {
      return invalid_table(*table.schema,
                           "series " + std::to_string(s) + " does not follow its predecessor in tag order");
    }
  }
  return Ok{};
}

Status check_times(const SegmentTableInput& table) {
  const bool keep = table.schema->duplicates == DuplicatePolicy::kKeep;
  for (std::size_t s = 0; s < table.series_count; ++s) {
    for (std::size_t row = table.series_row_begin[s] + std::size_t{1}; row < table.series_row_begin[s + 1]; ++row) {
      const std::int64_t before = table.times[row - 1];
      if (table.times[row] < before || (table.times[row] == before && !keep)) {
        return invalid_table(*table.schema, "row " + std::to_string(row) + " is not later than the row before it");
      }
    }
  }
  return Ok{};
}

Status check_fields(const SegmentTableInput& table) {
  const std::size_t rows = table.times.size();
  if (table.fields.size() != table.schema->fields.size()) {
    return invalid_table(*table.schema, "another number of fields than its schema");
  }
  for (std::size_t f = 0; f < table.fields.size(); ++f) {
    const SegmentTableInput::Field& field = table.fields[f];
    const FieldColumn& column = table.schema->fields[f];
    const bool is_string = column.type == FieldType::kString;
    if ((is_string ? field.strings.size() : field.bits.size()) != rows ||
        (!field.validity.empty() && field.validity.size() < (rows + 63) / 64)) {
      return invalid_table(*table.schema, "field \"" + column.name + "\" has another number of rows");
    }
    for (const std::string_view text : field.strings) {
      if (text.size() > kStringFieldBytesMax) {
        return Error{ErrorCode::kTooLarge, "segment table \"" + table.schema->name + "\", field \"" + column.name +
                                               "\": a string of " + std::to_string(text.size()) +
                                               " bytes, at most 65536 are allowed"};
      }
    }
  }
  return Ok{};
}

// Whether the part may follow what is there.
Status check_joint(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges, const TableInParts& table) {
  const TableDirectory& before = table.directory;
  const std::size_t tags = part.schema->tags.size();
  if (*part.schema != before.schema) {
    return invalid_table(*part.schema, "a part has another schema than the table was begun with");
  }
  constexpr std::uint64_t kRowsMax = std::numeric_limits<std::uint32_t>::max();
  if (part.times.size() > kRowsMax - before.series_row_begin.back()) {
    return Error{ErrorCode::kTooLarge,
                 "segment table \"" + before.schema.name + "\": more than " + std::to_string(kRowsMax) + " rows"};
  }
  if (part.series_count == 0) { return Ok{}; }
  if (before.series_count() == 0) {
    return edges.continues_series ? invalid_table(*part.schema, "the first part continues a series") : Status(Ok{});
  }
  const auto last = std::span(before.series).last(tags), first = std::span(part.series).first(tags);
  if (!edges.continues_series) {
    const bool follows = std::lexicographical_compare(last.begin(), last.end(), first.begin(), first.end());
    return follows ? Status(Ok{})
                   : invalid_table(*part.schema, "its first series does not follow the last one of the part before");
  }
  const bool keep = part.schema->duplicates == DuplicatePolicy::kKeep;
  const bool later =
      part.times.empty() || part.times.front() > table.last_time || (keep && part.times.front() == table.last_time);
  return std::equal(last.begin(), last.end(), first.begin()) && later
             ? Status(Ok{})
             : invalid_table(*part.schema, "its first series does not continue the last one of the part before");
}

}  // namespace

Error invalid_table(const TableSchema& schema, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "segment table \"" + schema.name + "\": " + what};
}

Status check_part(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges, const TableInParts& table) {
  SF_CHECK(check_series(part));
  SF_CHECK(check_times(part));
  SF_CHECK(check_fields(part));
  return check_joint(part, edges, table);
}

std::vector<std::uint32_t> cut_part(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges) {
  std::vector<std::span<const std::string_view>> string_columns;
  for (const SegmentTableInput::Field& field : part.fields) {
    if (!field.strings.empty()) { string_columns.push_back(field.strings); }
  }
  const std::size_t series = part.series_count;
  const std::size_t whole_begin = edges.continues_series ? 1 : 0;
  const std::size_t whole_end = edges.series_goes_on ? std::max(series - 1, whole_begin) : series;
  std::vector<std::uint32_t> cuts;
  const auto cut = [&](std::size_t begin, std::size_t end) {
    if (begin == end) { return; }
    const auto begins = std::span(part.series_row_begin).subspan(begin, end - begin + 1);
    const std::vector<std::uint32_t> some = cut_blocks(begins, string_columns);
    cuts.insert(cuts.end(), some.begin(), some.end());
  };
  cut(0, whole_begin);
  cut(whole_begin, whole_end);
  cut(whole_end, series);
  return cuts;
}

void add_to_directory(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges,
                      std::span<const BlockInfo> blocks, TableInParts& table) {
  TableDirectory& directory = table.directory;
  const std::size_t known = edges.continues_series ? 1 : 0;  // series that are in the directory already
  const auto row_base = directory.series_row_begin.back();
  const auto series_base = directory.series_count() - static_cast<std::uint32_t>(known);
  const std::size_t tags = part.schema->tags.size();
  directory.series.insert(directory.series.end(), part.series.begin() + static_cast<std::ptrdiff_t>(known * tags),
                          part.series.end());
  if (known > 0) { directory.series_row_begin.pop_back(); }
  for (std::size_t s = 1; s < part.series_row_begin.size(); ++s) {
    directory.series_row_begin.push_back(row_base + part.series_row_begin[s]);
  }
  for (BlockInfo block : blocks) {
    block.row_begin += row_base;
    block.series_begin += series_base;
    directory.blocks.push_back(block);
  }
  if (!part.times.empty()) { table.last_time = part.times.back(); }
}

}  // namespace streamflow::storage
