// Compiled once per instruction set by foreach_target.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "encoding/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <utility>

#include "encoding/byte_io.h"
#include "encoding/decimal.h"
#include "encoding/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace streamflow::encoding::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr unsigned kLanes = 8;
constexpr std::size_t kGroup = 256;

using Wide = hn::CappedTag<std::uint64_t, 8>;
using Narrow = hn::Rebind<std::uint32_t, Wide>;      // as many lanes, of half the width
using Words = hn::CappedTag<std::uint32_t, kLanes>;  // a row of a group, or half of one
constexpr std::size_t kWide = hn::MaxLanes(Wide());
constexpr std::size_t kWords = hn::MaxLanes(Words());

template <unsigned Width, unsigned J>
HWY_INLINE void unpack_row(const std::uint32_t* in, hn::Vec<Wide> base, std::uint64_t* out) {
  constexpr unsigned word = J * Width / 32;
  constexpr unsigned shift = J * Width % 32;
  const Narrow narrow;
  const Wide wide;
  for (std::size_t lane = 0; lane < kLanes; lane += kWide) {
    auto value = hn::ShiftRight<shift>(hn::LoadU(narrow, in + word * kLanes + lane));
    if constexpr (shift + Width > 32) {
      value = hn::Or(value, hn::ShiftLeft<32 - shift>(hn::LoadU(narrow, in + (word + 1) * kLanes + lane)));
    }
    if constexpr (shift + Width != 32) {
      value = hn::And(value, hn::Set(narrow, static_cast<std::uint32_t>((std::uint64_t{1} << Width) - 1)));
    }
    hn::StoreU(hn::Add(base, hn::PromoteTo(wide, value)), wide, out + J * kLanes + lane);
  }
}

template <unsigned Width, unsigned... J>
HWY_INLINE void unpack_rows(const std::uint32_t* in, hn::Vec<Wide> base, std::uint64_t* out,
                            std::integer_sequence<unsigned, J...>) {
  (unpack_row<Width, J>(in, base, out), ...);
}

template <unsigned Width>
void unpack_width(const std::byte* in, std::size_t groups, std::uint64_t base, std::uint64_t* out) {
  const auto bases = hn::Set(Wide(), base);
  for (std::size_t g = 0; g < groups; ++g) {
    // Only loaded from as unaligned vectors.
    const auto* const words = reinterpret_cast<const std::uint32_t*>(in + g * (kGroup / 8) * Width);
    unpack_rows<Width>(words, bases, out + g * kGroup, std::make_integer_sequence<unsigned, 32>{});
  }
}

// Adds row J to the word being filled, and stores that when it is full.
template <unsigned Width, unsigned J>
HWY_INLINE void pack_row(const std::uint32_t* in, hn::Vec<Words>& filling, std::uint32_t* out) {
  constexpr unsigned word = J * Width / 32;
  constexpr unsigned shift = J * Width % 32;
  const Words words;
  const auto value = hn::And(hn::LoadU(words, in + J * kLanes),
                             hn::Set(words, static_cast<std::uint32_t>((std::uint64_t{1} << Width) - 1)));
  filling = shift == 0 ? value : hn::Or(filling, hn::ShiftLeft<shift>(value));
  if constexpr (shift + Width >= 32) {
    hn::StoreU(filling, words, out + word * kLanes);
    if constexpr (shift + Width > 32) { filling = hn::ShiftRight<32 - shift>(value); }
  }
}

template <unsigned Width, unsigned... J>
HWY_INLINE void pack_rows(const std::uint32_t* in, std::uint32_t* out, std::integer_sequence<unsigned, J...>) {
  auto filling = hn::Zero(Words());
  (pack_row<Width, J>(in, filling, out), ...);
}

template <unsigned Width>
void pack_width(const std::uint64_t* in, std::size_t groups, std::uint64_t base, unsigned shift, std::byte* out) {
  const Wide wide;
  const Narrow narrow;
  const auto bases = hn::Set(wide, base);
  std::uint32_t group[kGroup];
  for (std::size_t g = 0; g < groups; ++g, in += kGroup) {
    for (std::size_t i = 0; i < kGroup; i += kWide) {
      const auto bits = hn::ShiftRightSame(hn::Sub(hn::LoadU(wide, in + i), bases), static_cast<int>(shift));
      hn::StoreU(hn::TruncateTo(narrow, bits), narrow, group + i);
    }
    // Only stored to as unaligned vectors.
    auto* const words = reinterpret_cast<std::uint32_t*>(out + g * (kGroup / 8) * Width);
    for (std::size_t lane = 0; lane < kLanes; lane += kWords) {
      pack_rows<Width>(group + lane, words + lane, std::make_integer_sequence<unsigned, 32>{});
    }
  }
}

