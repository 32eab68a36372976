#include "storage/scan/scan_columns.h"

#include <algorithm>
#include <cstring>

namespace streamflow::storage {
namespace {

constexpr std::size_t kWordsMax = kScanChunkRowsMax / 64;

bool is_valid(const std::uint64_t* validity, std::uint32_t row) {
  return ((validity[row / 64] >> (row % 64)) & 1U) != 0;
}

}  // namespace

ChunkBuilder::ChunkBuilder(std::span<const DeliveredColumn> columns, const SeriesSelection& selection)
    : columns_(columns), selection_(selection), buffers_(columns.size()) {}

void ChunkBuilder::build(std::span<const ColumnView> views, std::span<const RowRun> runs, ScanChunk& chunk) {
  rows_ = 0;
  contiguous_ = true;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    rows_ += runs[r].end - runs[r].begin;
    if (r > 0 && runs[r].begin != runs[r - 1].end) { contiguous_ = false; }
  }
  chunk.row_count = rows_;
  chunk.columns.assign(columns_.size(), ScanColumn{});
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    ScanColumn& out = chunk.columns[c];
    out.kind = columns_[c].kind;
    out.type = columns_[c].type;
    if (out.kind == ScanColumn::Kind::kTag) {
      deliver_tag(c, runs, out);
    } else {
      deliver_values(c, views[c], runs, out);
    }
  }
}

void ChunkBuilder::deliver_tag(std::size_t column, std::span<const RowRun> runs, ScanColumn& out) {
  const std::vector<std::uint32_t>& codes = selection_.codes[column];
  const std::uint32_t first = codes[runs.front().series.value];
  const bool constant =
      std::all_of(runs.begin(), runs.end(), [&](const RowRun& run) { return codes[run.series.value] == first; });
  if (constant) {
    out.constant_code = first;
    return;
  }
  std::vector<std::uint32_t>& buffer = buffers_[column].codes;
  buffer.clear();
  for (const RowRun& run : runs) { buffer.insert(buffer.end(), run.end - run.begin, codes[run.series.value]); }
  out.codes = buffer;
}

void ChunkBuilder::deliver_values(std::size_t column, const ColumnView& view, std::span<const RowRun> runs,
                                  ScanColumn& out) {
  Buffers& buffers = buffers_[column];
  const bool is_string = out.kind == ScanColumn::Kind::kField && out.type == FieldType::kString;
  if (view.absent) {
    buffers.bits.assign(is_string ? 0 : rows_, 0);
    buffers.strings.assign(is_string ? rows_ : 0, std::string_view());
    buffers.validity.assign((rows_ + 63) / 64, 0);
    out.bits = buffers.bits;
    out.strings = buffers.strings;
    out.validity = buffers.validity;
    return;
  }
  if (is_string && contiguous_ && view.strings != nullptr) {
    out.strings = {view.strings + runs.front().begin, rows_};
  } else if (is_string) {
    buffers.strings.clear();
    for (const RowRun& run : runs) {
      for (std::uint32_t row = run.begin; row < run.end; ++row) {
        buffers.strings.push_back(view.strings != nullptr ? view.strings[row] : (*view.string_column)[row]);
      }
    }
    out.strings = buffers.strings;
  } else if (contiguous_) {
    out.bits = {view.bits + runs.front().begin, rows_};
  } else {
    buffers.bits.clear();
    for (const RowRun& run : runs) {
      buffers.bits.insert(buffers.bits.end(), view.bits + run.begin, view.bits + run.end);
    }
    out.bits = buffers.bits;
  }
  if (view.validity != nullptr) { deliver_validity(buffers, view, runs, out); }
}

void ChunkBuilder::deliver_validity(Buffers& buffers, const ColumnView& view, std::span<const RowRun> runs,
                                    ScanColumn& out) {
  if (contiguous_ && runs.front().begin % 64 == 0) {
    out.validity = {view.validity + runs.front().begin / 64, (rows_ + 63) / 64};
    return;
  }
  buffers.validity.assign(kWordsMax, 0);
  std::size_t at = 0;
  for (const RowRun& run : runs) {
    for (std::uint32_t row = run.begin; row < run.end; ++row, ++at) {
      buffers.validity[at / 64] |= std::uint64_t{is_valid(view.validity, row)} << (at % 64);
    }
  }
  out.validity = std::span(buffers.validity).first((rows_ + 63) / 64);
}

void RunFeeder::reset(std::vector<RowRun> runs) {
  runs_ = std::move(runs);
  at_ = 0;
  offset_ = 0;
}

std::span<const RowRun> RunFeeder::next() {
  piece_.clear();
  std::size_t room = kScanChunkRowsMax;
  while (room > 0 && at_ < runs_.size()) {
    RowRun run = runs_[at_];
    run.begin += offset_;
    const std::size_t rows = run.end - run.begin;
    if (rows > room) {
      run.end = run.begin + static_cast<std::uint32_t>(room);
      offset_ += static_cast<std::uint32_t>(room);
    } else {
      ++at_;
      offset_ = 0;
    }
    if (run.begin < run.end) { piece_.push_back(run); }
    room -= std::min(room, rows);
  }
  return piece_;
}

}  // namespace streamflow::storage
