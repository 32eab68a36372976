// Decoding a segment's rows for a merge: series by series in file order, each block once.
#include <algorithm>

#include "storage/scan/scan_source.h"

namespace streamflow::storage {
namespace {

// Appends `count` validity bits of `from` (null: all set), starting at `begin`, after `have` earlier ones.
void append_validity(std::vector<std::uint64_t>& to, std::size_t have, const std::vector<std::uint64_t>& from,
                     std::size_t begin, std::size_t count) {
  if (to.empty() && from.empty()) { return; }
  if (to.empty()) {
    to.assign((have + 63) / 64, ~std::uint64_t{0});
    if (have % 64 != 0) { to.back() = (std::uint64_t{1} << (have % 64)) - 1; }
  }
  to.resize((have + count + 63) / 64, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = begin + i;
    const std::uint64_t bit = from.empty() ? 1U : (from[row / 64] >> (row % 64)) & 1U;
    to[(have + i) / 64] |= bit << ((have + i) % 64);
  }
}

class Decoder {
 public:
  Decoder(const ScanContext& context, const ScanTask& task, const ScanSource& source, ScanCounters& counters)
      : task_(task),
        segment_(*source.segment),
        hidden_(source.hidden.get()),
        selection_(context.shards[task.shard].selection),
        counters_(counters) {
    for (const DeliveredColumn& column : context.columns) {
      if (column.kind != ScanColumn::Kind::kField) { continue; }
      const bool known =
          std::any_of(out_.columns.begin(), out_.columns.end(), [&](const auto& c) { return c.field == column.index; });
      if (known || column.index >= segment_.fields.size() || !segment_.fields[column.index]) { continue; }
      SortedRows::Column out;
      out.field = column.index;
      out.type = column.type;
      out_.columns.push_back(std::move(out));
      fields_.push_back(*segment_.fields[column.index]);
    }
    decoded_.resize(fields_.size());
  }

  Result<DecodedRows> run() {
    for (std::uint32_t local = 0; local < segment_.series.size(); ++local) {
      const SeriesId id = segment_.series[local];
      if (id < task_.series_begin || id >= task_.series_end || !selection_.allows(id)) { continue; }
      SF_CHECK(take_series(local));
    }
    std::sort(out_.runs.begin(), out_.runs.end(), [](const RowRun& a, const RowRun& b) { return a.series < b.series; });
    return std::move(out_);
  }

 private:
  Status take_series(std::uint32_t local) {
    const std::uint32_t begin = segment_.rows->series_row_begin()[local],
                        end = segment_.rows->series_row_begin()[local + 1];
    const auto blocks = segment_.rows->blocks();
    auto block = std::upper_bound(blocks.begin(), blocks.end(), begin,
                                  [](std::uint32_t row, const BlockInfo& b) { return row < b.row_begin; }) -
                 1;
    RowRun run{segment_.series[local], static_cast<std::uint32_t>(out_.times.size()), 0};
    for (; block != blocks.end() && block->row_begin < end; ++block) {
      if (timestamp_from_ns(block->time_max) < task_.range.begin ||
          timestamp_from_ns(block->time_min) >= task_.range.end) {
        continue;
      }
      SF_CHECK(load(static_cast<std::size_t>(block - blocks.begin())));
      const std::uint32_t first = std::max(begin, block->row_begin) - block->row_begin;
      const std::uint32_t last = std::min(end, block->row_begin + block->row_count) - block->row_begin;
      const RowRun wanted = cut({run.series, first, last}, block_times_, task_.range);
      visible_.clear();
      if (hidden_ == nullptr) { visible_.push_back(wanted); }
      if (hidden_ != nullptr) { hidden_->append_visible(wanted, block_times_, visible_); }
      for (const RowRun& rows : visible_) { append(rows); }
    }
    run.end = static_cast<std::uint32_t>(out_.times.size());
    if (run.begin < run.end) { out_.runs.push_back(run); }
    return Ok{};
  }

  Status load(std::size_t block) {
    if (loaded_ == block) { return Ok{}; }
    SF_CHECK(segment_.rows->read_times(block, times_));
    block_times_.resize(times_.bits.size());
    std::transform(times_.bits.begin(), times_.bits.end(), block_times_.begin(),
                   [](std::uint64_t t) { return static_cast<std::int64_t>(t); });
    counters_.bytes_read += segment_.rows->encoded_bytes(block, std::nullopt);
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      SF_CHECK(segment_.rows->read_field(block, fields_[f], decoded_[f]));
      counters_.bytes_read += segment_.rows->encoded_bytes(block, fields_[f]);
    }
    ++counters_.blocks_decoded;
    loaded_ = block;
    return Ok{};
  }

  void append(const RowRun& rows) {
    const std::size_t have = out_.times.size(), count = rows.end - rows.begin;
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      SortedRows::Column& out = out_.columns[f];
      const DecodedColumn& from = decoded_[f];
      append_validity(out.validity, have, from.validity, rows.begin, count);
      if (out.type == FieldType::kString) {
        for (std::uint32_t row = rows.begin; row < rows.end; ++row) { out.strings.push_back(from.strings[row]); }
      } else {
        out.bits.insert(out.bits.end(), from.bits.begin() + rows.begin, from.bits.begin() + rows.end);
      }
    }
    out_.times.insert(out_.times.end(), block_times_.begin() + rows.begin, block_times_.begin() + rows.end);
  }

  const ScanTask& task_;
  const OpenSegment::Table& segment_;
  const HiddenRows* const hidden_;  // null: nothing is
  std::vector<RowRun> visible_;
  const SeriesSelection& selection_;
  ScanCounters& counters_;
  std::vector<std::uint32_t> fields_;  // of the segment, parallel to out_.columns
  std::vector<DecodedColumn> decoded_;
  DecodedColumn times_;
  std::vector<std::int64_t> block_times_;
  std::optional<std::size_t> loaded_;
  DecodedRows out_;
};

}  // namespace

Result<DecodedRows> decode_rows(const ScanContext& context, const ScanTask& task, const ScanSource& source,
                                ScanCounters& counters) {
  return Decoder(context, task, source, counters).run();
}

}  // namespace streamflow::storage