using UnpackWidth = void (*)(const std::byte*, std::size_t, std::uint64_t, std::uint64_t*);
using PackWidth = void (*)(const std::uint64_t*, std::size_t, std::uint64_t, unsigned, std::byte*);

template <unsigned... W>
constexpr std::array<UnpackWidth, 32> unpack_table(std::integer_sequence<unsigned, W...>) {
  return {unpack_width<W + 1>...};
}
template <unsigned... W>
constexpr std::array<PackWidth, 32> pack_table(std::integer_sequence<unsigned, W...>) {
  return {pack_width<W + 1>...};
}

void unpack_groups(const std::byte* in, std::size_t groups, std::uint64_t base, unsigned width, std::uint64_t* out) {
  static constexpr auto kTable = unpack_table(std::make_integer_sequence<unsigned, 32>{});
  kTable[width - 1](in, groups, base, out);
}

void pack_groups(const std::uint64_t* in, std::size_t groups, std::uint64_t base, unsigned shift, unsigned width,
                 std::byte* out) {
  static constexpr auto kTable = pack_table(std::make_integer_sequence<unsigned, 32>{});
  kTable[width - 1](in, groups, base, shift, out);
}

// Lane `from` copied into the lanes of `into`, the others zero.
struct LaneCopy {
  alignas(64) std::uint64_t from[8];
  alignas(64) std::uint64_t into[8];
};
constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr LaneCopy kPairs{{0, 1, 1, 1, 4, 5, 5, 5}, {0, 0, kAll, kAll, 0, 0, kAll, kAll}};
constexpr LaneCopy kQuads{{0, 1, 2, 3, 3, 3, 3, 3}, {0, 0, 0, 0, kAll, kAll, kAll, kAll}};

HWY_INLINE hn::Vec<Wide> add_copied(hn::Vec<Wide> v, const LaneCopy& copy) {
  const Wide wide;
  const auto moved = hn::TableLookupLanes(v, hn::SetTableIndices(wide, copy.from));
  return hn::Add(v, hn::And(moved, hn::LoadU(wide, copy.into)));
}

// Running sums within the vector: sums of pairs, of fours, of eights.
HWY_INLINE hn::Vec<Wide> running_sums(hn::Vec<Wide> v) {
  if constexpr (kWide >= 2) { v = hn::Add(v, hn::ShiftLeftLanes<1>(Wide(), v)); }
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

std::size_t find_ones(std::span<const std::byte> bytes, std::size_t count, std::uint32_t* positions) {
  using Positions = hn::CappedTag<std::uint32_t, 16>;
  constexpr std::size_t step = hn::MaxLanes(Positions());
  const Positions tag;
  const auto advance = hn::Set(tag, static_cast<std::uint32_t>(step));
  auto bit = hn::Iota(tag, 0);
  std::size_t found = 0;
  for (std::size_t byte = 0; byte < bytes.size(); byte += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + byte, sizeof word);
    if (static_cast<std::size_t>(std::popcount(word)) > count - found) { return count + 1; }
    for (std::size_t done = 0; done < 64; done += step, word >>= step % 64) {
      constexpr std::uint64_t mask = (std::uint64_t{1} << step % 64) - 1;
      std::uint8_t bits[8];  // eight may be read
      std::memcpy(bits, &word, sizeof bits);
      hn::StoreU(hn::CompressBits(bit, bits), tag, positions + found);
      found += static_cast<std::size_t>(std::popcount(word & mask));
      bit = hn::Add(bit, advance);
    }
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

void fold_signs(std::span<std::uint64_t> values) {
  const Wide wide;
  const hn::RebindToSigned<Wide> as_signed;
  std::size_t i = 0;
  for (; i + kWide <= values.size(); i += kWide) {
    const auto v = hn::LoadU(wide, values.data() + i);
    const auto sign = hn::BitCast(wide, hn::BroadcastSignBit(hn::BitCast(as_signed, v)));
    hn::StoreU(hn::Xor(v, hn::ShiftRight<1>(sign)), wide, values.data() + i);
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

const Kernels* target_kernels() {
  static const Kernels kKernels{hwy::TargetName(HWY_TARGET),
                                unpack_groups,
                                pack_groups,
                                undo_delta,
                                find_ones,
                                join_rice,
                                scale,
                                fold_signs,
                                divide_decimals};
  return &kKernels;
}

}  // namespace
}  // namespace streamflow::encoding::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace streamflow::encoding {
namespace {

HWY_EXPORT(target_kernels);

std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> all;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
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
