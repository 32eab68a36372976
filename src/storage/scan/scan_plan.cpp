#include "storage/scan/scan_plan.h"

#include <algorithm>
#include <set>

#include "storage/scan/scan_source.h"

namespace streamflow::storage {
namespace {

constexpr std::size_t kBlocksPerTask = 64;  // 128 Ki rows: enough to pay for a task, few enough to balance
constexpr std::uint64_t kRowsPerMergeTask = 131072;
constexpr std::uint64_t kMergeTasksMax = 256;
constexpr std::int64_t kNarrowShare = 8;  // a gap narrower than an eighth of its source is merged along

TimeRange inclusive(std::int64_t min, std::int64_t max) {
  return {timestamp_from_ns(min), timestamp_from_ns(max) + Duration(1)};
}

class Plan final : public TableScan {
 public:
  Plan(std::shared_ptr<const ScanContext> context, std::vector<ScanTask> tasks, const ScanExtent& extent)
      : context_(std::move(context)), tasks_(std::move(tasks)), extent_(extent) {}
  std::size_t task_count() const override { return tasks_.size(); }
  Result<std::unique_ptr<TaskCursor>> open(std::size_t task) const override {
    return make_cursor(context_, tasks_[task]);
  }
  Status aggregate(std::size_t task, Groups& groups, ScanCounters& counters) const override {
    return aggregate_task(context_, tasks_[task], groups, counters);
  }
  ScanExtent extent() const override { return extent_; }
  std::shared_ptr<const TagDictionary> dictionary(std::size_t column) const override {
    return context_->dictionaries[column];
  }

