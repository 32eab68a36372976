#include "encoding/column_aggregate.h"

#include <bit>
#include <span>

#include "encoding/kernels.h"

namespace streamflow::encoding {
namespace {

ValueOrder order_of(FieldType type) {
  return type == FieldType::kFloat64 ? ValueOrder::kDouble
         : type == FieldType::kInt64 ? ValueOrder::kSigned
                                     : ValueOrder::kUnsigned;
}

Status check_type(FieldType type) {
  if (type != FieldType::kString) { return Ok{}; }
  return Error{ErrorCode::kInvalidArgument, "a block of strings has no numbers to aggregate or to compare"};
}

ExactSum exact_sum(ValueOrder order, const Measures& measures) {
  // The halves are of the bits as int64; an unsigned value with its highest bit set is 2^64 more than that.
  const ExactSum sum = ExactSum{measures.sum_high} * (ExactSum{1} << 32U) + ExactSum{measures.sum_low};
  return order == ValueOrder::kUnsigned ? sum + (ExactSum{measures.negative_count} << 64U) : sum;
}

// Moves bit k of `dense` to the place of the k-th one-bit of `validity`.
void spread_bits(std::span<const std::uint64_t> dense, std::span<const std::uint64_t> validity,
                 std::span<std::uint64_t> out) {
  std::size_t next = 0;
  for (std::size_t w = 0; w < out.size(); ++w) {
    out[w] = 0;
    for (std::uint64_t left = validity[w]; left != 0; left &= left - 1, ++next) {
      const std::uint64_t selected = (dense[next / 64] >> (next % 64)) & 1U;
      out[w] |= selected << std::countr_zero(left);
    }
  }
}

}  // namespace

Result<ColumnAggregate> ColumnAggregator::aggregate(ByteSpan bytes, const BlockShape& shape) {
  SF_CHECK(check_type(shape.type));
  SF_TRY(count, decode_dense_block(bytes, shape, values_));
  ColumnAggregate result{.count = count, .nulls = shape.row_count - count};
  if (count == 0) { return result; }
  const ValueOrder order = order_of(shape.type);
  const Measures measures = kernels().measure(order, std::span(values_.bits).first(count));
  result.min_bits = from_order_key(order, measures.min_key);
  result.max_bits = from_order_key(order, measures.max_key);
  if (order == ValueOrder::kDouble) {
    result.sum_double = measures.sum_double;
  } else {
    result.sum_integer = exact_sum(order, measures);
  }
  return result;
}

Result<std::uint64_t> ColumnAggregator::select(ByteSpan bytes, const BlockShape& shape, const ValueRange& range,
                                               std::vector<std::uint64_t>& selection) {
  SF_CHECK(check_type(shape.type));
  SF_TRY(count, decode_dense_block(bytes, shape, values_));
  selection.assign((shape.row_count + 63) / 64, 0);
  const bool dense = values_.validity.empty();
  std::vector<std::uint64_t>& words = dense ? selection : dense_selection_;
  words.assign(selection.size(), 0);
  const ValueOrder order = order_of(shape.type);
  kernels().select(order, std::span(values_.bits).first(count), to_order_key(order, range.min_bits),
                   to_order_key(order, range.max_bits), words.data());
  std::uint64_t selected = 0;
  for (const std::uint64_t word : words) { selected += static_cast<std::uint64_t>(std::popcount(word)); }
  if (!dense) { spread_bits(words, values_.validity, selection); }
  return selected;
}

}  // namespace streamflow::encoding
