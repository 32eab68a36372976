// float64 values to bytes and back: as decimals d / 10^k where that is exact or nearly so, else as bits.
// Format:     docs/format/segment.md §6. A value that no d / 10^k gives back bit for bit (-0.0, NaN, infinities, more
//             digits) is an exception and stored whole.
// Invariants: exact for every bit pattern, NaN payloads included.
// Threads:    an encoder belongs to one thread; decoding is a pure function.
// Errors:     as integer_codec.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "encoding/decimal.h"
#include "encoding/integer_codec.h"

namespace streamflow::encoding {

class FloatEncoder {
 public:
  explicit FloatEncoder(ChooserEffort effort = ChooserEffort::kSampled) : integers_(effort), ulp_encoder_(effort) {}

  // `values` are bit patterns of doubles.
  void encode(std::span<const std::uint64_t> values, SeriesStarts starts, Mask mask, ByteSpan prefix, Bytes& out);
  void begin_column();  // as IntegerEncoder's

 private:
  void encode_bits(std::span<const std::uint64_t> values, SeriesStarts starts, Mask mask, ByteSpan prefix, Bytes& out);
  bool encode_decimal(std::span<const std::uint64_t> values, DecimalCode code, SeriesStarts starts, Mask mask,
                      ByteSpan prefix, Bytes& out);
  template <DecimalForm Form>
  void code_values(std::span<const std::uint64_t> values, double power);

  IntegerEncoder integers_;
  IntegerEncoder ulp_encoder_;
  std::vector<std::uint64_t> mapped_, ulps_;
  std::vector<std::uint8_t> exact_;
  std::optional<DecimalCode> kept_code_;  // of the column's last blocks
  double kept_bits_ = 0;                  // per value
  unsigned kept_blocks_ = 0;              // for which it may still be used unasked
  bool in_column_ = false;
};

Status decode_floats_after(Descriptor descriptor, ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out);

}  // namespace streamflow::encoding
