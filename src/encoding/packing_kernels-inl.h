// Packing and unpacking groups of 256 values: kernels.cpp's part that is one function per width. Included once per
// instruction set.
// Format:     docs/format/segment.md §6, "packed bits".
// Threads:    pure functions.
#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#if defined(STREAMFLOW_ENCODING_PACKING_KERNELS) == defined(HWY_TARGET_TOGGLE)
#ifdef STREAMFLOW_ENCODING_PACKING_KERNELS
#undef STREAMFLOW_ENCODING_PACKING_KERNELS
#else
#define STREAMFLOW_ENCODING_PACKING_KERNELS
#endif

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

}  // namespace
}  // namespace streamflow::encoding::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
