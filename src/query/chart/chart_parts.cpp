#include "query/chart/chart_parts.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace streamflow::query {

using analytics::Accumulator;
using analytics::XKey;

namespace {

// Rows of one series per stretch below which sorting a chunk by series is cheaper than adding stretch by stretch.
constexpr std::size_t kShortStretchRows = 8;

std::size_t stretch_count(std::span<const std::uint32_t> series) {
  std::size_t count = 1;
  for (std::size_t i = 1; i < series.size(); ++i) count += series[i] != series[i - 1] ? 1 : 0;
  return count;
}

}  // namespace

Accumulator* ChartPart::series_named(const SeriesName& name) {
  if (const auto found = series_.find(name); found != series_.end()) return &found->second;
  if (series_.size() >= plan_->series_max) {
    const auto last = std::prev(series_.end());
    if (last->first < name) {
      leave_out(name);
      return nullptr;
    }
    leave_out(last->first);
    series_.erase(last);
  }
  return &series_.try_emplace(name, plan_->column_count, plan_->exact_rows_max).first->second;
}

void ChartPart::leave_out(const SeriesName& name) {
  left_out_.insert(name.value_or("NULL"));
  if (left_out_.size() > kLeftOutMax) left_out_.erase(std::prev(left_out_.end()));
}

void ChartPart::add_segment(const ChartRows& rows, std::size_t begin, std::size_t end, Accumulator* accumulator) {
  if (accumulator == nullptr) return;
  const auto keys = rows.keys.subspan(begin, end - begin);
  std::vector<std::span<const double>> columns;
  columns.reserve(rows.columns.size());
  for (const auto& column : rows.columns) columns.push_back(column.subspan(begin, end - begin));
  plan_->grid.split(keys, runs_);
  accumulator->add(plan_->grid, runs_, keys, columns);
}

void ChartPart::add_sorted_by_series(const ChartRows& rows) {
  std::vector<std::uint32_t> order(rows.keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rows.series[a] < rows.series[b]; });
  const auto gather = [&order](auto from, auto& into) {
    into.reserve(order.size());
    for (const std::uint32_t row : order) into.push_back(from[row]);
  };
  std::vector<XKey> keys;
  std::vector<std::uint32_t> series;
  std::vector<std::vector<double>> columns(rows.columns.size());
  gather(rows.keys, keys);
  gather(rows.series, series);
  for (std::size_t i = 0; i < columns.size(); ++i) gather(rows.columns[i], columns[i]);
  ChartRows sorted{keys, {columns.begin(), columns.end()}, series, {}};
  for (std::size_t begin = 0; begin < keys.size();) {
    const auto end = static_cast<std::size_t>(
        std::upper_bound(series.begin() + static_cast<std::ptrdiff_t>(begin), series.end(), series[begin]) -
        series.begin());
    add_segment(sorted, begin, end, series_named(rows.names[series[begin]]));
    begin = end;
  }
}

void ChartPart::add(const ChartRows& rows) {
  if (rows.keys.empty()) return;
  row_count_ += rows.keys.size();
  if (plan_->find_ends) {
    for (const XKey key : rows.keys) {
      key_min_ = std::min(key_min_, key);
      key_max_ = std::max(key_max_, key);
    }
  }
  if (plan_->column_count == 0) return;
  if (rows.series.empty()) {
    add_segment(rows, 0, rows.keys.size(), series_named(rows.names.front()));
    return;
  }
  if (stretch_count(rows.series) * kShortStretchRows > rows.series.size()) {
    add_sorted_by_series(rows);
    return;
  }
  for (std::size_t begin = 0; begin < rows.series.size();) {
    std::size_t end = begin + 1;
    while (end < rows.series.size() && rows.series[end] == rows.series[begin]) ++end;
    add_segment(rows, begin, end, series_named(rows.names[rows.series[begin]]));
    begin = end;
  }
}

void ChartPart::merge(const ChartPart& other) {
  row_count_ += other.row_count_;
  key_min_ = std::min(key_min_, other.key_min_);
  key_max_ = std::max(key_max_, other.key_max_);
  for (const auto& name : other.left_out_) leave_out(name);
  for (const auto& [name, accumulator] : other.series_) {
    if (Accumulator* mine = series_named(name); mine != nullptr) mine->merge(plan_->grid, accumulator);
  }
}

bool ChartPart::exact() const {
  return std::all_of(series_.begin(), series_.end(), [](const auto& entry) { return entry.second.exact(); });
}

}  // namespace streamflow::query
