#include "storage/compaction/table_merge.h"

#include <algorithm>
#include <limits>

namespace streamflow::storage {
namespace {

TableSchema schema_of_sources(const TableSchema& table, std::span<const OpenSegment::Table* const> sources) {
  TableSchema schema;
  schema.name = table.name;
  schema.duplicates = table.duplicates;
  const auto any = [&](auto has) {
    return std::ranges::any_of(sources, [&](const auto* source) { return source != nullptr && has(*source); });
  };
  for (const std::string& tag : table.tags) {
    if (any([&](const auto& source) { return source.rows->schema().tag_index(tag).has_value(); })) {
      schema.tags.push_back(tag);
    }
  }
  for (const FieldColumn& field : table.fields) {
    if (any([&](const auto& source) { return source.rows->schema().field_index(field.name).has_value(); })) {
      schema.fields.push_back(field);
    }
  }
  return schema;
}

}  // namespace

TableMerge::TableMerge(const TableEntry& entry, std::vector<const OpenSegment::Table*> sources,
                       const TimeRange& visible)
    : schema_(schema_of_sources(*entry.schema(), sources)),
      sources_(std::move(sources)),
      visible_(visible),
      source_tags_(sources_.size()),
      cursors_(sources_.size()),
      part_(schema_) {
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    if (sources_[s] == nullptr) { continue; }
    const TableSchema& source = sources_[s]->rows->schema();
    for (const std::string& tag : schema_.tags) { source_tags_[s].push_back(source.tag_index(tag)); }
    std::vector<std::optional<std::uint32_t>> fields;
    for (const FieldColumn& field : schema_.fields) {
      const auto index = source.field_index(field.name);
      fields.push_back(index ? std::optional(static_cast<std::uint32_t>(*index)) : std::nullopt);
    }
    cursors_[s] = std::make_unique<TableCursor>(*sources_[s]->rows, std::move(fields));
  }
}

std::string_view TableMerge::tag_value(const SeriesPlace& place, std::size_t tag) const {
  const std::optional<std::size_t> at = source_tags_[place.source][tag];
  return at ? sources_[place.source]->rows->series_tags(place.local)[*at] : std::string_view();
}

// All sources' series, those of one tag set together, oldest source first.
std::vector<SeriesPlace> TableMerge::ordered_series() const {
  std::vector<SeriesPlace> places;
  const auto earlier = [&](const SeriesPlace& a, const SeriesPlace& b) {
    if (a.id == b.id) { return a.source < b.source; }
    for (std::size_t tag = 0; tag < schema_.tags.size(); ++tag) {
      const std::string_view left = tag_value(a, tag), right = tag_value(b, tag);
      if (left != right) { return left < right; }
    }
    return false;  // no two series have the same tags
  };
  for (std::uint32_t s = 0; s < sources_.size(); ++s) {
    if (sources_[s] == nullptr) { continue; }
    const auto before = static_cast<std::ptrdiff_t>(places.size());
    for (std::uint32_t local = 0; local < sources_[s]->series.size(); ++local) {
      places.push_back({sources_[s]->series[local], s, local});
    }
    // A segment's series are in order already, unless its table had other tags then.
    const auto fresh = places.begin() + before;
    if (!std::is_sorted(fresh, places.end(), earlier)) { std::sort(fresh, places.end(), earlier); }
    std::inplace_merge(places.begin(), fresh, places.end(), earlier);
  }
  return places;
}

Status TableMerge::write_to(SegmentWriter& writer, const Hidden& hidden, const Pace& pace) {
  writer_ = &writer;
  pace_ = &pace;
  const std::vector<SeriesPlace> places = ordered_series();
  for (std::size_t begin = 0, end = 0; begin < places.size(); begin = end) {
    while (end < places.size() && places[end].id == places[begin].id) { ++end; }
    SF_TRY(any, open_series(std::span(places).subspan(begin, end - begin), hidden));
    if (!any) { continue; }
    std::vector<std::string_view> tags;
    for (std::size_t tag = 0; tag < schema_.tags.size(); ++tag) { tags.push_back(tag_value(places[begin], tag)); }
    part_.begin_series(tags);
    SF_CHECK(merge_series());
    const bool is_full = part_.row_count() >= kPartRowsMax || part_.bytes() >= kPartBytesMax;
    if (is_full) { SF_CHECK(add_part(false)); }
  }
  if (part_.row_count() > 0) { SF_CHECK(add_part(false)); }
  return begun_ ? writer.end_table() : Status(Ok{});
}

Result<bool> TableMerge::open_series(std::span<const SeriesPlace> places, const Hidden& hidden) {
  live_.clear();
  for (const SeriesPlace& place : places) {
    TableCursor& cursor = *cursors_[place.source];
    SF_CHECK(cursor.open_series(place.local, visible_, hidden(place.source, place.id)));
    if (!cursor.done()) { live_.push_back(&cursor); }
  }
  return !live_.empty();
}

Status TableMerge::merge_series() {
  std::vector<TableCursor*> tied;
  while (!live_.empty()) {
    constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
    std::int64_t least = kNever, next = kNever;  // the two least distinct times at hand
    for (const TableCursor* cursor : live_) {
      const std::int64_t time = cursor->time();
      if (time < least) {
        next = std::exchange(least, time);
      } else if (time > least) {
        next = std::min(next, time);
      }
    }
    tied.clear();
    for (TableCursor* cursor : live_) {
      if (cursor->time() == least) { tied.push_back(cursor); }
    }
    SF_CHECK(take_rows(least, tied, next));
    std::erase_if(live_, [](const TableCursor* cursor) { return cursor->done(); });
    const bool is_full = part_.row_count() >= kPartRowsMax || part_.bytes() >= kPartBytesMax;
    if (is_full && !live_.empty()) { SF_CHECK(add_part(true)); }
  }
  return Ok{};
}

// The rows up to the next time of a cursor that is not among `tied`, which are all at `least`.
Status TableMerge::take_rows(std::int64_t least, std::span<TableCursor* const> tied, std::int64_t next) {
  const std::size_t room = kPartRowsMax > part_.row_count() ? kPartRowsMax - part_.row_count() : 1;
  if (tied.size() == 1 || schema_.duplicates == DuplicatePolicy::kKeep) {
    TableCursor& oldest = *tied.front();
    const std::size_t count = oldest.rows_before(tied.size() == 1 ? next : least + 1, room);
    part_.append_run(oldest, count);
    return oldest.advance(count);
  }
  part_.append_merged(tied, schema_.duplicates);
  for (TableCursor* cursor : tied) { SF_CHECK(cursor->advance(1)); }
  return Ok{};
}

Status TableMerge::add_part(bool series_goes_on) {
  if (!begun_) { SF_CHECK(writer_->begin_table(schema_)); }
  begun_ = true;
  SF_CHECK(writer_->add_part(part_.input(), {part_.continues_series(), series_goes_on}));
  std::uint64_t bytes = writer_->bytes_written();
  for (const auto& cursor : cursors_) { bytes += cursor == nullptr ? 0 : cursor->bytes_read(); }
  const std::uint64_t fresh = bytes - std::exchange(bytes_paced_, bytes);
  part_.clear();
  return (*pace_)(fresh);
}

}  // namespace streamflow::storage
