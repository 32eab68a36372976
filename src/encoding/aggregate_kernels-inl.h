// Aggregating and comparing numbers in the order of their column: a part of kernels.cpp. Included once per instruction
// set.
// Invariants: as column_aggregate.h says of float sums.
// Threads:    pure functions.
#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoding/kernels.h"
#include "encoding/packing_kernels-inl.h"

#if defined(STREAMFLOW_ENCODING_AGGREGATE_KERNELS) == defined(HWY_TARGET_TOGGLE)
#ifdef STREAMFLOW_ENCODING_AGGREGATE_KERNELS
#undef STREAMFLOW_ENCODING_AGGREGATE_KERNELS
#else
#define STREAMFLOW_ENCODING_AGGREGATE_KERNELS
#endif

HWY_BEFORE_NAMESPACE();
namespace streamflow::encoding::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Signed = hn::RebindToSigned<Wide>;
using Doubles = hn::RebindToFloat<Wide>;

template <ValueOrder Order>
HWY_INLINE hn::Vec<Signed> order_keys(hn::Vec<Wide> v) {
  const Wide wide;
  const Signed as_signed;
  if constexpr (Order == ValueOrder::kUnsigned) {
    return hn::BitCast(as_signed, hn::Xor(v, hn::Set(wide, std::uint64_t{1} << 63U)));
  } else if constexpr (Order == ValueOrder::kDouble) {
    const Doubles doubles;
    const auto value = hn::Add(hn::BitCast(doubles, v), hn::Zero(doubles));  // -0.0 becomes 0.0
    const auto bits = hn::BitCast(wide, value);
    const auto sign = hn::BroadcastSignBit(hn::BitCast(as_signed, bits));
    const auto folded = hn::BitCast(as_signed, hn::Xor(bits, hn::ShiftRight<1>(hn::BitCast(wide, sign))));
    const auto is_nan = hn::RebindMask(as_signed, hn::IsNaN(value));
    return hn::IfThenElse(is_nan, hn::Set(as_signed, kNanKey), folded);
  } else {
    return hn::BitCast(as_signed, v);
  }
}

constexpr std::size_t kSums = 8;
constexpr std::size_t kSumVectors = kSums / kWide;

// Eight sums at a time, so that their order does not depend on the vector's size.
HWY_INLINE double sum_doubles(std::span<const std::uint64_t> values) {
  const Wide wide;
  const Doubles doubles;
  hn::Vec<Doubles> sums[kSumVectors];
  for (auto& sum : sums) { sum = hn::Zero(doubles); }
  std::size_t i = 0;
  for (; i + kSums <= values.size(); i += kSums) {
    for (std::size_t v = 0; v < kSumVectors; ++v) {
      sums[v] = hn::Add(sums[v], hn::BitCast(doubles, hn::LoadU(wide, values.data() + i + v * kWide)));
    }
  }
  double lanes[kSums];
  for (std::size_t v = 0; v < kSumVectors; ++v) { hn::StoreU(sums[v], doubles, lanes + v * kWide); }
  for (; i < values.size(); ++i) { lanes[i % kSums] += std::bit_cast<double>(values[i]); }
  return join_sums(lanes);
}

template <ValueOrder Order>
Measures measure_as(std::span<const std::uint64_t> values) {
  const Wide wide;
  const Signed as_signed;
  auto min = hn::Set(as_signed, to_order_key(Order, values[0]));
  auto max = min;
  auto low = hn::Zero(wide);
  auto high = hn::Zero(as_signed);
  auto negative = hn::Zero(as_signed);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto v = hn::LoadU(wide, values.data() + i);
    const auto key = order_keys<Order>(v);
    min = hn::Min(min, key);
    max = hn::Max(max, key);
    if constexpr (Order != ValueOrder::kDouble) {
      low = hn::Add(low, hn::And(v, hn::Set(wide, 0xFFFFFFFF)));
      high = hn::Add(high, hn::ShiftRight<32>(hn::BitCast(as_signed, v)));
      negative = hn::Sub(negative, hn::BroadcastSignBit(hn::BitCast(as_signed, v)));
    }
  }
  Measures result{hn::GetLane(hn::MinOfLanes(as_signed, min)),
                  hn::GetLane(hn::MaxOfLanes(as_signed, max)),
                  hn::GetLane(hn::SumOfLanes(wide, low)),
                  hn::GetLane(hn::SumOfLanes(as_signed, high)),
                  static_cast<std::uint64_t>(hn::GetLane(hn::SumOfLanes(as_signed, negative))),
                  0};
  for (; i < values.size(); ++i) { add_to_measures(Order, values[i], result); }
  if constexpr (Order == ValueOrder::kDouble) { result.sum_double = sum_doubles(values); }
  return result;
}

Measures measure(ValueOrder order, std::span<const std::uint64_t> values) {
  switch (order) {
    case ValueOrder::kSigned: return measure_as<ValueOrder::kSigned>(values);
    case ValueOrder::kUnsigned: return measure_as<ValueOrder::kUnsigned>(values);
    case ValueOrder::kDouble: break;
  }
  return measure_as<ValueOrder::kDouble>(values);
}

template <ValueOrder Order>
void select_as(std::span<const std::uint64_t> values, std::int64_t min_key, std::int64_t max_key,
               std::uint64_t* words) {
  const Wide wide;
  const Signed as_signed;
  const auto min = hn::Set(as_signed, min_key);
  const auto max = hn::Set(as_signed, max_key);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto key = order_keys<Order>(hn::LoadU(wide, values.data() + i));
    const auto inside = hn::Not(hn::Or(hn::Lt(key, min), hn::Gt(key, max)));
    std::uint8_t bits[8];  // eight may be written
    hn::StoreMaskBits(as_signed, inside, bits);
    words[i / 64] |= std::uint64_t{bits[0]} << (i % 64);
  }
  for (; i < values.size(); ++i) {
    const std::int64_t key = to_order_key(Order, values[i]);
    words[i / 64] |= std::uint64_t{key >= min_key && key <= max_key} << (i % 64);
  }
}

void select(ValueOrder order, std::span<const std::uint64_t> values, std::int64_t min_key, std::int64_t max_key,
            std::uint64_t* words) {
  switch (order) {
    case ValueOrder::kSigned: return select_as<ValueOrder::kSigned>(values, min_key, max_key, words);
    case ValueOrder::kUnsigned: return select_as<ValueOrder::kUnsigned>(values, min_key, max_key, words);
    case ValueOrder::kDouble: break;
  }
  select_as<ValueOrder::kDouble>(values, min_key, max_key, words);
}

}  // namespace
}  // namespace streamflow::encoding::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
