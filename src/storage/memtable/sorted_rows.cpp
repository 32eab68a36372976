#include "storage/memtable/sorted_rows.h"

#include <algorithm>
#include <map>

namespace streamflow::storage {
namespace {

struct RowRef {
  std::uint32_t source = 0, row = 0;
};

// The chosen rows in output order. Output row i is made of refs [group_begin[i], group_begin[i + 1]), oldest first;
// without groups it is refs[i] alone.
struct RowPlan {
  std::vector<RowRef> refs;
  std::vector<std::uint32_t> group_begin;  // empty: every ref is a row

  std::size_t row_count() const { return group_begin.empty() ? refs.size() : group_begin.size() - 1; }
};

bool is_valid(const std::uint64_t* validity, std::uint32_t row) {
  return validity == nullptr || ((validity[row / 64] >> (row % 64)) & 1U) != 0;
}

// One output column's inputs: entry s is source s's column, or null.
using ColumnSources = std::vector<const RowSource::Column*>;

// The ref that gives output row `row` its value, or null when it is NULL.
const RowRef* chosen(const RowPlan& plan, std::size_t row, const ColumnSources& sources, DuplicatePolicy duplicates) {
  const std::uint32_t begin = plan.group_begin.empty() ? static_cast<std::uint32_t>(row) : plan.group_begin[row];
  const std::uint32_t end = plan.group_begin.empty() ? begin + 1 : plan.group_begin[row + 1];
  for (std::uint32_t i = end; i > begin; --i) {  // newest first
    const RowRef& ref = plan.refs[i - 1];
    const RowSource::Column* column = sources[ref.source];
    if (column != nullptr && is_valid(column->validity, ref.row)) { return &ref; }
    if (duplicates == DuplicatePolicy::kLast) { return nullptr; }
  }
  return nullptr;
}

void gather_dense(SortedRows::Column& out, const RowPlan& plan, const ColumnSources& sources) {
  std::vector<const std::uint64_t*> bits(sources.size());
  for (std::size_t s = 0; s < sources.size(); ++s) { bits[s] = sources[s] == nullptr ? nullptr : sources[s]->bits; }
  out.bits.resize(plan.refs.size());
  for (std::size_t i = 0; i < plan.refs.size(); ++i) { out.bits[i] = bits[plan.refs[i].source][plan.refs[i].row]; }
}

void gather_checked(SortedRows::Column& out, const RowPlan& plan, const ColumnSources& sources,
                    DuplicatePolicy duplicates) {
  const std::size_t rows = plan.row_count();
  out.validity.assign((rows + 63) / 64, 0);
  if (out.type != FieldType::kString) { out.bits.assign(rows, 0); }
  std::size_t valid = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const RowRef* ref = chosen(plan, row, sources, duplicates);
    if (ref != nullptr) {
      out.validity[row / 64] |= std::uint64_t{1} << (row % 64);
      ++valid;
    }
    if (out.type == FieldType::kString) {
      out.strings.push_back(ref == nullptr ? std::string_view() : (*sources[ref->source]->strings)[ref->row]);
    } else if (ref != nullptr) {
      out.bits[row] = sources[ref->source]->bits[ref->row];
    }
  }
  if (valid == rows) { out.validity.clear(); }
}

void gather(SortedRows::Column& out, const RowPlan& plan, const ColumnSources& sources, DuplicatePolicy duplicates) {
  const bool dense = plan.group_begin.empty() && out.type != FieldType::kString &&
                     std::all_of(sources.begin(), sources.end(), [](const RowSource::Column* column) {
                       return column != nullptr && column->validity == nullptr;
                     });
  if (dense) {
    gather_dense(out, plan, sources);
  } else {
    gather_checked(out, plan, sources, duplicates);
  }
}

void assemble_columns(SortedRows& out, const RowPlan& plan, std::span<const RowSource> sources,
                      DuplicatePolicy duplicates) {
  std::map<std::uint32_t, ColumnSources> by_field;
  std::map<std::uint32_t, FieldType> types;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    for (const RowSource::Column& column : sources[s].columns) {
      ColumnSources& inputs = by_field[column.field];
      inputs.resize(sources.size(), nullptr);
      inputs[s] = &column;
      types[column.field] = column.type;
    }
  }
  for (const auto& [field, inputs] : by_field) {
    SortedRows::Column column;
    column.field = field;
    column.type = types[field];
    gather(column, plan, inputs, duplicates);
    out.columns.push_back(std::move(column));
  }
}

