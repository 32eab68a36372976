// The part that aggregates over (value, time) share: they collect the points of a group, and differ in what they make
// of them at the end.
// Invariants: rows whose value is NULL or NaN, or whose time is NULL or infinite, are left out.
// Threads:    DuckDB's; a state belongs to one at a time.
// Errors:     InterruptException when nobody waits any more; else series_points.h's.
#pragma once

#include <cmath>
#include <type_traits>
#include <utility>

#include "duckdb/common/exception.hpp"
#include "duckdb/main/client_context.hpp"
#include "query/functions/aggregate_arguments.h"
#include "query/functions/time_arithmetic.h"

namespace streamflow::query {

// The base of what such a function is bound with.
struct PointBinding : public duckdb::FunctionData {
  explicit PointBinding(duckdb::ClientContext& client) : context(client) {}

  duckdb::ClientContext& context;  // of the connection, which outlives its plans

  // One chunk, or one group, may take minutes.
  void stop_if_interrupted() const {
    if (context.interrupted) throw duckdb::InterruptException();
  }
};

// `Input` in vectors, `Stored` in points. The first two arguments are value and time.
template <class Input, class Stored = Input>
struct PointCollector {
  using Points = SeriesPoints<Stored>;

  static duckdb::idx_t size(const duckdb::AggregateFunction&) { return sizeof(Points); }
  static void initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
    reinterpret_cast<Points*>(state)->initialize();
  }

  template <class PointsOf>
  static void collect(duckdb::Vector inputs[], duckdb::idx_t count, const PointsOf& points_of) {
    const ArgumentColumn<Input> values(inputs[0], count);
    const ArgumentColumn<duckdb::timestamp_ns_t> times(inputs[1], count);
    for (duckdb::idx_t row = 0; row < count; ++row) {
      if (values.is_null(row) || times.is_null(row)) continue;
      const std::int64_t time = times[row].value;
      if (is_infinite_time(time)) continue;
      if constexpr (std::is_floating_point_v<Input>) {
        if (std::isnan(values[row])) continue;
      }
      points_of(row).append({time, static_cast<Stored>(values[row])});
    }
  }

  static void update(duckdb::Vector inputs[], duckdb::AggregateInputData&, duckdb::idx_t, duckdb::Vector& states,
                     duckdb::idx_t count) {
    const StateColumn<Points> points(states, count);
    collect(inputs, count, [&](duckdb::idx_t row) -> Points& { return points[row]; });
  }
  static void simple_update(duckdb::Vector inputs[], duckdb::AggregateInputData&, duckdb::idx_t,
                            duckdb::data_ptr_t state, duckdb::idx_t count) {
    collect(inputs, count, [&](duckdb::idx_t) -> Points& { return *reinterpret_cast<Points*>(state); });
  }
  static void combine(duckdb::Vector& source, duckdb::Vector& target, duckdb::AggregateInputData& input,
                      duckdb::idx_t count) {
    const StateColumn<Points> from(source, count);
    const StateColumn<Points> to(target, count);
    const auto& binding = input.bind_data->Cast<PointBinding>();
    for (duckdb::idx_t i = 0; i < count; ++i) {
      binding.stop_if_interrupted();
      if (to[i].empty() && input.combine_type == duckdb::AggregateCombineType::ALLOW_DESTRUCTIVE) {
        std::swap(to[i], from[i]);
      } else {
        to[i].append(from[i]);
      }
    }
  }
  static void destroy(duckdb::Vector& states, duckdb::AggregateInputData&, duckdb::idx_t count) {
    const StateColumn<Points> points(states, count);
    for (duckdb::idx_t i = 0; i < count; ++i) points[i].destroy();
  }

  // `bind` answers a PointBinding.
  static duckdb::AggregateFunction make(const std::string& name, const duckdb::vector<duckdb::LogicalType>& arguments,
                                        const duckdb::LogicalType& result, duckdb::aggregate_finalize_t finalize,
                                        duckdb::bind_aggregate_function_t bind) {
    duckdb::AggregateFunction function(name, arguments, result, size, initialize, update, combine, finalize,
                                       duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING, simple_update, bind,
                                       destroy);
    forbid_copies(function);
    function.SetOrderDependent(duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT);
    return function;
  }
};

}  // namespace streamflow::query
