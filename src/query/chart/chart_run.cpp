#include "query/chart/chart_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

#include "query/chart/chart_function.h"
#include "query/chart/chart_statement.h"

namespace streamflow::query {

namespace {

using analytics::Accumulator;
using analytics::Grid;
using analytics::Point;
using analytics::XKey;
using analytics::XKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMinMaxPoints = 2;
constexpr std::size_t kM4Points = 4;

double as_number(const ChartBound& bound) {
  const auto* integer = std::get_if<std::int64_t>(&bound);
  return integer == nullptr ? std::get<double>(bound) : static_cast<double>(*integer);
}

// Rows of a series up to which they are kept as they are.
std::size_t exact_rows_max(const ChartRequest& request) {
  switch (request.method) {
    case ChartMethod::kMinMax: return kMinMaxPoints * request.width;
    case ChartMethod::kM4: return kM4Points * request.width;
    case ChartMethod::kLargestTriangles: return analytics::kMinMaxRatio * request.width;
    case ChartMethod::kCandles: return kM4Points * request.width;
    case ChartMethod::kNone: return kChartRowsMax;
  }
  return 0;
}

// LTTB chooses among two extremes of each of these.
std::size_t bucket_count(const ChartRequest& request) {
  return request.method == ChartMethod::kLargestTriangles ? request.width * analytics::kMinMaxRatio / 2 : request.width;
}

Status check_bounds(const ChartRequest& request, bool x_is_time) {
  for (const auto& [name, bound] : {std::pair("from", &request.from), std::pair("to", &request.to)}) {
    if (!bound->has_value()) continue;
    if (x_is_time && std::holds_alternative<double>(**bound)) {
      return Error{ErrorCode::kInvalidArgument,
                   "`" + std::string(name) + "`: x is a time: wanted RFC 3339 text or integer nanoseconds"};
    }
  }
  return Ok{};
}

class DuckDbChart : public ChartRun {
 public:
  DuckDbChart(std::shared_ptr<ProjectInstance> instance, ChartRequest request, Watchdog& watchdog,
              std::shared_ptr<QueryCounters> counters)
      : started_(Clock::now()),
        request_(std::move(request)),
        watchdog_(watchdog),
        counters_(std::move(counters)),
        instance_(std::move(instance)) {}

  Status prepare() {
    if (request_.width < 1 || request_.width > kChartWidthMax) {
      return Error{ErrorCode::kInvalidArgument, "`width`: wanted 1 to " + std::to_string(kChartWidthMax) + ", got " +
                                                    std::to_string(request_.width)};
    }
    SF_TRY(stream, start_query(instance_, query_request(), watchdog_, counters_));
    SF_TRY(columns, choose_columns(request_, stream->columns()));
    columns_ = columns;
    SF_CHECK(check_bounds(request_, columns_.x_is_time));
    if (request_.method == ChartMethod::kCandles && !columns_.x_is_time) {
      return Error{ErrorCode::kInvalidArgument, "`method`: ohlc wants a time as x"};
    }
    for (const std::size_t y : columns_.y) y_names_.push_back(stream->columns()[y].name);
    x_name_ = stream->columns()[columns_.x].name;
    // Also checks what a chart refuses of a statement.
    SF_TRY(statement, chart_statement(request_.text, gate_options(query_request()), columns_, {}, true));
    plain_scan_ = statement.plain_scan;
    return Ok{};
  }

  Result<ChartResult> run() override {
    auto result = draw();
    if (!result.has_value() && !failure_counted_) count_failure(*counters_, result.error());
    return result;
  }

  void cancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (stream_) stream_->cancel();
  }

 private:
  QueryRequest query_request() const {
    return {request_.project, request_.text, request_.parameters, ResultFormat::kJson, request_.limits};
  }

  ChartPlan plan_over(const Grid& grid, bool with_values) const {
    ChartPlan plan{grid,
                   columns_.x_is_time ? XKind::kTime : XKind::kNumber,
                   with_values ? columns_.y.size() : 0,
                   exact_rows_max(request_),
                   1,
                   with_values && columns_.split.has_value()};
    if (plan.split) {
      const std::size_t fitting = kChartBucketsMax / (grid.count() * columns_.y.size());
      plan.series_max = std::clamp<std::size_t>(fitting, 1, kChartSeriesMax);
    }
    return plan;
  }

