// Compiled once per instruction set by foreach_target.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "encoding/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <atomic>
#include <bit>
#include <cstring>
#include <iterator>

#include "encoding/aggregate_kernels-inl.h"
#include "encoding/byte_io.h"
#include "encoding/decimal.h"
#include "encoding/kernels.h"
#include "encoding/packing_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace streamflow::encoding::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Lane `from` copied into the lanes of `into`, the others zero.
struct LaneCopy {
  alignas(64) std::uint64_t from[8];
  alignas(64) std::uint64_t into[8];
};
constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr LaneCopy kPairs{{0, 1, 1, 1, 4, 5, 5, 5}, {0, 0, kAll, kAll, 0, 0, kAll, kAll}};
constexpr LaneCopy kQuads{{0, 1, 2, 3, 3, 3, 3, 3}, {0, 0, 0, 0, kAll, kAll, kAll, kAll}};

HWY_MAYBE_UNUSED HWY_INLINE hn::Vec<Wide> add_copied(hn::Vec<Wide> v, const LaneCopy& copy) {
  const Wide wide;
  const auto moved = hn::TableLookupLanes(v, hn::SetTableIndices(wide, copy.from));
  return hn::Add(v, hn::And(moved, hn::LoadU(wide, copy.into)));
}

// Running sums within the vector: sums of pairs, of fours, of eights.
HWY_INLINE hn::Vec<Wide> running_sums(hn::Vec<Wide> v) {
#if HWY_TARGET != HWY_SCALAR  // which has one lane, and not the operation
  v = hn::Add(v, hn::ShiftLeftLanes<1>(Wide(), v));
#endif
  if constexpr (kWide >= 4) { v = add_copied(v, kPairs); }
  if constexpr (kWide >= 8) { v = add_copied(v, kQuads); }
  return v;
}

void undo_delta(std::uint64_t before, std::span<std::uint64_t> values) {
  alignas(64) std::uint64_t last_lane[kWide];
  for (std::uint64_t& lane : last_lane) { lane = kWide - 1; }
  const Wide wide;
  const auto last = hn::SetTableIndices(wide, last_lane);
  auto carry = hn::Set(wide, before);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto sums = running_sums(hn::LoadU(wide, values.data() + i));
    hn::StoreU(hn::Add(sums, carry), wide, values.data() + i);
    carry = hn::Add(carry, hn::TableLookupLanes(sums, last));
  }
  std::uint64_t sum = hn::GetLane(carry);
  for (; i < values.size(); ++i) {
    sum += values[i];
    values[i] = sum;
  }
}

// Positions of a word's ones, from `first` on. Where compressing is not an instruction, picking one after the other is
// faster than any table; strides write past the end rather than branch on each.
HWY_INLINE void write_ones(std::uint64_t word, std::uint32_t first, std::uint32_t* at) {
  using Positions = hn::CappedTag<std::uint32_t, 16>;
  const Positions tag;
  constexpr std::size_t step = hn::MaxLanes(Positions());
  if constexpr (step == 16) {
    auto bit = hn::Iota(tag, first);
    for (; word != 0; word >>= step, bit = hn::Add(bit, hn::Set(tag, static_cast<std::uint32_t>(step)))) {
      std::uint8_t bits[8];  // eight may be read
      std::memcpy(bits, &word, sizeof bits);
      hn::StoreU(hn::CompressBits(bit, bits), tag, at);
      at += std::popcount(word & 0xFFFFU);
    }
  } else {
    constexpr std::size_t kStride = 4;
    for (; word != 0; at += kStride) {
      for (std::size_t i = 0; i < kStride; ++i) {
        at[i] = first + static_cast<std::uint32_t>(std::countr_zero(word));
        word &= word - 1;
      }
    }
  }
}

std::size_t find_ones(std::span<const std::byte> bytes, std::size_t count, std::uint32_t* positions) {
  std::size_t found = 0;
  for (std::size_t byte = 0; byte < bytes.size(); byte += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + byte, sizeof word);
    const auto ones = static_cast<std::size_t>(std::popcount(word));
    if (ones > count - found) { return count + 1; }
    write_ones(word, static_cast<std::uint32_t>(byte * 8), positions + found);
    found += ones;
  }
  return found;
}

