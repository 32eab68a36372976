#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "encoding/batches.h"
#include "encoding/byte_io.h"
#include "encoding/decimal.h"
#include "encoding/kernels.h"

namespace streamflow::encoding {
namespace {

constexpr unsigned kLanes = 8;
constexpr unsigned kRows = 32;  // per lane of a group
constexpr std::size_t kGroup = 256;

// Row J of all lanes, out of 32-bit words in[w * kLanes + lane]. The lane loop is what the compiler vectorises.
template <unsigned Width, unsigned J>
inline void unpack_row(const std::uint32_t* in, std::uint64_t base, std::uint64_t* out) {
  constexpr unsigned bit = J * Width;
  constexpr unsigned word = bit / 32;
  constexpr unsigned shift = bit % 32;
  constexpr std::uint32_t mask = Width == 32 ? ~0U : (1U << (Width % 32)) - 1;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    std::uint32_t value = in[word * kLanes + lane] >> shift;
    if constexpr (shift + Width > 32) { value |= in[(word + 1) * kLanes + lane] << (32 - shift); }
    out[J * kLanes + lane] = base + (value & mask);
  }
}

template <unsigned Width>
void unpack_group(const std::byte* bytes, std::uint64_t base, std::uint64_t* out) {
  std::uint32_t in[Width * kLanes];
  std::memcpy(in, bytes, sizeof in);
  [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) {
    (unpack_row<Width, J>(in, base, out), ...);
  }
  (std::make_integer_sequence<unsigned, kRows>{});
}

template <unsigned Width, unsigned J>
inline void pack_row(const std::uint32_t* in, std::uint32_t* out) {
  constexpr unsigned bit = J * Width;
  constexpr unsigned word = bit / 32;
  constexpr unsigned shift = bit % 32;
  constexpr std::uint32_t mask = Width == 32 ? ~0U : (1U << (Width % 32)) - 1;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const std::uint32_t value = in[J * kLanes + lane] & mask;
    out[word * kLanes + lane] |= value << shift;
    if constexpr (shift + Width > 32) { out[(word + 1) * kLanes + lane] |= value >> (32 - shift); }
  }
}

template <unsigned Width>
void pack_group(const std::uint32_t* in, std::byte* out) {
  std::uint32_t words[Width * kLanes] = {};
  [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) {
    (pack_row<Width, J>(in, words), ...);
  }
  (std::make_integer_sequence<unsigned, kRows>{});
  std::memcpy(out, words, sizeof words);
}

using UnpackGroup = void (*)(const std::byte*, std::uint64_t, std::uint64_t*);
using PackGroup = void (*)(const std::uint32_t*, std::byte*);

// Entry w handles width w + 1.
constexpr auto kUnpack = []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
  return std::array<UnpackGroup, 32>{unpack_group<W + 1>...};
}
(std::make_integer_sequence<unsigned, 32>{});
constexpr auto kPack = []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
  return std::array<PackGroup, 32>{pack_group<W + 1>...};
}
(std::make_integer_sequence<unsigned, 32>{});

void unpack_groups(const std::byte* in, std::size_t groups, std::uint64_t base, unsigned width, std::uint64_t* out) {
  for (std::size_t g = 0; g < groups; ++g) {
    kUnpack[width - 1](in + g * (kGroup / 8) * width, base, out + g * kGroup);
  }
}

void pack_groups(const std::uint64_t* in, std::size_t groups, std::uint64_t base, unsigned shift, unsigned width,
                 std::byte* out) {
  std::uint32_t group[kGroup];
  for (std::size_t g = 0; g < groups; ++g, in += kGroup) {
    for (std::size_t i = 0; i < kGroup; ++i) { group[i] = static_cast<std::uint32_t>((in[i] - base) >> shift); }
    kPack[width - 1](group, out + g * (kGroup / 8) * width);
  }
}

void undo_delta(std::uint64_t before, std::span<std::uint64_t> values) {
  for (std::uint64_t& value : values) {
    before += value;
    value = before;
  }
}

