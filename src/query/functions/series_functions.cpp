#include "query/functions/series_functions.h"

#include <string>
#include <vector>

#include "duckdb/common/exception.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/main/client_context.hpp"
#include "query/functions/point_collector.h"
#include "query/functions/series_math.h"
#include "query/functions/time_arithmetic.h"

namespace streamflow::query {

namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

constexpr std::int64_t kPointsMax = 1'000'000;  // that a downsampling may keep

// What a function was bound with.
struct Settings : public PointBinding {
  using PointBinding::PointBinding;

  Interpolation between = Interpolation::kLinear;
  std::size_t count = 0;

  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<Settings>(*this); }
  bool Equals(const FunctionData& other) const override {
    const auto& settings = other.Cast<Settings>();
    return between == settings.between && count == settings.count;
  }
};

// Function: `Input` of its vectors, `Stored` in points, `answer(points, settings)`.
template <class Function>
void finalize(Vector& states, AggregateInputData& input, Vector& result, idx_t count, idx_t offset) {
  const StateColumn<SeriesPoints<typename Function::Stored>> points(states, count);
  const auto& settings = input.bind_data->Cast<Settings>();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t i = 0; i < count; ++i) { write(result, offset + i, Function::answer(points[i].ordered(), settings)); }
}

duckdb::unique_ptr<duckdb::FunctionData> bind_plain(duckdb::ClientContext& context, AggregateFunction&, Arguments&) {
  return duckdb::make_uniq<Settings>(context);
}

template <class Function>
AggregateFunction make(const char* name, const LogicalType& value, const LogicalType& result) {
  using Collector = PointCollector<typename Function::Input, typename Function::Stored>;
  return Collector::make(name, {value, LogicalType::TIMESTAMP_NS}, result, finalize<Function>, bind_plain);
}

template <class Value>
using Answer = std::optional<double> (*)(std::span<const SeriesPoint<Value>>);

template <class Value, Answer<Value> kAnswer>
struct Number {
  using Stored = Value;
  using Input = Value;
  static std::optional<double> answer(std::span<const SeriesPoint<Value>> points, const Settings&) {
    return kAnswer(points);
  }
};

// In an own overload for integers, because differences of large counters do not fit a double.
template <Answer<double> kDoubles, Answer<std::int64_t> kSigned, Answer<std::uint64_t> kUnsigned>
void add_counter(duckdb::ClientContext& context, const char* name) {
  add_aggregate(context, make<Number<double, kDoubles>>(name, LogicalType::DOUBLE, LogicalType::DOUBLE));
  add_aggregate(context, make<Number<std::int64_t, kSigned>>(name, LogicalType::BIGINT, LogicalType::DOUBLE));
  add_aggregate(context, make<Number<std::uint64_t, kUnsigned>>(name, LogicalType::UBIGINT, LogicalType::DOUBLE));
}

template <std::optional<double> (*kAnswer)(std::span<const SeriesPoint<double>>, Interpolation)>
struct Area {
  using Stored = double;
  using Input = double;
  static std::optional<double> answer(std::span<const SeriesPoint<double>> points, const Settings& settings) {
    return kAnswer(points, settings.between);
  }
};

struct Duration {
  using Stored = double;
  using Input = bool;
  static std::optional<double> answer(std::span<const SeriesPoint<double>> points, const Settings&) {
    return seconds_true(points);
  }
};

template <std::vector<SeriesPoint<double>> (*kAnswer)(std::span<const SeriesPoint<double>>, std::size_t)>
struct Kept {
  using Stored = double;
  using Input = double;
  static std::vector<SeriesPoint<double>> answer(std::span<const SeriesPoint<double>> points,
                                                 const Settings& settings) {
    return kAnswer(points, settings.count);
  }
};

duckdb::unique_ptr<duckdb::FunctionData> bind_method(duckdb::ClientContext& context, AggregateFunction& function,
                                                     Arguments& arguments) {
  auto settings = duckdb::make_uniq<Settings>(context);
  const std::string method =
      duckdb::StringUtil::Lower(take_constant(context, function, arguments, 2, "the method").ToString());
  if (method == "previous" || method == "locf") {
    settings->between = Interpolation::kPrevious;
  } else if (method != "linear") {
    throw duckdb::BinderException("%s(): wanted the method 'linear' or 'previous', got '%s'", function.name, method);
  }
  return settings;
}

template <std::int64_t kCountMin>
duckdb::unique_ptr<duckdb::FunctionData> bind_count(duckdb::ClientContext& context, AggregateFunction& function,
                                                    Arguments& arguments) {
  auto settings = duckdb::make_uniq<Settings>(context);
  settings->count = static_cast<std::size_t>(take_count(context, function, arguments, 2, kCountMin, kPointsMax));
  return settings;
}

template <std::optional<double> (*kAnswer)(std::span<const SeriesPoint<double>>, Interpolation)>
void add_area(duckdb::ClientContext& context, const char* name) {
  auto function = make<Area<kAnswer>>(name, LogicalType::DOUBLE, LogicalType::DOUBLE);
  add_aggregate(context, function);
  function.arguments.push_back(LogicalType::VARCHAR);
  function.SetBindCallback(bind_method);
  add_aggregate(context, function);
}

template <std::vector<SeriesPoint<double>> (*kAnswer)(std::span<const SeriesPoint<double>>, std::size_t)>
void add_downsampling(duckdb::ClientContext& context, const char* name, duckdb::bind_aggregate_function_t bind) {
  auto function = make<Kept<kAnswer>>(name, LogicalType::DOUBLE, list_of_points());
  function.arguments.push_back(LogicalType::BIGINT);
  function.SetBindCallback(bind);
  add_aggregate(context, function);
}

}  // namespace

void register_series_functions(duckdb::ClientContext& context) {
  using Signed = std::int64_t;
  using Unsigned = std::uint64_t;
  add_counter<counter_rate<double>, counter_rate<Signed>, counter_rate<Unsigned>>(context, "rate");
  add_counter<counter_increase<double>, counter_increase<Signed>, counter_increase<Unsigned>>(context, "increase");
  add_counter<counter_instant_rate<double>, counter_instant_rate<Signed>, counter_instant_rate<Unsigned>>(context,
                                                                                                          "irate");
  add_counter<last_minus_first<double>, last_minus_first<Signed>, last_minus_first<Unsigned>>(context, "delta");
  add_area<integral>(context, "integral");
  add_area<time_weighted_average>(context, "time_weighted_avg");
  add_aggregate(context, make<Duration>("state_duration", LogicalType::BOOLEAN, LogicalType::DOUBLE));
  add_downsampling<largest_triangles_of>(context, "lttb", bind_count<3>);
  add_downsampling<extremes>(context, "minmax", bind_count<1>);
  add_downsampling<extremes_and_edges>(context, "m4", bind_count<1>);
}

}  // namespace streamflow::query
