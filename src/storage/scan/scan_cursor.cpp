// The three ways a task delivers its rows: blocks of one segment, one memtable page, a merge of several sources.
#include <algorithm>

#include "storage/scan/scan_source.h"
#include "storage/segment/segment_statistics.h"

namespace streamflow::storage {
namespace {

// Runs of a page that a task wants.
std::vector<RowRun> wanted_runs(const SortedRows& page, const ScanTask& task, const SeriesSelection& selection) {
  std::vector<RowRun> runs;
  const bool all_times =
      timestamp_from_ns(page.time_min) >= task.range.begin && timestamp_from_ns(page.time_max) < task.range.end;
  const auto first = std::lower_bound(page.series.begin(), page.series.end(), task.series_begin);
  for (auto s = static_cast<std::size_t>(first - page.series.begin());
       s < page.series.size() && page.series[s] < task.series_end; ++s) {
    if (!selection.allows(page.series[s])) { continue; }
    RowRun run{page.series[s], page.row_begin[s], page.row_begin[s + 1]};
    if (!all_times) { run = cut(run, page.times, task.range); }
    if (run.begin < run.end) { runs.push_back(run); }
  }
  return runs;
}

std::vector<ColumnView> views_of(const SortedRows& rows, std::span<const DeliveredColumn> columns) {
  std::vector<ColumnView> views(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].kind == ScanColumn::Kind::kTime) {
      views[c].bits = reinterpret_cast<const std::uint64_t*>(rows.times.data());
    } else if (columns[c].kind == ScanColumn::Kind::kField) {
      const SortedRows::Column* column = rows.column(columns[c].index);
      views[c].absent = column == nullptr;
      if (column == nullptr) { continue; }
      views[c].bits = column->bits.data();
      views[c].string_column = &column->strings;
      views[c].validity = column->validity.empty() ? nullptr : column->validity.data();
    }
  }
  return views;
}

class CursorBase : public TaskCursor {
 public:
  CursorBase(std::shared_ptr<const ScanContext> context, const ScanTask& task)
      : context_(std::move(context)), task_(task), builder_(context_->columns, selection()) {}
  ScanCounters counters() const override { return counters_; }

 protected:
  const ScanContext::Shard& shard() const { return context_->shards[task_.shard]; }
  const SeriesSelection& selection() const { return shard().selection; }
  bool deliver(ScanChunk& chunk) {
    const std::span<const RowRun> runs = feeder_.next();
    if (runs.empty()) { return false; }
    builder_.build(views_, runs, chunk);
    counters_.rows += chunk.row_count;
    return true;
  }

  const std::shared_ptr<const ScanContext> context_;
  const ScanTask task_;
  ChunkBuilder builder_;
  RunFeeder feeder_;
  std::vector<ColumnView> views_;
  ScanCounters counters_;
};

class PageCursor final : public CursorBase {
 public:
  using CursorBase::CursorBase;
  Result<bool> next(ScanChunk& chunk) override {
    if (!started_) {
      started_ = true;
      const SortedRows& page = *shard().sources[task_.sources.front()].page;
      views_ = views_of(page, context_->columns);
      feeder_.reset(wanted_runs(page, task_, selection()));
    }
    const bool more = deliver(chunk);
    counters_.memtable_rows = counters_.rows;
    return more;
  }

 private:
  bool started_ = false;
};

class MergeCursor final : public CursorBase {
 public:
  using CursorBase::CursorBase;
  Result<bool> next(ScanChunk& chunk) override {
    if (!started_) {
      started_ = true;
      SF_CHECK(merge());
    }
    return deliver(chunk);
  }

 private:
  Status merge() {
    std::vector<RowSource> sources;
    std::vector<DecodedRows> decoded;
    decoded.reserve(task_.sources.size());  // sources point into it
    for (const std::uint32_t index : task_.sources) {
      const ScanSource& source = shard().sources[index];
      if (source.segment != nullptr) {
        SF_TRY(rows, decode_rows(*context_, task_, source, counters_));
        decoded.push_back(std::move(rows));
        sources.push_back(source_of(decoded.back()));
      } else {
        sources.push_back(source_of_page(*source.page));
      }
    }
    rows_ = merge_rows(sources, context_->duplicates);
    views_ = views_of(rows_, context_->columns);
    feeder_.reset(source_of_rows_runs());
    return Ok{};
  }

  static RowSource source_of(const DecodedRows& rows) {
    RowSource source;
    source.runs = rows.runs;
    source.times = rows.times;
    for (const SortedRows::Column& column : rows.columns) { source.columns.push_back(column_of(column)); }
    return source;
  }

  RowSource source_of_page(const SortedRows& page) {
    RowSource source;
    source.runs = wanted_runs(page, task_, selection());
    source.times = page.times;
    for (const SortedRows::Column& column : page.columns) {
      const bool wanted = std::any_of(
          context_->columns.begin(), context_->columns.end(),
          [&](const DeliveredColumn& c) { return c.kind == ScanColumn::Kind::kField && c.index == column.field; });
      if (wanted) { source.columns.push_back(column_of(column)); }
    }
    for (const RowRun& run : source.runs) { counters_.memtable_rows += run.end - run.begin; }
    return source;
  }

