// The three ways a task delivers its rows: blocks of one segment, one memtable page, a merge of several sources.
#include <algorithm>

#include "storage/scan_source.h"

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
        SF_TRY(rows, decode_rows(*context_, task_, *source.segment, counters_));
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

 private:
  Status load(std::size_t block) {
    const BlockInfo& info = segment_.rows->blocks()[block];
    const bool all_times =
        timestamp_from_ns(info.time_min) >= task_.range.begin && timestamp_from_ns(info.time_max) < task_.range.end;
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

  const OpenSegment::Table& segment_;
  std::vector<DecodedColumn> decoded_;
  DecodedColumn times_;
  bool times_loaded_ = false;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<TaskCursor> make_cursor(std::shared_ptr<const ScanContext> context, const ScanTask& task) {
  const ScanSource& first = context->shards[task.shard].sources[task.sources.front()];
  if (task.merge) { return std::make_unique<MergeCursor>(std::move(context), task); }
  if (first.segment != nullptr) { return std::make_unique<SegmentCursor>(std::move(context), task); }
  return std::make_unique<PageCursor>(std::move(context), task);
}

}  // namespace streamflow::storage
