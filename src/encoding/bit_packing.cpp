#include "encoding/bit_packing.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

namespace streamflow::encoding {
namespace {

constexpr unsigned kLanes = 8;
constexpr unsigned kRows = 32;  // per lane of a group

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

// At most 255 values of at most 32 bits, and eight bytes so that every load may be of eight bytes.
using Tail = std::array<std::byte, kPackGroup * 4 + 8>;

void unpack_tail(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  Tail padded{};
  std::memcpy(padded.data(), in.data(), in.size());
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, padded.data() + i * width / 8, sizeof word);
    out[i] = base + ((word >> (i * width % 8)) & mask);
  }
}

void pack_tail(std::span<const std::uint32_t> in, unsigned width, Bytes& out) {
  Tail padded{};
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::uint64_t word = 0;
    std::byte* at = padded.data() + i * width / 8;
    std::memcpy(&word, at, sizeof word);
    word |= (in[i] & mask) << (i * width % 8);
    std::memcpy(at, &word, sizeof word);
  }
  append_bytes(out, ByteSpan(padded).first((in.size() * width + 7) / 8));
}

// Packs bits [shift, shift + width) of value - base; width is 1 to 32.
void pack_narrow(std::span<const std::uint64_t> values, std::uint64_t base, unsigned shift, unsigned width,
                 Bytes& out) {
  std::uint32_t group[kPackGroup];
  std::size_t done = 0;
  for (; done + kPackGroup <= values.size(); done += kPackGroup) {
    for (std::size_t i = 0; i < kPackGroup; ++i) {
      group[i] = static_cast<std::uint32_t>((values[done + i] - base) >> shift);
    }
    const std::size_t at = out.size();
    out.resize(at + std::size_t{kLanes} * 4 * width);
    kPack[width - 1](group, out.data() + at);
  }
  const std::size_t rest = values.size() - done;
  for (std::size_t i = 0; i < rest; ++i) { group[i] = static_cast<std::uint32_t>((values[done + i] - base) >> shift); }
  pack_tail(std::span(group).first(rest), width, out);
}

void unpack_narrow(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  const std::size_t group_bytes = std::size_t{kLanes} * 4 * width;
  std::size_t done = 0;
  for (; done + kPackGroup <= out.size(); done += kPackGroup, in = in.subspan(group_bytes)) {
    kUnpack[width - 1](in.data(), base, out.data() + done);
  }
  if (done < out.size()) { unpack_tail(in, base, width, out.subspan(done)); }
}

void unpack_wide(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  const std::size_t low_bytes = 4 * out.size();
  unpack_narrow(in.first(packed_bytes(out.size(), 32)), base, 32, out);
  ByteSpan high = in.subspan(low_bytes);
  std::uint64_t group[kPackGroup];
  for (std::size_t done = 0; done < out.size(); done += kPackGroup) {
    const std::size_t count = std::min(kPackGroup, out.size() - done);
    const std::size_t bytes = static_cast<std::size_t>(packed_bytes(count, width - 32));
    unpack_narrow(high.first(bytes), 0, width - 32, std::span(group).first(count));
    high = high.subspan(bytes);
    for (std::size_t i = 0; i < count; ++i) { out[done + i] += group[i] << 32U; }
  }
}

}  // namespace

void pack_bits(std::span<const std::uint64_t> values, std::uint64_t base, unsigned width, Bytes& out) {
  assert(width <= 64);
  if (width > 0) { pack_narrow(values, base, 0, std::min(width, 32U), out); }
  if (width > 32) { pack_narrow(values, base, 32, width - 32, out); }
}

void unpack_bits(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  assert(width <= 64 && in.size() == packed_bytes(out.size(), width));
  if (width == 0) {
    std::fill(out.begin(), out.end(), base);
  } else if (width <= 32) {
    unpack_narrow(in, base, width, out);
  } else {
    unpack_wide(in, base, width, out);
  }
}

}  // namespace streamflow::encoding
