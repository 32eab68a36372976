#include "encoding/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace streamflow::encoding {
namespace {

static_assert(std::endian::native == std::endian::little, "eight bytes at a time assume little-endian loads");

using Table = std::array<std::uint32_t, 256>;

constexpr std::uint32_t kPolynomialReflected = 0x82F63B78U;

// table[k][b]: the state after byte b and k zero bytes, so that eight look-ups advance eight bytes ("slicing by 8").
constexpr std::array<Table, 8> make_slicing_tables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t state = byte;
    for (int bit = 0; bit < 8; ++bit) { state = (state >> 1U) ^ ((state & 1U) != 0 ? kPolynomialReflected : 0U); }
    tables[0][byte] = state;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t previous = tables[k - 1][byte];
      tables[k][byte] = (previous >> 8U) ^ tables[0][previous & 0xFFU];
    }
  }
  return tables;
}
constexpr std::array<Table, 8> kSlicing = make_slicing_tables();

std::uint64_t load_u64(const std::byte* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::uint32_t advance_software(std::uint32_t state, const std::byte* at, std::size_t count) {
  for (; count >= 8; count -= 8, at += 8) {
    const std::uint64_t word = load_u64(at) ^ state;
    state = 0;
    for (std::size_t k = 0; k < 8; ++k) { state ^= kSlicing[7 - k][(word >> (8 * k)) & 0xFFU]; }
  }
  for (; count > 0; --count, ++at) {
    state = (state >> 8U) ^ kSlicing[0][(state ^ std::to_integer<std::uint32_t>(*at)) & 0xFFU];
  }
  return state;
}

#if defined(__x86_64__)

// The crc32 instruction answers after three cycles but one can start every cycle: three lanes run side by side and are
// joined afterwards. Joining needs "this state after kLaneBytes zero bytes", which is linear: four table look-ups.
constexpr std::size_t kLaneBytes = 1024;

constexpr std::array<Table, 4> make_lane_tables() {
  std::array<std::uint32_t, 32> bit_after_lane{};
  for (std::size_t bit = 0; bit < 32; ++bit) {
    std::uint32_t state = 1U << bit;
    for (std::size_t i = 0; i < kLaneBytes; ++i) { state = (state >> 8U) ^ kSlicing[0][state & 0xFFU]; }
    bit_after_lane[bit] = state;
  }
  std::array<Table, 4> tables{};
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      for (std::size_t bit = 0; bit < 8; ++bit) {
        if (((byte >> bit) & 1U) != 0) { tables[k][byte] ^= bit_after_lane[8 * k + bit]; }
      }
    }
  }
  return tables;
}
constexpr std::array<Table, 4> kLane = make_lane_tables();

std::uint32_t over_lane(std::uint32_t state) {
  return kLane[0][state & 0xFFU] ^ kLane[1][(state >> 8U) & 0xFFU] ^ kLane[2][(state >> 16U) & 0xFFU] ^
         kLane[3][state >> 24U];
}

__attribute__((target("sse4.2"))) std::uint32_t advance_hardware(std::uint32_t state, const std::byte* at,
                                                                 std::size_t count) {
  for (; count >= 3 * kLaneBytes; count -= 3 * kLaneBytes, at += 3 * kLaneBytes) {
    std::uint64_t a = state;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    for (std::size_t i = 0; i < kLaneBytes; i += 8) {
      a = _mm_crc32_u64(a, load_u64(at + i));
      b = _mm_crc32_u64(b, load_u64(at + kLaneBytes + i));
      c = _mm_crc32_u64(c, load_u64(at + 2 * kLaneBytes + i));
    }
    state = over_lane(over_lane(static_cast<std::uint32_t>(a)) ^ static_cast<std::uint32_t>(b)) ^
            static_cast<std::uint32_t>(c);
  }
  std::uint64_t wide = state;
  for (; count >= 8; count -= 8, at += 8) { wide = _mm_crc32_u64(wide, load_u64(at)); }
  state = static_cast<std::uint32_t>(wide);
  for (; count > 0; --count, ++at) { state = _mm_crc32_u8(state, std::to_integer<std::uint8_t>(*at)); }
  return state;
}

#endif

}  // namespace

std::uint32_t crc32c_software(std::span<const std::byte> bytes, std::uint32_t seed) {
  return ~advance_software(~seed, bytes.data(), bytes.size());
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) { return ~advance_hardware(~seed, bytes.data(), bytes.size()); }
#endif
  return crc32c_software(bytes, seed);
}

}  // namespace streamflow::encoding