  // One execution of the statement. The sink is whole when it returns.
  Result<duckdb::shared_ptr<ChartSink>> pass(const ChartPlan& plan, const ChartRange& range) {
    auto sink = duckdb::make_shared_ptr<ChartSink>(plan);
    const bool with_values = plan.column_count > 0;
    StatementSource source;
    source.started = started_;
    source.attach = [sink](duckdb::ClientContext& context) { attach(context, sink); };
    source.make = [this, range, with_values]() -> Result<duckdb::unique_ptr<duckdb::SQLStatement>> {
      SF_TRY(made, chart_statement(request_.text, gate_options(query_request()), columns_, range, with_values));
      return std::move(made.statement);
    };
    SF_TRY(opened, start_statement(instance_, query_request(), std::move(source), watchdog_, counters_));
    std::shared_ptr<ResultStream> stream = std::move(opened);
    SF_CHECK(watch(stream));
    std::string ignored;
    for (bool more = true; more;) {
      ignored.clear();
      auto next = stream->next(ignored);
      failure_counted_ = !next.has_value();  // by the stream
      if (failure_counted_) return std::move(next).error();
      more = *next;
    }
    SF_CHECK(watch(nullptr));
    return sink;
  }

  Status watch(std::shared_ptr<ResultStream> stream) {
    const std::lock_guard lock(mutex_);
    stream_ = std::move(stream);
    if (cancelled_) return Error{ErrorCode::kCancelled, "the query was cancelled"};
    return Ok{};
  }

  Result<Grid> grid_over(const ChartBound& from, const ChartBound& to) const {
    if (!columns_.x_is_time) return Grid::of_numbers(as_number(from), as_number(to), bucket_count(request_));
    const XKey begin = std::get<std::int64_t>(from);
    const XKey end = std::get<std::int64_t>(to);
    return request_.method == ChartMethod::kCandles ? Grid::of_round_steps(begin, end, request_.width)
                                                    : Grid::of_times(begin, end, bucket_count(request_));
  }

  Result<ChartResult> draw() {
    if (request_.from.has_value() && request_.to.has_value()) {
      SF_TRY(grid, grid_over(*request_.from, *request_.to));
      SF_TRY(sink, pass(plan_over(grid, true), {request_.from, request_.to}));
      return result_of(sink->whole(), grid, *request_.from, *request_.to);
    }
    const Grid everything =
        columns_.x_is_time
            ? Grid::of_times(std::numeric_limits<XKey>::min(), std::numeric_limits<XKey>::max(), 1).value()
            : Grid::of_numbers(std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max(), 1).value();
    ChartPlan surveying = plan_over(everything, !plain_scan_);
    surveying.find_ends = true;
    SF_TRY(survey, pass(surveying, {request_.from, request_.to}));
    const ChartPart& seen = survey->whole();
    if (seen.row_count() == 0) return empty_result();
    const auto [from, to] = range_of(seen);
    SF_TRY(grid, grid_over(from, to));
    if (!plain_scan_ && seen.exact() && fits_memory(seen, grid)) return result_of(seen, grid, from, to);
    SF_TRY(sink, pass(plan_over(grid, true), {from, to, !columns_.x_is_time}));
    return result_of(sink->whole(), grid, from, to);
  }

  // The survey counts one bucket a series and may have kept more of them.
  bool fits_memory(const ChartPart& part, const Grid& grid) const {
    return part.series().size() <= plan_over(grid, true).series_max;
  }

  // What was asked for, else where the rows begin and end. Times end one after the last, as ranges are half open.
  std::pair<ChartBound, ChartBound> range_of(const ChartPart& seen) const {
    const auto bound = [this](XKey key, std::int64_t more) -> ChartBound {
      if (columns_.x_is_time) return key + more;
      return analytics::number_of(key);
    };
    return {request_.from.value_or(bound(seen.key_min(), 0)), request_.to.value_or(bound(seen.key_max(), 1))};
  }

  ChartResult empty_result() const {
    ChartResult result;
    result.method = request_.method;
    result.x = x_name_;
    result.x_is_time = columns_.x_is_time;
    result.split_by = request_.split_by;
    if (request_.from.has_value() && request_.to.has_value()) result.range = {*request_.from, *request_.to};
    result.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
    return result;
  }

