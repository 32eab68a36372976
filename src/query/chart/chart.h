// Charts: a statement's rows condensed, while they stream, to what `width` pixels can show.
// Source:     docs/http-api.md, "Charts"; analytics/downsample.
// Invariants: memory is bounded by series x width, whatever the statement returns. The same rows give the same answer,
//             in whatever order threads deliver them. Every point is a row of the statement, except candles.
// Threads:    run() once, on one thread; cancel() from any.
// Errors:     those of QueryService::execute(), and kInvalidArgument that names the member of the request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analytics/downsample/grid.h"
#include "query/query_service.h"

namespace streamflow::query {

enum class ChartMethod : std::uint8_t {
  kMinMax,            // lowest and highest of each pixel column
  kM4,                // and first and last: the pixels of the whole line
  kLargestTriangles,  // one point a pixel, for thin lines
  kCandles,           // open, high, low, close of round intervals, at most `width`
  kNone,              // the rows themselves
};

inline constexpr std::size_t kChartWidthMax = 10'000;
inline constexpr std::size_t kChartColumnsMax = 64;
inline constexpr std::size_t kChartSeriesMax = 200;       // values of split_by
inline constexpr std::size_t kChartBucketsMax = 1 << 20;  // series x columns x width, per thread: 100 MB
inline constexpr std::size_t kChartRowsMax = 100'000;     // per series, kNone
inline constexpr std::size_t kChartRowsAllMax = 500'000;  // of all series, kNone: some 20 MB of JSON

using ChartBound = std::variant<std::int64_t, double>;  // nanoseconds, or a number on a numeric x

struct ChartRequest {
  ProjectName project;
  std::string text;  // one statement
  std::vector<Parameter> parameters;
  std::optional<std::string> x;         // the first time column
  std::vector<std::string> y;           // every numeric column but x and split_by
  std::optional<std::string> split_by;  // one series per value
  std::optional<ChartBound> from, to;   // [from, to); where the rows begin and end
  std::size_t width = 1000;
  ChartMethod method = ChartMethod::kMinMax;
  QueryLimits limits;
};

struct ChartSeries {
  std::string column;               // of y
  std::optional<std::string> part;  // the value of split_by; nullopt for NULL and without split_by
  std::vector<std::int64_t> times;  // nanoseconds; empty when x is a number
  std::vector<double> numbers;      // x, when it is a number
  // One array: values, NaN where the line is broken. Four: open, high, low, close.
  std::vector<std::vector<double>> values;
};

struct ChartResult {
  ChartMethod method = ChartMethod::kMinMax;  // kNone when the rows were few enough
  std::string x;
  bool x_is_time = true;
  std::optional<std::string> split_by;
  std::optional<std::pair<ChartBound, ChartBound>> range;  // nullopt when there is no row and none was asked for
  std::vector<ChartSeries> series;                         // by part, then in the order of y
  std::vector<std::string> left_out;                       // first values of split_by without a series
  std::uint64_t left_out_count = 0;                        // at least so many
  std::uint64_t rows_scanned = 0;                          // inside the range
  double elapsed_ms = 0;
};

class ChartRun {
 public:
  virtual ~ChartRun() = default;
  virtual Result<ChartResult> run() = 0;
  virtual void cancel() = 0;
};

}  // namespace streamflow::query