 private:
  const std::shared_ptr<const ScanContext> context_;
  const std::vector<ScanTask> tasks_;
  const ScanExtent extent_;
};

Result<std::vector<DeliveredColumn>> resolve_columns(const TableSchema& schema, const ScanRequest& request) {
  std::vector<DeliveredColumn> columns;
  for (const std::string& name : request.columns) {
    if (name == kTimeColumn) {
      columns.push_back({ScanColumn::Kind::kTime, 0, FieldType::kInt64});
    } else if (const auto tag = schema.tag_index(name)) {
      columns.push_back({ScanColumn::Kind::kTag, static_cast<std::uint32_t>(*tag), FieldType::kString});
    } else if (const auto field = schema.field_index(name)) {
      columns.push_back({ScanColumn::Kind::kField, static_cast<std::uint32_t>(*field), schema.fields[*field].type});
    } else {
      return Error{ErrorCode::kNotFound, "table \"" + schema.name + "\" has no column \"" + name + "\""};
    }
  }
  return columns;
}

// One predicate against the series of one shard.
void apply_predicate(const TagPredicate& predicate, const TagValues& values, const std::vector<std::uint32_t>& codes,
                     std::vector<bool>& allowed) {
  std::vector<std::int8_t> verdicts(values.size(), -1);  // asked only for values that some series has
  if (allowed.empty()) { allowed.assign(codes.size(), true); }
  for (std::size_t s = 0; s < codes.size() && s < allowed.size(); ++s) {
    std::int8_t& verdict = verdicts[codes[s]];
    if (verdict < 0) {
      const std::optional<std::string_view> value =
          codes[s] == 0 ? std::nullopt : std::optional<std::string_view>(values.value(codes[s]));
      verdict = predicate.matches(value) ? 1 : 0;
    }
    allowed[s] = allowed[s] && verdict == 1;
  }
}

Status select_series(ScanContext& context, const ScanRequest& request) {
  const std::shared_ptr<const TagColumns> tags = context.table->tags();
  for (std::uint32_t s = 0; s < context.shards.size(); ++s) {
    const SeriesIndex& index = context.table->series(s);
    SeriesSelection& selection = context.shards[s].selection;
    selection.codes.resize(context.columns.size());
    for (std::size_t c = 0; c < context.columns.size(); ++c) {
      if (context.columns[c].kind == ScanColumn::Kind::kTag) {
        selection.codes[c] = index.codes(context.columns[c].index);
      }
    }
    for (const TagPredicate& predicate : request.tag_predicates) {
      const auto tag = context.schema->tag_index(predicate.tag);
      if (!tag) {
        return Error{ErrorCode::kNotFound,
                     "table \"" + context.schema->name + "\" has no tag \"" + predicate.tag + "\""};
      }
      const std::vector<std::uint32_t> codes = index.codes(*tag);
      apply_predicate(predicate, *(*tags)[*tag], codes, selection.allowed);
      if (codes.empty()) { selection.allowed.assign(1, false); }  // no series at all: nothing is allowed
    }
  }
  // After the codes, so that every code is in its dictionary.
  for (const DeliveredColumn& column : context.columns) {
    const bool is_tag = column.kind == ScanColumn::Kind::kTag;
    context.dictionaries.push_back(is_tag ? (*tags)[column.index]->dictionary() : nullptr);
  }
  return Ok{};
}

void add_source(ScanContext::Shard& shard, ScanSource source, const TimeRange& wanted) {
  if (source.rows > 0 && source.range.overlaps(wanted)) { shard.sources.push_back(std::move(source)); }
}

// Those of `context.table`, which with `context.duplicates` is all that is looked at.
void collect_sources(ScanContext& context, const std::vector<ShardView>& views, const TimeRange& wanted) {
  const TableEntry* table = context.table.get();
  context.shards.resize(views.size());
  for (std::size_t s = 0; s < views.size(); ++s) {
    ScanContext::Shard& shard = context.shards[s];
    const TableTombstones tombstones(*views[s].tombstones, *table, static_cast<std::uint32_t>(s));
    for (const auto& segment : *views[s].segments) {
      const auto found = segment->tables.find(table);
      if (found == segment->tables.end()) { continue; }
      const SegmentTable& rows = *found->second.rows;
      auto hidden = tombstones.of_source(rows.range(), segment->entry.sequence_max, segment->entry.deleted_through);
      add_source(shard, {segment, &found->second, nullptr, rows.range(), rows.row_count(), std::move(hidden)}, wanted);
    }
    const auto memory = views[s].memory.find(table);
    if (memory == views[s].memory.end()) { continue; }
    for (std::size_t p = 0; p < memory->second.pages.size(); ++p) {
      std::shared_ptr<const SortedRows> page = memory->second.pages[p];
      const auto hidden = tombstones.of_source(inclusive(page->time_min, page->time_max),
                                               memory->second.page_through[p], SequenceNumber{});
      if (hidden != nullptr) { page = std::make_shared<const SortedRows>(without_hidden(*page, *hidden)); }
      add_source(shard, {nullptr, nullptr, page, inclusive(page->time_min, page->time_max), page->row_count()}, wanted);
    }
    if (!memory->second.arrived.empty()) {
      auto tail = memory->second.tail->of(memory->second.arrived, context.duplicates);
      add_source(shard, {nullptr, nullptr, tail, inclusive(tail->time_min, tail->time_max), tail->row_count()}, wanted);
    }
  }
}

struct Interval {
  TimeRange range;
  std::set<std::uint32_t> sources;
};

// Cuts `wanted` where sources begin and end.
std::vector<Interval> elementary_intervals(const std::vector<ScanSource>& sources, const TimeRange& wanted) {
  std::vector<Timestamp> ends;
  for (const ScanSource& source : sources) {
    const TimeRange inside = source.range.intersect(wanted);
    ends.push_back(inside.begin);
    ends.push_back(inside.end);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  std::vector<Interval> intervals;
  for (std::size_t e = 0; e + 1 < ends.size(); ++e) {
    Interval interval{{ends[e], ends[e + 1]}, {}};
    for (std::uint32_t s = 0; s < sources.size(); ++s) {
      if (sources[s].range.overlaps(interval.range)) { interval.sources.insert(s); }
    }
    if (!interval.sources.empty()) { intervals.push_back(std::move(interval)); }
  }
  return intervals;
}

bool is_narrow(const Interval& interval, const std::vector<ScanSource>& sources) {
  const TimeRange& whole = sources[*interval.sources.begin()].range;
  return (interval.range.end - interval.range.begin) < (whole.end - whole.begin) / kNarrowShare;
}

// Joins neighbours that must be merged anyway, and narrow gaps between them, so that no block is decoded many times.
std::vector<Interval> joined(const std::vector<Interval>& intervals, const std::vector<ScanSource>& sources) {
  std::vector<Interval> out;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const Interval& interval = intervals[i];
    const bool touches = !out.empty() && out.back().sources.size() > 1 && out.back().range.end == interval.range.begin;
    const bool gap = interval.sources.size() == 1 && i + 1 < intervals.size() && intervals[i + 1].sources.size() > 1 &&
                     intervals[i + 1].range.begin == interval.range.end && is_narrow(interval, sources);
    if (touches && (interval.sources.size() > 1 || gap)) {
      out.back().range.end = interval.range.end;
      out.back().sources.insert(interval.sources.begin(), interval.sources.end());
    } else {
      out.push_back(interval);
    }
  }
  return out;
}

bool any_allowed(const OpenSegment::Table& segment, const BlockInfo& block, const SeriesSelection& selection) {
  if (selection.allowed.empty()) { return true; }
  for (std::uint32_t s = block.series_begin; s < block.series_begin + block.series_count; ++s) {
    if (selection.allows(segment.series[s])) { return true; }
  }
  return false;
}

void add_direct_tasks(const ScanContext& context, std::size_t shard, const TimeRange& range, std::uint32_t source,
                      std::vector<ScanTask>& tasks) {
  ScanTask task;
  task.shard = shard;
  task.range = range;
  task.sources = {source};
  const OpenSegment::Table* segment = context.shards[shard].sources[source].segment;
  if (segment == nullptr) {
    tasks.push_back(std::move(task));
    return;
  }
  const auto blocks = segment->rows->blocks();
  for (std::uint32_t b = 0; b < blocks.size(); ++b) {
    const bool inside =
        timestamp_from_ns(blocks[b].time_max) >= range.begin && timestamp_from_ns(blocks[b].time_min) < range.end;
    if (inside && any_allowed(*segment, blocks[b], context.shards[shard].selection)) { task.blocks.push_back(b); }
    if (task.blocks.size() == kBlocksPerTask || (b + 1 == blocks.size() && !task.blocks.empty())) {
      tasks.push_back(task);
      task.blocks.clear();
    }
  }
}

void add_merge_tasks(const ScanContext& context, std::size_t shard, const Interval& interval,
                     std::vector<ScanTask>& tasks) {
  std::uint64_t rows = 0;
  for (const std::uint32_t s : interval.sources) {
    const ScanSource& source = context.shards[shard].sources[s];
    const TimeRange inside = source.range.intersect(interval.range);
    const double share = static_cast<double>((inside.end - inside.begin).count()) /
                         static_cast<double>((source.range.end - source.range.begin).count());
    rows += static_cast<std::uint64_t>(static_cast<double>(source.rows) * share);
  }
  const std::uint64_t series = context.table->series(static_cast<std::uint32_t>(shard)).size();
  const std::uint64_t parts = std::clamp<std::uint64_t>(rows / kRowsPerMergeTask, 1,
                                                        std::min(kMergeTasksMax, std::max<std::uint64_t>(series, 1)));
  for (std::uint64_t p = 0; p < parts; ++p) {
    ScanTask task;
    task.shard = shard;
    task.range = interval.range;
    task.sources.assign(interval.sources.begin(), interval.sources.end());
    task.series_begin = SeriesId{static_cast<std::uint32_t>(series * p / parts)};
    task.series_end = SeriesId{static_cast<std::uint32_t>(series * (p + 1) / parts)};
    task.merge = true;
    tasks.push_back(std::move(task));
  }
}

std::vector<ScanTask> cut_into_tasks(const ScanContext& context, const TimeRange& wanted) {
  std::vector<ScanTask> tasks;
  for (std::size_t s = 0; s < context.shards.size(); ++s) {
    const std::vector<ScanSource>& sources = context.shards[s].sources;
    if (context.duplicates == DuplicatePolicy::kKeep) {
      for (std::uint32_t source = 0; source < sources.size(); ++source) {
        add_direct_tasks(context, s, wanted, source, tasks);
      }
      continue;
    }
    for (const Interval& interval : joined(elementary_intervals(sources, wanted), sources)) {
      if (interval.sources.size() > 1) {
        add_merge_tasks(context, s, interval, tasks);
      } else {
        add_direct_tasks(context, s, interval.range, *interval.sources.begin(), tasks);
      }
    }
  }
  return tasks;
}

ScanExtent extent_of(const ScanContext& context, const TimeRange& wanted) {
  ScanExtent extent;
  extent.range = {wanted.end, wanted.begin};
  for (std::uint32_t s = 0; s < context.shards.size(); ++s) {
    extent.series += context.table->series(s).size();
    for (const ScanSource& source : context.shards[s].sources) {
      const TimeRange inside = source.range.intersect(wanted);
      extent.rows += source.rows;
      extent.range.begin = std::min(extent.range.begin, inside.begin);
      extent.range.end = std::max(extent.range.end, inside.end);
    }
  }
  return extent;
}

}  // namespace

Result<std::unique_ptr<TableScan>> plan_scan(const std::shared_ptr<TableEntry>& table,
                                             std::shared_ptr<const TableSchema> schema,
                                             const std::shared_ptr<const std::vector<ShardView>>& shards,
                                             ScanRequest request) {
  auto context = std::make_shared<ScanContext>();
  context->table = table;
  context->schema = std::move(schema);
  context->duplicates = context->schema->duplicates;
  context->shards.resize(shards->size());
  SF_TRY(columns, resolve_columns(*context->schema, request));
  context->columns = std::move(columns);
  SF_CHECK(select_series(*context, request));
  collect_sources(*context, *shards, request.range);
  std::vector<ScanTask> tasks = cut_into_tasks(*context, request.range);
  const ScanExtent extent = extent_of(*context, request.range);
  return std::unique_ptr<TableScan>(std::make_unique<Plan>(std::move(context), std::move(tasks), extent));
}

ScanExtent extent_of_rows(const std::shared_ptr<TableEntry>& table, DuplicatePolicy duplicates,
                          const std::vector<ShardView>& shards, const TimeRange& range) {
  ScanContext context;
  context.table = table;
  context.duplicates = duplicates;
  collect_sources(context, shards, range);
  return extent_of(context, range);
}

}  // namespace streamflow::storage
