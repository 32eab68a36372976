// The first two bytes of every encoded block: which map, predictor and packer made it, and how NULLs are stored.
// Format:     docs/format/segment.md §5: uint16 little-endian, map bits 0-3, predictor 4-7, packer 8-12, mask 13-15.
// Invariants: a number, once given, never changes its meaning; new codecs are new numbers, 15 and 31 stay reserved.
// Threads:    values.
// Errors:     an unknown number is kUnsupported: the block was written by a newer version.
#pragma once

#include <cstdint>
#include <string>

#include "model/result.h"

namespace streamflow::encoding {

// What a stored integer stands for. Numbers of strings and of fixed-width columns do not overlap.
enum class Map : std::uint8_t {
  kIdentity = 0,     // the value's 64 bits
  kDivisor = 1,      // offset + divisor * q
  kDecimal = 2,      // float64: d / 10^k, with exceptions
  kOrderedBits = 3,  // float64: bits with the sign folded, so that order is kept
  kDictionary = 4,   // strings: codes into a dictionary
  kPlain = 5,        // strings: lengths and bytes
  kPlainLz4 = 6,     // the same, bytes compressed by LZ4
};

enum class Predictor : std::uint8_t {
  kNone = 0,
  kDelta = 1,
  kDeltaOfDelta = 2,
  kDeltaPerSeries = 3,  // delta that starts anew at each series of a packed block
  kLine = 4,            // distance from a straight line
};

enum class Packer : std::uint8_t {
  kRaw = 0,  // 64 bits each
  kFrameOfReference = 1,
  kPatched = 2,  // frame of reference with exceptions
  kRunLength = 3,
  kSplitRice = 4,
};

enum class Mask : std::uint8_t {
  kAllValid = 0,
  kAllNull = 1,  // nothing follows; a block that is all NULL may also be empty altogether
  kBitmap = 2,
  kRuns = 3,  // lengths of alternating runs, the first of valid values
};

struct Descriptor {
  Map map = Map::kIdentity;
  Predictor predictor = Predictor::kNone;
  Packer packer = Packer::kRaw;
  Mask mask = Mask::kAllValid;
  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

constexpr std::uint16_t to_bits(Descriptor d) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(d.map) | static_cast<unsigned>(d.predictor) << 4U |
                                    static_cast<unsigned>(d.packer) << 8U | static_cast<unsigned>(d.mask) << 13U);
}

constexpr Descriptor descriptor_from(std::uint16_t bits) {
  return {static_cast<Map>(bits & 15U), static_cast<Predictor>((bits >> 4U) & 15U),
          static_cast<Packer>((bits >> 8U) & 31U), static_cast<Mask>(bits >> 13U)};
}

// "decimal, delta, patched": for SHOW STORAGE and error messages; unknown numbers are printed as such.
std::string to_string(Descriptor d);

// The error for a descriptor whose parts are not known, or not together.
Error unsupported(Descriptor d);

// The error for bytes that break the format; `what` says which rule.
Error corrupt_block(const char* what);

}  // namespace streamflow::encoding