template <bool OneSided>
HWY_INLINE hn::Vec<Wide> from_distance(hn::Vec<Wide> z, hn::Vec<Wide> base) {
  if constexpr (OneSided) { return hn::Add(base, z); }
  const auto sign = hn::Neg(hn::BitCast(hn::RebindToSigned<Wide>(), hn::And(z, hn::Set(Wide(), 1))));
  return hn::Add(base, hn::Xor(hn::ShiftRight<1>(z), hn::BitCast(Wide(), sign)));
}

template <bool OneSided>
void join_rice_as(const std::uint32_t* ones, unsigned width, std::uint64_t base, std::span<std::uint64_t> values) {
  const Wide wide;
  const Narrow narrow;
  const auto bases = hn::Set(wide, base);
  const auto one = hn::Set(narrow, 1);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto gap = hn::Sub(hn::LoadU(narrow, ones + i), hn::LoadU(narrow, ones - 1 + i));
    const auto quotient = hn::PromoteTo(wide, hn::Sub(gap, one));
    const auto low = hn::LoadU(wide, values.data() + i);
    const auto z = hn::Or(low, hn::ShiftLeftSame(quotient, static_cast<int>(width)));
    hn::StoreU(from_distance<OneSided>(z, bases), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) {
    const std::uint64_t z = values[i] | std::uint64_t{ones[i] - (ones - 1)[i] - 1} << width;
    values[i] = base + (OneSided ? z : unzigzag(z));
  }
}

void join_rice(const std::uint32_t* ones, unsigned width, std::uint64_t base, bool one_sided,
               std::span<std::uint64_t> values) {
  one_sided ? join_rice_as<true>(ones, width, base, values) : join_rice_as<false>(ones, width, base, values);
}

void scale(std::uint64_t offset, std::uint64_t factor, std::span<std::uint64_t> values) {
  const Wide wide;
  const auto offsets = hn::Set(wide, offset);
  const auto factors = hn::Set(wide, factor);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto v = hn::LoadU(wide, values.data() + i);
    hn::StoreU(hn::Add(offsets, hn::Mul(factors, v)), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) { values[i] = offset + factor * values[i]; }
}

HWY_INLINE hn::Vec<Wide> fold(hn::Vec<Wide> v) {
  const auto sign = hn::BroadcastSignBit(hn::BitCast(hn::RebindToSigned<Wide>(), v));
  return hn::Xor(v, hn::ShiftRight<1>(hn::BitCast(Wide(), sign)));
}

void fold_signs(std::span<std::uint64_t> values) {
  const Wide wide;
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    hn::StoreU(fold(hn::LoadU(wide, values.data() + i)), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) { values[i] = fold_sign(values[i]); }
}

void divide_decimals(double power, std::span<std::uint64_t> values) {
  const Wide wide;
  const hn::RebindToFloat<Wide> doubles;
  const auto shifter = hn::Set(doubles, kShifter);
  const auto shifter_bits = hn::Set(wide, kShifterBits);
  const auto powers = hn::Set(doubles, power);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto shifted = hn::Add(hn::LoadU(wide, values.data() + i), shifter_bits);
    const auto whole = hn::Sub(hn::BitCast(doubles, shifted), shifter);
    hn::StoreU(hn::BitCast(wide, hn::Div(whole, powers)), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) { values[i] = from_decimal(values[i], power); }
}

void round_to_floats(std::span<std::uint64_t> values) {
  const Wide wide;
  const hn::RebindToFloat<Wide> doubles;
  const hn::Rebind<float, Wide> floats;
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto v = hn::BitCast(doubles, hn::LoadU(wide, values.data() + i));
    hn::StoreU(hn::BitCast(wide, hn::PromoteTo(doubles, hn::DemoteTo(floats, v))), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) { values[i] = round_to_float(values[i]); }
}

void add_ulps(const std::uint64_t* ulps, std::span<std::uint64_t> values) {
  const Wide wide;
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto v = hn::LoadU(wide, values.data() + i);
    hn::StoreU(fold(hn::Add(fold(v), hn::LoadU(wide, ulps + i))), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) { values[i] = encoding::add_ulps(values[i], ulps[i]); }
}