  static RowSource::Column column_of(const SortedRows::Column& column) {
    return {column.field, column.type, column.bits.data(), &column.strings,
            column.validity.empty() ? nullptr : column.validity.data()};
  }

  std::vector<RowRun> source_of_rows_runs() const { return storage::source_of(rows_).runs; }

  SortedRows rows_;
  bool started_ = false;
};

class SegmentCursor final : public CursorBase {
 public:
  SegmentCursor(std::shared_ptr<const ScanContext> context, const ScanTask& task)
      : CursorBase(std::move(context), task),
        segment_(*shard().sources[task_.sources.front()].segment),
        hidden_(shard().sources[task_.sources.front()].hidden.get()),
        decoded_(context_->columns.size()) {
    views_.resize(context_->columns.size());
  }

  Result<bool> next(ScanChunk& chunk) override {
    while (!deliver(chunk)) {
      if (at_ == task_.blocks.size()) { return false; }
      SF_CHECK(load(task_.blocks[at_++]));
    }
    return true;
  }

  Status aggregate(Groups& groups) {
    const AggregateSpec& spec = groups.spec();
    std::vector<std::uint32_t> codes(spec.tags.size());
    ScanChunk chunk;
    for (const std::uint32_t block : task_.blocks) {
      const BlockInfo& info = segment_.rows->blocks()[block];
      if (is_one_group(info, spec)) {
        const SeriesId series = segment_.series[info.series_begin];
        for (std::size_t t = 0; t < codes.size(); ++t) { codes[t] = selection().codes[spec.tags[t]][series.value]; }
        SF_TRY(statistics, statistics_of(block, spec));
        groups.add(codes, info.time_min, info.time_max, info.row_count, statistics);
        counters_.rows += info.row_count;
        ++counters_.blocks_from_statistics;
        continue;
      }
      SF_CHECK(load(block));
      while (deliver(chunk)) { groups.add(chunk); }
    }
    return Ok{};
  }

 private:
  Status load(std::size_t block) {
    const BlockInfo& info = segment_.rows->blocks()[block];
    const bool hides = hides_rows(info);
    const bool all_times = !hides && timestamp_from_ns(info.time_min) >= task_.range.begin &&
                           timestamp_from_ns(info.time_max) < task_.range.end;
    times_loaded_ = false;
    if (!all_times) { SF_CHECK(load_times(block)); }
    std::vector<RowRun> runs;
    for (std::uint32_t s = info.series_begin; s < info.series_begin + info.series_count; ++s) {
      if (!selection().allows(segment_.series[s])) { continue; }
      const auto row_begin = segment_.rows->series_row_begin();
      RowRun run{segment_.series[s], std::max(row_begin[s], info.row_begin) - info.row_begin,
                 std::min(row_begin[s + 1], info.row_begin + info.row_count) - info.row_begin};
      if (!all_times) {
        const auto times = std::span(reinterpret_cast<const std::int64_t*>(times_.bits.data()), times_.bits.size());
        run = cut(run, times, task_.range);
        if (hides) {
          hidden_->append_visible(run, times, runs);
          continue;
        }
      }
      if (run.begin < run.end) { runs.push_back(run); }
    }
    if (!runs.empty()) { SF_CHECK(load_columns(block)); }
    feeder_.reset(std::move(runs));
    return Ok{};
  }

  Status load_times(std::size_t block) {
    if (times_loaded_) { return Ok{}; }
    times_loaded_ = true;
    counters_.bytes_read += segment_.rows->encoded_bytes(block, std::nullopt);
    return segment_.rows->read_times(block, times_);
  }

  Status load_columns(std::size_t block) {
    ++counters_.blocks_decoded;
    for (std::size_t c = 0; c < context_->columns.size(); ++c) {
      const DeliveredColumn& column = context_->columns[c];
      ColumnView& view = views_[c];
      view = {};
      if (column.kind == ScanColumn::Kind::kTime) {
        SF_CHECK(load_times(block));
        view.bits = times_.bits.data();
      } else if (column.kind == ScanColumn::Kind::kField) {
        view.absent = column.index >= segment_.fields.size() || !segment_.fields[column.index];
        if (view.absent) { continue; }
        const std::uint32_t field = *segment_.fields[column.index];
        SF_CHECK(segment_.rows->read_field(block, field, decoded_[c]));
        counters_.bytes_read += segment_.rows->encoded_bytes(block, field);
        view.bits = decoded_[c].bits.data();
        view.strings = column.type == FieldType::kString ? decoded_[c].strings.data() : nullptr;
        view.validity = decoded_[c].validity.empty() ? nullptr : decoded_[c].validity.data();
      }
    }
    return Ok{};
  }

  bool hides_rows(const BlockInfo& block) const {
    if (hidden_ == nullptr) { return false; }
    for (std::uint32_t s = block.series_begin; s < block.series_begin + block.series_count; ++s) {
      if (hidden_->touches(segment_.series[s], block.time_min, block.time_max)) { return true; }
    }
    return false;
  }