// Orders the refs of one series by time, keeping arrival order among equals; nothing to do for rows that came in order.
template <class TimeOf>
void order_by_time(std::vector<RowRef>& refs, std::uint32_t begin, std::uint32_t end, TimeOf time_of) {
  const auto first = refs.begin() + begin, last = refs.begin() + end;
  const auto earlier = [&](const RowRef& a, const RowRef& b) { return time_of(a) < time_of(b); };
  if (!std::is_sorted(first, last, earlier)) { std::stable_sort(first, last, earlier); }
}

// Turns equal times into groups. `series_end[i]` is the end of series i among the refs.
template <class TimeOf>
void group_duplicates(RowPlan& plan, std::vector<std::uint32_t>& series_end, TimeOf time_of) {
  bool any = false;
  std::uint32_t begin = 0;
  for (const std::uint32_t end : series_end) {
    for (std::uint32_t i = begin + 1; i < end && !any; ++i) {
      any = time_of(plan.refs[i]) == time_of(plan.refs[i - 1]);
    }
    begin = end;
  }
  if (!any) { return; }
  begin = 0;
  for (std::uint32_t& end : series_end) {
    for (std::uint32_t i = begin; i < end; ++i) {
      if (i == begin || time_of(plan.refs[i]) != time_of(plan.refs[i - 1])) { plan.group_begin.push_back(i); }
    }
    begin = end;
    end = static_cast<std::uint32_t>(plan.group_begin.size());
  }
  plan.group_begin.push_back(static_cast<std::uint32_t>(plan.refs.size()));
}

template <class TimeOf>
SortedRows assemble(std::vector<SeriesId> series, std::vector<std::uint32_t> series_end, RowPlan plan,
                    std::span<const RowSource> sources, DuplicatePolicy duplicates, TimeOf time_of) {
  if (duplicates != DuplicatePolicy::kKeep) { group_duplicates(plan, series_end, time_of); }
  SortedRows out;
  out.series = std::move(series);
  out.row_begin.insert(out.row_begin.end(), series_end.begin(), series_end.end());
  const std::size_t rows = plan.row_count();
  out.times.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    out.times[row] = time_of(plan.refs[plan.group_begin.empty() ? row : plan.group_begin[row]]);
  }
  if (rows > 0) {
    const auto [least, greatest] = std::minmax_element(out.times.begin(), out.times.end());
    out.time_min = *least;
    out.time_max = *greatest;
  }
  assemble_columns(out, plan, sources, duplicates);
  return out;
}

}  // namespace

const SortedRows::Column* SortedRows::column(std::uint32_t field) const {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.field == field; });
  return found == columns.end() ? nullptr : &*found;
}

std::size_t SortedRows::memory_bytes() const {
  std::size_t bytes = sizeof(SortedRows) + series.capacity() * 4 + row_begin.capacity() * 4 + times.capacity() * 8;
  for (const Column& column : columns) {
    bytes += sizeof(Column) + (column.bits.capacity() + column.validity.capacity()) * 8 +
             column.strings.offsets().size() * 4 + column.strings.bytes().capacity();
  }
  return bytes;
}

RowSource source_of(const SortedRows& rows) {
  RowSource source;
  source.times = rows.times;
  source.runs.reserve(rows.series.size());
  for (std::size_t s = 0; s < rows.series.size(); ++s) {
    source.runs.push_back({rows.series[s], rows.row_begin[s], rows.row_begin[s + 1]});
  }
  for (const SortedRows::Column& column : rows.columns) {
    source.columns.push_back({column.field, column.type, column.bits.data(), &column.strings,
                              column.validity.empty() ? nullptr : column.validity.data()});
  }
  return source;
}