void add_line(std::uint64_t start, std::uint64_t slope, std::span<std::uint64_t> values) {
  const Wide wide;
  const hn::RebindToSigned<Wide> as_signed;
  alignas(64) std::uint64_t first[kWide];
  for (std::size_t lane = 0; lane < kWide; ++lane) { first[lane] = slope * lane; }
  auto rise = hn::Load(wide, first);
  const auto step = hn::Set(wide, slope * kWide);
  const auto starts = hn::Set(wide, start);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide, rise = hn::Add(rise, step)) {
    const auto line = hn::BitCast(wide, hn::ShiftRight<16>(hn::BitCast(as_signed, rise)));
    const auto v = hn::LoadU(wide, values.data() + i);
    hn::StoreU(hn::Add(v, hn::Add(starts, line)), wide, values.data() + i);
  }
  for (; i < values.size(); ++i) { values[i] += start + line_at(slope, i); }
}

MinMax min_max(std::span<const std::uint64_t> values) {
  const hn::RebindToSigned<Wide> tag;
  const auto* const data = reinterpret_cast<const std::int64_t*>(values.data());  // of one type, signed and unsigned
  auto min = hn::Set(tag, data[0]);
  auto max = min;
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto v = hn::LoadU(tag, data + i);
    min = hn::Min(min, v);
    max = hn::Max(max, v);
  }
  MinMax range{hn::GetLane(hn::MinOfLanes(tag, min)), hn::GetLane(hn::MaxOfLanes(tag, max))};
  for (; i < values.size(); ++i) {
    range.min = data[i] < range.min ? data[i] : range.min;
    range.max = data[i] > range.max ? data[i] : range.max;
  }
  return range;
}

template <bool OneSided>
HWY_INLINE hn::Vec<Wide> to_distance(hn::Vec<Wide> value, hn::Vec<Wide> center) {
  const auto difference = hn::Sub(value, center);
  if constexpr (OneSided) { return difference; }
  const auto sign = hn::BroadcastSignBit(hn::BitCast(hn::RebindToSigned<Wide>(), difference));
  return hn::Xor(hn::ShiftLeft<1>(difference), hn::BitCast(Wide(), sign));
}

// The exponent of a value as a double is its length. Clearing the bit below the highest keeps rounding from reaching
// the next power; 0.5 stands for zero.
HWY_INLINE hn::Vec<Wide> to_length(hn::Vec<Wide> z) {
  const Wide wide;
  const hn::RebindToFloat<Wide> doubles;
  constexpr double kTwo52 = 4503599627370496.0;
  constexpr double kTwo84 = 19342813113834066795298816.0;
  z = hn::AndNot(hn::ShiftRight<1>(z), z);
  const auto low = hn::Or(hn::And(z, hn::Set(wide, 0xFFFFFFFF)), hn::Set(wide, std::bit_cast<std::uint64_t>(kTwo52)));
  const auto high = hn::Or(hn::ShiftRight<32>(z), hn::Set(wide, std::bit_cast<std::uint64_t>(kTwo84)));
  const auto value =
      hn::Add(hn::Sub(hn::BitCast(doubles, high), hn::Set(doubles, kTwo84 + kTwo52)), hn::BitCast(doubles, low));
  const auto exponent = hn::ShiftRight<52>(hn::BitCast(wide, hn::Max(value, hn::Set(doubles, 0.5))));
  return hn::Sub(exponent, hn::Set(wide, 1022));
}

template <bool OneSided>
void bit_lengths_as(std::span<const std::uint64_t> values, const Center& center, std::uint8_t* lengths) {
  const Wide wide;
  const hn::Rebind<std::uint8_t, Wide> bytes;
  const auto centers = hn::Set(wide, center.value);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto z = to_distance<OneSided>(hn::LoadU(wide, values.data() + i), centers);
    hn::StoreU(hn::TruncateTo(bytes, to_length(z)), bytes, lengths + i);
  }
  for (; i < values.size(); ++i) { lengths[i] = static_cast<std::uint8_t>(std::bit_width(center.distance(values[i]))); }
}