std::size_t find_ones(std::span<const std::byte> bytes, std::size_t count, std::uint32_t* positions) {
  constexpr std::size_t kStride = 4;
  std::size_t found = 0;
  for (std::size_t byte = 0; byte < bytes.size(); byte += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + byte, sizeof word);
    const auto ones = static_cast<std::size_t>(std::popcount(word));
    if (ones > count - found) { return count + 1; }
    // Strides write past the end of the word's ones rather than branch on each: the next word overwrites that.
    std::uint32_t* at = positions + found;
    for (; word != 0; at += kStride) {
      for (std::size_t i = 0; i < kStride; ++i) {
        at[i] = static_cast<std::uint32_t>(byte * 8) + static_cast<std::uint32_t>(std::countr_zero(word));
        word &= word - 1;
      }
    }
    found += ones;
  }
  return found;
}

void join_rice(const std::uint32_t* ones, unsigned width, std::uint64_t base, bool one_sided,
               std::span<std::uint64_t> values) {
  for_each_in_batches(values.size(), [=, low = values.data()](std::size_t i) {
    low[i] |= std::uint64_t{ones[i] - (ones - 1)[i] - 1} << width;
  });
  if (one_sided) {
    for_each_in_batches(values.size(), [=, z = values.data()](std::size_t i) { z[i] += base; });
  } else {
    for_each_in_batches(values.size(), [=, z = values.data()](std::size_t i) { z[i] = base + unzigzag(z[i]); });
  }
}

void scale(std::uint64_t offset, std::uint64_t factor, std::span<std::uint64_t> values) {
  for (std::uint64_t& value : values) { value = offset + factor * value; }
}

void fold_signs(std::span<std::uint64_t> values) {
  for_each_in_batches(values.size(), [v = values.data()](std::size_t i) { v[i] = fold_sign(v[i]); });
}

void divide_decimals(double power, std::span<std::uint64_t> values) {
  for_each_in_batches(values.size(), [v = values.data(), power](std::size_t i) { v[i] = from_decimal(v[i], power); });
}

void round_to_floats(std::span<std::uint64_t> values) {
  for (std::uint64_t& value : values) { value = round_to_float(value); }
}

void add_ulps(const std::uint64_t* ulps, std::span<std::uint64_t> values) {
  for (std::size_t i = 0; i < values.size(); ++i) { values[i] = encoding::add_ulps(values[i], ulps[i]); }
}

void add_line(std::uint64_t start, std::uint64_t slope, std::span<std::uint64_t> values) {
  for (std::size_t i = 0; i < values.size(); ++i) { values[i] += start + line_at(slope, i); }
}

MinMax min_max(std::span<const std::uint64_t> values) {
  MinMax range{static_cast<std::int64_t>(values[0]), static_cast<std::int64_t>(values[0])};
  for (const std::uint64_t value : values) {
    range.min = std::min(range.min, static_cast<std::int64_t>(value));
    range.max = std::max(range.max, static_cast<std::int64_t>(value));
  }
  return range;
}

void bit_lengths(std::span<const std::uint64_t> values, const Center& center, std::uint8_t* lengths) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    lengths[i] = static_cast<std::uint8_t>(std::bit_width(center.distance(values[i])));
  }
}

RiceSums rice_sums(std::span<const std::uint64_t> values, const Center& center, unsigned width) {
  RiceSums sums;
  for (const std::uint64_t value : values) {
    const std::uint64_t quotient = center.distance(value) >> width;
    sums.quotients += quotient < kRiceQuotientMax ? quotient : 0;
    sums.exceptions += quotient < kRiceQuotientMax ? 0 : 1;
  }
  return sums;
}

Measures measure(ValueOrder order, std::span<const std::uint64_t> values) {
  const std::int64_t first = to_order_key(order, values[0]);
  Measures result{.min_key = first, .max_key = first};
  for (const std::uint64_t value : values) { add_to_measures(order, value, result); }
  double sums[8] = {};
  for (std::size_t i = 0; order == ValueOrder::kDouble && i < values.size(); ++i) {
    sums[i % 8] += std::bit_cast<double>(values[i]);
  }
  result.sum_double = join_sums(sums);
  return result;
}

void select(ValueOrder order, std::span<const std::uint64_t> values, std::int64_t min_key, std::int64_t max_key,
            std::uint64_t* words) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t key = to_order_key(order, values[i]);
    words[i / 64] |= std::uint64_t{key >= min_key && key <= max_key} << (i % 64);
  }
}

}  // namespace

const Kernels kScalarKernels{"scalar", unpack_groups, pack_groups,     undo_delta,      find_ones, join_rice,
                             scale,    fold_signs,    divide_decimals, round_to_floats, add_ulps,  add_line,
                             min_max,  bit_lengths,   rice_sums,       measure,         select};

}  // namespace streamflow::encoding