  Result<ChartResult> result_of(const ChartPart& part, const Grid& grid, const ChartBound& from,
                                const ChartBound& to) const {
    if (request_.method == ChartMethod::kNone && !part.exact()) {
      return Error{ErrorCode::kTooLarge, "a series has more than " + std::to_string(kChartRowsMax) +
                                             " rows: with `method` none all are drawn; narrow the range or choose "
                                             "minmax"};
    }
    if (request_.method == ChartMethod::kNone && part.row_count() > kChartRowsAllMax) {
      return Error{ErrorCode::kTooLarge, "the statement has " + std::to_string(part.row_count()) +
                                             " rows: with `method` none at most " + std::to_string(kChartRowsAllMax) +
                                             " are drawn; narrow the range or choose minmax"};
    }
    ChartResult result = empty_result();
    result.range = {from, to};
    result.rows_scanned = part.row_count();
    result.left_out.assign(part.left_out().begin(), part.left_out().end());
    result.left_out_count = part.left_out().size();
    const bool unchanged = std::all_of(part.series().begin(), part.series().end(),
                                       [this](const auto& entry) { return is_unchanged(entry.second); });
    if (unchanged) result.method = ChartMethod::kNone;
    for (const auto& [name, accumulator] : part.series()) add_series(name, accumulator, grid, result);
    result.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
    return result;
  }

  bool is_unchanged(const Accumulator& rows) const {
    if (request_.method == ChartMethod::kCandles || !rows.exact()) return false;
    return request_.method != ChartMethod::kLargestTriangles || rows.row_count() <= request_.width;
  }

  void add_series(const SeriesName& name, const Accumulator& rows, const Grid& grid, ChartResult& result) const {
    const Accumulator* drawn = &rows;
    Accumulator condensed(0, 0);
    if (request_.method == ChartMethod::kCandles && rows.exact()) {
      condensed = rows;
      condensed.give_up_rows(grid);
      drawn = &condensed;
    }
    for (std::size_t i = 0; i < y_names_.size(); ++i) {
      ChartSeries series;
      series.column = y_names_[i];
      series.part = name;
      if (request_.method == ChartMethod::kCandles) {
        add_candles(drawn->buckets(i).candles(), grid, series);
      } else {
        add_points(points_of(*drawn, i), series);
      }
      result.series.push_back(std::move(series));
    }
  }

  std::vector<Point> points_of(const Accumulator& rows, std::size_t column) const {
    const bool triangles = request_.method == ChartMethod::kLargestTriangles;
    std::vector<Point> points;
    if (rows.exact()) {
      points = rows.line(column);
    } else if (request_.method == ChartMethod::kM4) {
      points = rows.buckets(column).outline();
    } else {
      points = rows.buckets(column).extremes();
    }
    if (!triangles) return points;
    return analytics::largest_triangles(points, columns_.x_is_time ? XKind::kTime : XKind::kNumber, request_.width);
  }

  void add_points(const std::vector<Point>& points, ChartSeries& series) const {
    series.values.resize(1);
    series.values[0].reserve(points.size());
    for (const Point& point : points) {
      if (columns_.x_is_time) {
        series.times.push_back(point.x);
      } else {
        series.numbers.push_back(analytics::number_of(point.x));
      }
      series.values[0].push_back(point.y);
    }
  }

  static void add_candles(const std::vector<analytics::Candle>& candles, const Grid& grid, ChartSeries& series) {
    series.values.resize(4);
    for (const analytics::Candle& candle : candles) {
      series.times.push_back(grid.bucket_begin(candle.bucket));
      const double prices[] = {candle.open, candle.high, candle.low, candle.close};
      for (std::size_t i = 0; i < 4; ++i) series.values[i].push_back(prices[i]);
    }
  }

  const Clock::time_point started_;
  const ChartRequest request_;
  Watchdog& watchdog_;
  const std::shared_ptr<QueryCounters> counters_;    // shared with the service
  const std::shared_ptr<ProjectInstance> instance_;  // shared with the cache
  ChartColumns columns_;
  std::string x_name_;
  std::vector<std::string> y_names_;
  bool plain_scan_ = false;
  bool failure_counted_ = false;
  std::mutex mutex_;
  std::shared_ptr<ResultStream> stream_;  // the pass that runs; guarded by mutex_
  bool cancelled_ = false;                // guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<ChartRun>> start_chart(const std::shared_ptr<ProjectInstance>& instance, ChartRequest request,
                                              Watchdog& watchdog, const std::shared_ptr<QueryCounters>& counters) {
  auto chart = std::make_unique<DuckDbChart>(instance, std::move(request), watchdog, counters);
  SF_CHECK(chart->prepare());
  return std::unique_ptr<ChartRun>(std::move(chart));
}

}  // namespace streamflow::query