void bit_lengths(std::span<const std::uint64_t> values, const Center& center, std::uint8_t* lengths) {
  center.one_sided ? bit_lengths_as<true>(values, center, lengths) : bit_lengths_as<false>(values, center, lengths);
}

template <bool OneSided>
RiceSums rice_sums_as(std::span<const std::uint64_t> values, const Center& center, unsigned width) {
  const Wide wide;
  const hn::RebindToSigned<Wide> as_signed;
  const auto centers = hn::Set(wide, center.value);
  const auto limit = hn::Set(wide, kRiceQuotientMax - 1);
  auto quotients = hn::Zero(wide);
  auto exceptions = hn::Zero(wide);
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto z = to_distance<OneSided>(hn::LoadU(wide, values.data() + i), centers);
    const auto quotient = hn::ShiftRightSame(z, static_cast<int>(width));
    // An unsigned comparison on what has signed ones only: the highest bit of limit - quotient, or of the quotient.
    const auto above =
        hn::BitCast(wide, hn::BroadcastSignBit(hn::BitCast(as_signed, hn::Or(hn::Sub(limit, quotient), quotient))));
    quotients = hn::Add(quotients, hn::AndNot(above, quotient));
    exceptions = hn::Sub(exceptions, above);
  }
  RiceSums sums{hn::GetLane(hn::SumOfLanes(wide, quotients)), hn::GetLane(hn::SumOfLanes(wide, exceptions))};
  for (; i < values.size(); ++i) {
    const std::uint64_t quotient = center.distance(values[i]) >> width;
    sums.quotients += quotient < kRiceQuotientMax ? quotient : 0;
    sums.exceptions += quotient < kRiceQuotientMax ? 0 : 1;
  }
  return sums;
}

RiceSums rice_sums(std::span<const std::uint64_t> values, const Center& center, unsigned width) {
  return center.one_sided ? rice_sums_as<true>(values, center, width) : rice_sums_as<false>(values, center, width);
}

const Kernels* target_kernels() {
  static const Kernels kKernels{hwy::TargetName(HWY_TARGET),
                                unpack_groups,
                                pack_groups,
                                undo_delta,
                                find_ones,
                                join_rice,
                                scale,
                                fold_signs,
                                divide_decimals,
                                round_to_floats,
                                add_ulps,
                                add_line,
                                min_max,
                                bit_lengths,
                                rice_sums,
                                measure,
                                select};
  return &kKernels;
}

}  // namespace
}  // namespace streamflow::encoding::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace streamflow::encoding {
namespace {

HWY_EXPORT(target_kernels);

// Not worth choosing: SSSE3 has no 64-bit comparison, minimum or rounding, and emulating them is slower than plain C++
// (codec_bench: up to a third in encoding, half in aggregating). It may be the compiler's baseline, which cannot be
// left out.
constexpr std::int64_t kSlowTargets = HWY_SSSE3;

std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> all;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if ((target & kSlowTargets) != 0) { continue; }
    // The way HWY_DYNAMIC_DISPATCH takes, without its global choice. Built for a single set, the table is that set.
    hwy::ChosenTarget chosen;
    chosen.Update(target);
    constexpr bool single = std::size(HWY_DISPATCH_TABLE(target_kernels)) == 1;
    all.push_back(HWY_DISPATCH_TABLE(target_kernels)[single ? 0 : chosen.GetIndex()]());
  }
  all.push_back(&kScalarKernels);
  return all;
}

std::atomic<const Kernels*>& chosen_kernels() {
  static std::atomic<const Kernels*> chosen{all_kernels().front()};
  return chosen;
}

}  // namespace

const Kernels& kernels() {
  return *chosen_kernels().load(std::memory_order_relaxed);
}

std::vector<std::string_view> kernel_names() {
  std::vector<std::string_view> names;
  for (const Kernels* const set : all_kernels()) { names.push_back(set->name); }
  return names;
}

bool force_kernels(std::string_view name) {
  for (const Kernels* const set : all_kernels()) {
    if (name.empty() || set->name == name) {
      chosen_kernels().store(set, std::memory_order_relaxed);
      return true;
    }
  }
  return false;
}

}  // namespace streamflow::encoding
#endif