  // Whether every row of the block is wanted and falls into one group, so that its statistics answer for it.
  bool is_one_group(const BlockInfo& block, const AggregateSpec& spec) const {
    const Timestamp first = timestamp_from_ns(block.time_min), last = timestamp_from_ns(block.time_max);
    if (!spec.use_statistics || first < task_.range.begin || last >= task_.range.end || hides_rows(block)) {
      return false;
    }
    if (spec.bucket_of && !spec.bucket_of(first).contains(last)) { return false; }
    return block.series_count == 1 || is_one_group_of_series(block, spec);
  }

  // Of a packed block: whether all its series are wanted and have the tags of the first.
  bool is_one_group_of_series(const BlockInfo& block, const AggregateSpec& spec) const {
    const auto series = std::span(segment_.series).subspan(block.series_begin, block.series_count);
    return std::all_of(series.begin(), series.end(), [&](SeriesId id) {
      return selection().allows(id) && std::all_of(spec.tags.begin(), spec.tags.end(), [&](std::size_t tag) {
               const std::vector<std::uint32_t>& codes = selection().codes[tag];
               return codes[id.value] == codes[series.front().value];
             });
    });
  }

  Result<std::span<const BlockStatistics>> statistics_of(std::size_t block, const AggregateSpec& spec) {
    const SegmentTable::MicroRange range = segment_.rows->micro_range(block);
    if (range.group != group_) {
      group_statistics_.assign(spec.fields.size(), nullptr);
      group_ = range.group;
    }
    block_statistics_.assign(spec.fields.size(), {});
    for (std::size_t f = 0; f < spec.fields.size(); ++f) {
      const std::uint32_t field = context_->columns[spec.fields[f].column].index;
      BlockStatistics& merged = block_statistics_[f];
      if (field >= segment_.fields.size() || !segment_.fields[field]) {
        merged.nulls = segment_.rows->blocks()[block].row_count;
        continue;
      }
      if (group_statistics_[f] == nullptr) {
        SF_TRY(statistics, segment_.rows->group_statistics(range.group, *segment_.fields[field]));
        group_statistics_[f] = std::move(statistics);
      }
      for (const BlockStatistics& micro : std::span(*group_statistics_[f]).subspan(range.begin, range.count)) {
        merge_statistics(spec.fields[f].type, micro, merged);
      }
    }
    return std::span<const BlockStatistics>(block_statistics_);
  }

  const OpenSegment::Table& segment_;
  const HiddenRows* const hidden_;  // null: nothing is
  std::vector<DecodedColumn> decoded_;
  DecodedColumn times_;
  bool times_loaded_ = false;
  std::size_t at_ = 0;

  // Of aggregate(): statistics of the row group at hand, per field of the spec.
  std::size_t group_ = ~std::size_t{0};
  std::vector<std::shared_ptr<const std::vector<BlockStatistics>>> group_statistics_;
  std::vector<BlockStatistics> block_statistics_;
};

Status aggregate_cursor(TaskCursor& cursor, Groups& groups) {
  ScanChunk chunk;
  while (true) {
    SF_TRY(more, cursor.next(chunk));
    if (!more) { return Ok{}; }
    groups.add(chunk);
  }
}

}  // namespace

Status aggregate_task(const std::shared_ptr<const ScanContext>& context, const ScanTask& task, Groups& groups,
                      ScanCounters& counters) {
  const ScanSource& first = context->shards[task.shard].sources[task.sources.front()];
  if (!task.merge && first.segment != nullptr) {
    SegmentCursor cursor(context, task);
    SF_CHECK(cursor.aggregate(groups));
    counters.add(cursor.counters());
    return Ok{};
  }
  const std::unique_ptr<TaskCursor> cursor = make_cursor(context, task);
  SF_CHECK(aggregate_cursor(*cursor, groups));
  counters.add(cursor->counters());
  return Ok{};
}

void ScanCounters::add(const ScanCounters& more) {
  blocks_decoded += more.blocks_decoded;
  blocks_skipped += more.blocks_skipped;
  blocks_from_statistics += more.blocks_from_statistics;
  bytes_read += more.bytes_read;
  rows += more.rows;
  memtable_rows += more.memtable_rows;
}

Status TableScan::aggregate(std::size_t task, Groups& groups, ScanCounters& counters) const {
  SF_TRY(cursor, open(task));
  SF_CHECK(aggregate_cursor(*cursor, groups));
  counters.add(cursor->counters());
  return Ok{};
}

std::unique_ptr<TaskCursor> make_cursor(std::shared_ptr<const ScanContext> context, const ScanTask& task) {
  const ScanSource& first = context->shards[task.shard].sources[task.sources.front()];
  if (task.merge) { return std::make_unique<MergeCursor>(std::move(context), task); }
  if (first.segment != nullptr) { return std::make_unique<SegmentCursor>(std::move(context), task); }
  return std::make_unique<PageCursor>(std::move(context), task);
}

}  // namespace streamflow::storage
