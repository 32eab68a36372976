// The inner loops of the codecs, once in plain C++ and once per vector instruction set, chosen when the program runs.
// Invariants: every set gives the same bits for the same input; "scalar" is the reference the others are tested with.
// Threads:    pure functions; the choice is made once. force_kernels is for tests and benchmarks: no codec may run.
// Errors:     none: callers check lengths and ranges before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/value_order.h"

namespace streamflow::encoding {

// Slots that find_ones may write past the ones it counts.
inline constexpr std::size_t kOnesOverrun = 64;

// A line of `slope` 65536ths per row, at row i.
constexpr std::uint64_t line_at(std::uint64_t slope, std::size_t i) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(slope * i) >> 16);
}

struct MinMax {
  std::int64_t min = 0, max = 0;
};

// How far values lie from a centre: value - centre, or its zigzag, modulo 2^64.
struct Center {
  std::uint64_t value = 0;
  bool one_sided = false;
  std::uint64_t distance(std::uint64_t v) const { return one_sided ? v - value : zigzag(v - value); }
};

// What split Rice would make of values: quotients >= quotient_max are exceptions and add nothing to the sum.
struct RiceSums {
  std::uint64_t quotients = 0, exceptions = 0;
  friend bool operator==(const RiceSums&, const RiceSums&) = default;
};
inline constexpr std::uint64_t kRiceQuotientMax = 20;

struct Kernels {
  std::string_view name;

  // Whole groups of 256 values of 1 to 32 bits (bit_packing.h): out = base + bits; bits of (value - base) >> shift.
  void (*unpack_groups)(const std::byte* in, std::size_t groups, std::uint64_t base, unsigned width,
                        std::uint64_t* out);
  void (*pack_groups)(const std::uint64_t* in, std::size_t groups, std::uint64_t base, unsigned shift, unsigned width,
                      std::byte* out);

  // values[i] += values[i - 1], where `before` precedes the first.
  void (*undo_delta)(std::uint64_t before, std::span<std::uint64_t> values);

  // Positions of the one-bits of `bytes` (a multiple of 8), lowest first; stops with count + 1 when there are more than
  // `count`. `positions` has count + kOnesOverrun slots.
  std::size_t (*find_ones)(std::span<const std::byte> bytes, std::size_t count, std::uint32_t* positions);

  // z = values[i] | (ones[i] - ones[i - 1] - 1) << width; values[i] = base + (one_sided ? z : unzigzag(z)). ones[-1] is
  // readable; what it must hold for the first value is all ones.
  void (*join_rice)(const std::uint32_t* ones, unsigned width, std::uint64_t base, bool one_sided,
                    std::span<std::uint64_t> values);

  void (*scale)(std::uint64_t offset, std::uint64_t factor, std::span<std::uint64_t> values);  // offset + factor * v
  void (*fold_signs)(std::span<std::uint64_t> values);  // ordered bits <-> bits of a double; its own inverse
  void (*divide_decimals)(double power, std::span<std::uint64_t> values);  // |int64| < 2^51 -> bits of value / power
  void (*round_to_floats)(std::span<std::uint64_t> values);                // doubles to the nearest float32
  void (*add_ulps)(const std::uint64_t* ulps, std::span<std::uint64_t> values);  // doubles moved by so many neighbours
  // values[i] += start + (slope * i as int64 >> 16)
  void (*add_line)(std::uint64_t start, std::uint64_t slope, std::span<std::uint64_t> values);

  // For the chooser. `values` is not empty.
  MinMax (*min_max)(std::span<const std::uint64_t> values);
  // The number of significant bits of each distance, 0 to 64; one per value.
  void (*bit_lengths)(std::span<const std::uint64_t> values, const Center& center, std::uint8_t* lengths);
  RiceSums (*rice_sums)(std::span<const std::uint64_t> values, const Center& center, unsigned width);

  // For column_aggregate.h. `values` of measure is not empty; select sets bits of words that are zero before.
  Measures (*measure)(ValueOrder order, std::span<const std::uint64_t> values);
  void (*select)(ValueOrder order, std::span<const std::uint64_t> values, std::int64_t min_key, std::int64_t max_key,
                 std::uint64_t* words);
};

// The best set this machine runs.
const Kernels& kernels();
// All it runs, best first; the last is "scalar".
std::vector<std::string_view> kernel_names();
// Makes kernels() answer the set of this name; "" gives the best back. False for a name that is not among them.
bool force_kernels(std::string_view name);

extern const Kernels kScalarKernels;

}  // namespace streamflow::encoding
