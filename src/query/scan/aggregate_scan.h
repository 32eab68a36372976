// DuckDB's table function over TableScan::aggregate(): one row per group and thread, or a few, with partial aggregates
// that an aggregate above combines. What aggregate_pushdown.h puts in the place of a scan.
// Invariants: as table_scan.h: one snapshot, taken when execution starts. Output columns: the groups, then the
// partials. Threads:    as DuckDB's. Errors:     those of storage; a bucket beyond the years 1677 to 2262 is an
// OutOfRangeException.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "duckdb/function/table_function.hpp"
#include "query/functions/time_arithmetic.h"
#include "query/scan/scan_bind_data.h"
#include "storage/scan/aggregate.h"

namespace streamflow::query {

enum class Partial : std::uint8_t {
  kRows,  // BIGINT: rows, NULLs or not
  kTimeMin,
  kTimeMax,  // TIMESTAMP_NS
  kCount,    // BIGINT: values that are not NULL
  kSum,      // HUGEINT of integers, DOUBLE of doubles; NULL without values, like what follows
  kMin,
  kMax,
  kFirst,      // the field's type
  kFirstTime,  // BIGINT ns
  kLast,
  kLastTime,
};

struct PartialColumn {
  Partial what = Partial::kRows;
  std::size_t field = 0;  // of `fields`, where it is about one
  friend bool operator==(const PartialColumn&, const PartialColumn&) = default;
};

struct AggregateBucket {
  BucketWidth width;
  std::int64_t origin_ns = 0;
  friend bool operator==(const AggregateBucket&, const AggregateBucket&) = default;
};

// A group is a tag, or (nullopt) the time bucket.
struct PartialAggregates {
  std::vector<std::optional<std::string>> groups;
  std::optional<AggregateBucket> bucket;
  std::vector<std::string> fields;
  std::vector<PartialColumn> partials;
  bool use_statistics = true;

  bool needs_time() const;
  std::size_t field_index(const std::string& name);                // adds it when new
  std::size_t partial_index(Partial what, std::size_t field = 0);  // adds it when new
};

duckdb::LogicalType type_of_partial(const PartialColumn& partial, const PartialAggregates& aggregates,
                                    const TableSchema& schema);

struct AggregateBindData : public ScanBindData {
  AggregateBindData(const ScanBindData& scan, PartialAggregates partial_aggregates);
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override;
  bool Equals(const duckdb::FunctionData& other) const override;

  PartialAggregates aggregates;
};

duckdb::TableFunction aggregate_scan_function();

}  // namespace streamflow::query
