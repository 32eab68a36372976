// Reading DuckDB's vectors whatever their form: a ColumnShape says what a type is, a ColumnView gives values by row.
// Invariants: a view is bound to one vector at a time and reads it only until that vector changes. Nested vectors are
//             flattened in place, so that child rows follow from parent rows. Types that no format has a form for
//             (BIT, BIGNUM, TIME WITH TIME ZONE, UNION, VARIANT, ...) are cast to VARCHAR once per chunk. DuckDB itself
//             turns the type NULL into INTEGER in every result.
// Threads:    one at a time.
// Errors:     shape_of: kUnsupported for types nested deeper than kTypeDepthMax. bind() throws what DuckDB throws;
//             guarded() turns that into an Error.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "duckdb/common/types.hpp"
#include "duckdb/common/types/vector.hpp"
#include "model/result.h"
#include "query/results/result_encoder.h"
#include "query/results/result_number_text.h"
#include "query/results/result_time_text.h"

namespace streamflow::query {

inline constexpr std::size_t kTypeDepthMax = 64;

enum class ValueKind : std::uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kInt128,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kUint128,
  kFloat32,
  kFloat64,
  kDecimal,
  kText,
  kBytes,
  kEnum,
  kUuid,
  kDate,
  kTime,
  kTimestamp,
  kInterval,
  kList,
  kArray,
  kMap,
  kStruct,
};

struct ColumnShape {
  std::string name;
  duckdb::LogicalType type;
  ValueKind kind = ValueKind::kText;
  TimeUnit unit = TimeUnit::kMicro;   // kTime, kTimestamp
  std::uint8_t value_bytes = 0;       // of one value in DuckDB's vector; 0 for nested kinds
  std::uint8_t width = 0, scale = 0;  // kDecimal
  bool cast = false;                  // to VARCHAR, before reading
  std::size_t array_size = 0;         // kArray
  std::vector<ColumnShape> children;  // list, array: the element; map: key, value; struct: its fields
};

Result<ColumnShape> shape_of(std::string name, const duckdb::LogicalType& type, std::size_t depth = 0);
Result<std::vector<ColumnShape>> shapes_of(const std::vector<std::string>& names, const LogicalTypes& types);

class ColumnView {
 public:
  explicit ColumnView(const ColumnShape& shape);  // which outlives the view

  void bind(duckdb::Vector& vector, std::size_t count);

  const ColumnShape& shape() const { return *shape_; }
  const std::vector<ColumnView>& children() const { return children_; }
  // Where row `row` lies in the vector; what follows takes such an index.
  std::size_t index(std::size_t row) const { return format_.sel->get_index(row); }
  bool valid(std::size_t index) const { return format_.validity.RowIsValid(index); }
  bool all_valid() const { return format_.validity.AllValid(); }
  // True when row i lies at index i.
  bool contiguous() const { return !format_.sel->IsSet(); }
  const duckdb::data_t* bytes() const { return format_.data; }
  template <class T>
  const T& value(std::size_t index) const {
    return reinterpret_cast<const T*>(format_.data)[index];
  }
  std::string_view text(std::size_t index) const;  // kText, kBytes, kEnum
  Int128 int128(std::size_t index) const;          // kInt128, kDecimal
  Uint128 uint128(std::size_t index) const;        // kUint128; kUuid as its text orders the bits

  struct ChildRange {
    std::size_t begin, count;
  };
  ChildRange child_range(std::size_t index) const;  // kList, kArray, kMap: rows of the children

 private:
  void bind_children(duckdb::Vector& vector, std::size_t count);

  const ColumnShape* shape_;
  duckdb::UnifiedVectorFormat format_;
  std::unique_ptr<duckdb::Vector> cast_;
  std::vector<ColumnView> children_;
};

// One view per column of a result, bound to one chunk at a time.
class ChunkView {
 public:
  explicit ChunkView(const std::vector<ColumnShape>& shapes);
  void bind(duckdb::DataChunk& chunk);  // throws kInternal's cause when the column count differs
  const std::vector<ColumnView>& columns() const { return columns_; }
  std::size_t row_count() const { return row_count_; }

 private:
  std::vector<ColumnView> columns_;
  std::size_t row_count_ = 0;
};

// The Error of an exception that DuckDB threw while `what` was done.
Error error_of(const std::exception& exception, std::string_view what);

// Runs `action`, which returns a Status; exceptions become errors.
template <class Action>
Status guarded(std::string_view what, Action&& action) noexcept {
  try {
    return action();
  } catch (const std::exception& exception) { return error_of(exception, what); }
}

}  // namespace streamflow::query