namespace {

// The places of arrived rows after a counting sort by series, which keeps arrival order within each.
struct CountingSort {
  std::vector<SeriesId> series;
  std::vector<std::uint32_t> series_end;
  RowPlan plan;
};

CountingSort sort_by_series(std::span<const std::shared_ptr<const ArrivedRows>> arrived) {
  CountingSort out;
  std::size_t rows = 0;
  for (const auto& part : arrived) {
    out.series.insert(out.series.end(), part->series_ids.begin(), part->series_ids.end());
    rows += part->batch->row_count();
  }
  std::sort(out.series.begin(), out.series.end());
  out.series.erase(std::unique(out.series.begin(), out.series.end()), out.series.end());

  std::vector<std::vector<std::uint32_t>> places(arrived.size());  // [batch][its series] -> index into out.series
  std::vector<std::uint32_t> next(out.series.size() + 1, 0);
  for (std::size_t a = 0; a < arrived.size(); ++a) {
    for (const SeriesId id : arrived[a]->series_ids) {
      const auto place = std::lower_bound(out.series.begin(), out.series.end(), id);
      places[a].push_back(static_cast<std::uint32_t>(place - out.series.begin()));
    }
    for (const std::uint32_t s : arrived[a]->batch->series_of_row) { ++next[places[a][s] + 1]; }
  }
  for (std::size_t s = 1; s < next.size(); ++s) { next[s] += next[s - 1]; }
  out.series_end.assign(next.begin() + 1, next.end());
  out.plan.refs.resize(rows);
  for (std::uint32_t a = 0; a < arrived.size(); ++a) {
    const std::vector<std::uint32_t>& series_of_row = arrived[a]->batch->series_of_row;
    for (std::uint32_t row = 0; row < series_of_row.size(); ++row) {
      out.plan.refs[next[places[a][series_of_row[row]]]++] = {a, row};
    }
  }
  return out;
}

RowSource source_of(const ArrivedRows& arrived) {
  RowSource source;
  source.times = arrived.batch->times;
  for (std::size_t f = 0; f < arrived.batch->fields.size(); ++f) {
    const FieldVector& field = arrived.batch->fields[f];
    source.columns.push_back({arrived.field_indexes[f], field.type, field.bits.data(), &field.strings,
                              field.validity.empty() ? nullptr : field.validity.data()});
  }
  return source;
}

}  // namespace

SortedRows sort_rows(std::span<const std::shared_ptr<const ArrivedRows>> arrived, DuplicatePolicy duplicates) {
  CountingSort sorted = sort_by_series(arrived);
  std::vector<RowSource> sources;
  sources.reserve(arrived.size());
  for (const auto& part : arrived) { sources.push_back(source_of(*part)); }
  const auto time_of = [&](const RowRef& ref) { return sources[ref.source].times[ref.row]; };
  std::uint32_t begin = 0;
  for (const std::uint32_t end : sorted.series_end) {
    order_by_time(sorted.plan.refs, begin, end, time_of);
    begin = end;
  }
  // A batch may list a series that none of its rows uses; it is no series of the outcome.
  std::size_t kept = 0;
  for (std::size_t s = 0; s < sorted.series.size(); ++s) {
    if (sorted.series_end[s] == (kept == 0 ? 0 : sorted.series_end[kept - 1])) { continue; }
    sorted.series[kept] = sorted.series[s];
    sorted.series_end[kept++] = sorted.series_end[s];
  }
  sorted.series.resize(kept);
  sorted.series_end.resize(kept);
  return assemble(std::move(sorted.series), std::move(sorted.series_end), std::move(sorted.plan), sources, duplicates,
                  time_of);
}

SortedRows merge_rows(std::span<const RowSource> sources, DuplicatePolicy duplicates) {
  const auto time_of = [&](const RowRef& ref) { return sources[ref.source].times[ref.row]; };
  std::vector<std::size_t> at(sources.size(), 0);
  std::vector<SeriesId> series;
  std::vector<std::uint32_t> series_end;
  RowPlan plan;
  while (true) {
    const RowRun* least = nullptr;
    for (std::size_t s = 0; s < sources.size(); ++s) {
      if (at[s] < sources[s].runs.size() && (least == nullptr || sources[s].runs[at[s]].series < least->series)) {
        least = &sources[s].runs[at[s]];
      }
    }
    if (least == nullptr) { break; }
    const SeriesId id = least->series;
    const auto first = static_cast<std::uint32_t>(plan.refs.size());
    for (std::uint32_t s = 0; s < sources.size(); ++s) {
      if (at[s] >= sources[s].runs.size() || sources[s].runs[at[s]].series != id) { continue; }
      const RowRun& run = sources[s].runs[at[s]++];
      for (std::uint32_t row = run.begin; row < run.end; ++row) { plan.refs.push_back({s, row}); }
    }
    if (plan.refs.size() == first) { continue; }
    order_by_time(plan.refs, first, static_cast<std::uint32_t>(plan.refs.size()), time_of);
    series.push_back(id);
    series_end.push_back(static_cast<std::uint32_t>(plan.refs.size()));
  }
  return assemble(std::move(series), std::move(series_end), std::move(plan), sources, duplicates, time_of);
}

RowRun cut(const RowRun& run, std::span<const std::int64_t> times, const TimeRange& range) {
  const auto begin = times.begin() + run.begin, end = times.begin() + run.end;
  const auto first = std::lower_bound(begin, end, to_ns(range.begin));
  const auto last = std::lower_bound(first, end, to_ns(range.end));
  return {run.series, static_cast<std::uint32_t>(first - times.begin()),
          static_cast<std::uint32_t>(last - times.begin())};
}

}  // namespace streamflow::storage
