#include "query/functions/series_functions.h"

#include <string>
#include <vector>

#include "duckdb/common/exception.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/main/client_context.hpp"
#include "query/functions/aggregate_arguments.h"
#include "query/functions/series_math.h"
#include "query/functions/time_arithmetic.h"

namespace streamflow::query {

namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::timestamp_ns_t;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

constexpr std::int64_t kPointsMax = 1'000'000;  // that a downsampling may keep

// What a function was bound with.
struct Settings : public duckdb::FunctionData {
  explicit Settings(duckdb::ClientContext& client) : context(client) {}

  duckdb::ClientContext& context;  // of the connection, which outlives its plans
  Interpolation between = Interpolation::kLinear;
  std::size_t count = 0;

  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<Settings>(*this); }
  bool Equals(const FunctionData& other) const override {
    const auto& settings = other.Cast<Settings>();
    return between == settings.between && count == settings.count;
  }
  // Over a frame without end, one chunk of a window looks at rows for minutes.
  void stop_if_interrupted() const {
    if (context.interrupted) throw duckdb::InterruptException();
  }
};

// Collects the points of a group, then calls Function: `answer(points, settings)`, `Value` of its input.
template <class Function>
struct SeriesAggregate {
  using Stored = typename Function::Stored;  // in points
  using Input = typename Function::Input;    // in vectors
  using Points = SeriesPoints<Stored>;

  static idx_t size(const AggregateFunction&) { return sizeof(Points); }
  static void initialize(const AggregateFunction&, data_ptr_t state) { reinterpret_cast<Points*>(state)->initialize(); }

  template <class PointsOf>
  static void collect(Vector inputs[], idx_t count, const PointsOf& points_of) {
    const ArgumentColumn<Input> values(inputs[0], count);
    const ArgumentColumn<timestamp_ns_t> times(inputs[1], count);
    for (idx_t row = 0; row < count; ++row) {
      if (values.is_null(row) || times.is_null(row)) continue;
      const std::int64_t time = times[row].value;
      if (is_infinite_time(time)) continue;
      if constexpr (std::is_floating_point_v<Input>) {
        if (std::isnan(values[row])) continue;
      }
      points_of(row).append({time, static_cast<Stored>(values[row])});
    }
  }

  static void update(Vector inputs[], AggregateInputData&, idx_t, Vector& states, idx_t count) {
    const StateColumn<Points> points(states, count);
    collect(inputs, count, [&](idx_t row) -> Points& { return points[row]; });
  }
  static void simple_update(Vector inputs[], AggregateInputData&, idx_t, data_ptr_t state, idx_t count) {
    collect(inputs, count, [&](idx_t) -> Points& { return *reinterpret_cast<Points*>(state); });
  }
  static void combine(Vector& source, Vector& target, AggregateInputData& input, idx_t count) {
    const StateColumn<Points> from(source, count);
    const StateColumn<Points> to(target, count);
    const auto& settings = input.bind_data->Cast<Settings>();
    for (idx_t i = 0; i < count; ++i) {
      settings.stop_if_interrupted();
      if (to[i].empty() && input.combine_type == duckdb::AggregateCombineType::ALLOW_DESTRUCTIVE) {
        std::swap(to[i], from[i]);
      } else {
        to[i].append(from[i]);
      }
    }
  }
  static void finalize(Vector& states, AggregateInputData& input, Vector& result, idx_t count, idx_t offset) {
    const StateColumn<Points> points(states, count);
    const auto& settings = input.bind_data->Cast<Settings>();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t i = 0; i < count; ++i) { write(result, offset + i, Function::answer(points[i].ordered(), settings)); }
  }
  static void destroy(Vector& states, AggregateInputData&, idx_t count) {
    const StateColumn<Points> points(states, count);
    for (idx_t i = 0; i < count; ++i) points[i].destroy();
  }
};

duckdb::unique_ptr<duckdb::FunctionData> bind_plain(duckdb::ClientContext& context, AggregateFunction&, Arguments&) {
  return duckdb::make_uniq<Settings>(context);
}

template <class Function>
AggregateFunction make(const char* name, const LogicalType& value, const LogicalType& result) {
  using Aggregate = SeriesAggregate<Function>;
  AggregateFunction function(name, {value, LogicalType::TIMESTAMP_NS}, result, Aggregate::size, Aggregate::initialize,
                             Aggregate::update, Aggregate::combine, Aggregate::finalize,
                             duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING, Aggregate::simple_update, bind_plain,
                             Aggregate::destroy);
  forbid_copies(function);
  function.SetOrderDependent(duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT);
  return function;
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
