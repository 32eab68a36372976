#include "storage/deletes/hidden_rows.h"

#include <algorithm>

namespace streamflow::storage {
namespace {

// Which of the shard's series satisfy the terms.
std::vector<bool> matching_series(const std::vector<TagTerm>& terms, const TableEntry& table, std::uint32_t shard) {
  std::vector<bool> matching;
  const std::shared_ptr<const TableSchema> schema = table.schema();
  const std::shared_ptr<const TagColumns> tags = table.tags();
  const SeriesIndex& index = table.series(shard);
  const std::uint32_t count = index.size();
  matching.assign(std::max<std::uint32_t>(count, 1), true);
  for (const TagTerm& term : terms) {
    const auto wants = [&](std::string_view value) {
      return std::ranges::find(term.values, value) != term.values.end();
    };
    const auto tag = schema->tag_index(term.tag);
    const std::vector<std::uint32_t> codes = tag ? index.codes(*tag) : std::vector<std::uint32_t>();
    std::vector<std::int8_t> verdicts(tag ? (*tags)[*tag]->size() : 1, -1);
    for (std::size_t s = 0; s < matching.size(); ++s) {
      const std::uint32_t code = s < codes.size() ? codes[s] : 0;
      std::int8_t& verdict = verdicts[code];
      if (verdict < 0) { verdict = wants(code == 0 ? std::string_view() : (*tags)[*tag]->value(code)) ? 1 : 0; }
      matching[s] = matching[s] && verdict == 1;
    }
  }
  return matching;
}

}  // namespace

bool HiddenRows::touches(SeriesId series, std::int64_t time_min, std::int64_t time_max) const {
  const TimeRange range{timestamp_from_ns(time_min), timestamp_from_ns(time_max) + Duration(1)};
  return std::ranges::any_of(parts_, [&](const Part& part) { return part.range.overlaps(range) && part.has(series); });
}

std::vector<TimeRange> HiddenRows::times_of(SeriesId series) const {
  std::vector<TimeRange> ranges, apart;
  for (const Part& part : parts_) {
    if (part.has(series)) { ranges.push_back(part.range); }
  }
  std::ranges::sort(ranges, {}, &TimeRange::begin);
  for (const TimeRange& range : ranges) {
    if (!apart.empty() && range.begin <= apart.back().end) {
      apart.back().end = std::max(apart.back().end, range.end);
    } else {
      apart.push_back(range);
    }
  }
  return apart;
}

void HiddenRows::append_visible(const RowRun& run, std::span<const std::int64_t> times,
                                std::vector<RowRun>& out) const {
  if (run.begin >= run.end) { return; }
  RowRun rest = run;
  if (touches(run.series, times[run.begin], times[run.end - 1])) {
    for (const TimeRange& range : times_of(run.series)) {
      const RowRun gone = cut(rest, times, range);
      if (gone.begin >= gone.end) { continue; }
      if (rest.begin < gone.begin) { out.push_back({run.series, rest.begin, gone.begin}); }
      rest.begin = gone.end;
    }
  }
  if (rest.begin < rest.end) { out.push_back(rest); }
}

TableTombstones::TableTombstones(std::span<const Tombstone> tombstones, const TableEntry& table, std::uint32_t shard) {
  for (const Tombstone& tombstone : tombstones) {
    const Deletion& deletion = tombstone.deletion;
    const bool is_one =
        !tombstone.is_applied() && deletion.table == table.name() && tombstone.project == table.project();
    if (!is_one) { continue; }
    HiddenRows::Part part{deletion.range, nullptr};
    if (!deletion.terms.empty()) {
      part.series = std::make_shared<const std::vector<bool>>(matching_series(deletion.terms, table, shard));
    }
    entries_.push_back({tombstone.sequence, std::move(part)});
  }
}

std::shared_ptr<const HiddenRows> TableTombstones::of_source(const TimeRange& range, SequenceNumber sequence_max,
                                                             SequenceNumber deleted_through) const {
  std::vector<HiddenRows::Part> parts;
  for (const Entry& entry : entries_) {
    const bool hides =
        entry.sequence >= sequence_max && entry.sequence > deleted_through && entry.part.range.overlaps(range);
    if (hides) { parts.push_back(entry.part); }
  }
  return parts.empty() ? nullptr : std::make_shared<const HiddenRows>(std::move(parts));
}

SortedRows without_hidden(const SortedRows& rows, const HiddenRows& hidden) {
  RowSource source = source_of(rows);
  std::vector<RowSource> parts;  // a source has one run of each series, so what lies behind a hidden one is another
  const std::vector<RowRun> runs = std::move(source.runs);
  for (const RowRun& run : runs) {
    std::vector<RowRun> visible;
    hidden.append_visible(run, rows.times, visible);
    for (std::size_t i = 0; i < visible.size(); ++i) {
      if (i == parts.size()) { parts.push_back({{}, source.times, source.columns}); }
      parts[i].runs.push_back(visible[i]);
    }
  }
  return merge_rows(parts, DuplicatePolicy::kKeep);  // equal times of a page are resolved already
}

}  // namespace streamflow::storage
