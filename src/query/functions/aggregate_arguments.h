// What the aggregates of this folder share: reading arguments, constants at binding, writing results, registration.
// Threads:    DuckDB's; nothing here keeps state.
// Errors:     BinderException for an argument that must be constant and is not, or is out of its range.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/common/types/vector.hpp"
#include "duckdb/function/aggregate_function.hpp"
#include "duckdb/function/function_set.hpp"
#include "query/functions/series_points.h"

namespace streamflow::query {

// One argument of a chunk.
template <class T>
class ArgumentColumn {
 public:
  ArgumentColumn(duckdb::Vector& vector, duckdb::idx_t count) { vector.ToUnifiedFormat(count, format_); }
  bool is_null(duckdb::idx_t row) const { return !format_.validity.RowIsValid(format_.sel->get_index(row)); }
  const T& operator[](duckdb::idx_t row) const {
    return duckdb::UnifiedVectorFormat::GetData<T>(format_)[format_.sel->get_index(row)];
  }

 private:
  duckdb::UnifiedVectorFormat format_;
};

// The states that a chunk's rows, or a list of groups, belong to.
template <class State>
class StateColumn {
 public:
  StateColumn(duckdb::Vector& vector, duckdb::idx_t count) : column_(vector, count) {}
  State& operator[](duckdb::idx_t row) const { return *column_[row]; }

 private:
  ArgumentColumn<State*> column_;
};

// The constant value of arguments[index], which is taken off the function.
duckdb::Value take_constant(duckdb::ClientContext& context, duckdb::AggregateFunction& function,
                            duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments, std::size_t index,
                            const char* what);
std::int64_t take_count(duckdb::ClientContext& context, duckdb::AggregateFunction& function,
                        duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments, std::size_t index,
                        std::int64_t count_min, std::int64_t count_max);

void write(duckdb::Vector& result, duckdb::idx_t row, std::optional<double> value);
duckdb::LogicalType list_of_points();
void write(duckdb::Vector& result, duckdb::idx_t row, const std::vector<SeriesPoint<double>>& points);

// Adds to the aggregate of that name, or makes it.
void add_aggregate(duckdb::ClientContext& context, duckdb::AggregateFunction function);

// Plans that are copied bind such a function anew instead of guessing what it was bound with.
void forbid_copies(duckdb::AggregateFunction& function);

}  // namespace streamflow::query
