// Integers (also times, booleans, dictionary codes, statistics) to bytes and back: map, predict, pack.
// Format:     docs/format/segment.md §5-6: descriptor, the map's parameters, the predictor's, the packed residuals.
// Invariants: exact for every 64-bit pattern, signed or not: all arithmetic is modulo 2^64. No values take no bytes.
//             Nested streams (run values, run lengths, first values) nest once.
// Threads:    an encoder belongs to one thread (it keeps scratch memory); decoding is a pure function.
// Errors:     decode answers kCorrupt or kUnsupported, never reads outside its span, and allocates at most what
//             `out` already has.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/descriptor.h"
#include "encoding/packers.h"
#include "model/result.h"

namespace streamflow::encoding {

// Where series begin in a packed block, as positions among the encoded values: ascending, the first is 0. Empty when
// the block is of one series. Encoder and decoder must be given the same.
using SeriesStarts = std::span<const std::uint32_t>;

// How predictor and packer are chosen: by a sample and by what suited the column so far, or by weighing every value
// every time. kFirst keeps what suited a column's first block while it can hold the values, whatever it costs: the
// yardstick of what encoding takes without a choice.
enum class ChooserEffort : std::uint8_t { kSampled, kExhaustive, kFirst };

class IntegerEncoder {
 public:
  explicit IntegerEncoder(ChooserEffort effort = ChooserEffort::kSampled) : effort_(effort) {}

  // Appends one stream, of the codec that costs least by estimate. `map` (kIdentity or kOrderedBits) only labels
  // what the integers stand for, `mask` is copied into the descriptor, `prefix` follows it.
  void encode(std::span<const std::uint64_t> values, SeriesStarts starts, Bytes& out, Map map = Map::kIdentity,
              Mask mask = Mask::kAllValid, ByteSpan prefix = {});

  // Appends a nested stream: no divisor, no runs.
  void encode_nested(std::span<const std::uint64_t> values, Bytes& out);

  // The streams that follow are blocks of one column: predictor and packer that suited one are tried first on the next,
  // and kept as long as they pay. Before the first call each stream is weighed by itself.
  void begin_column() { last_ = {.blocks_left = 0, .in_column = true}; }

 private:
  struct Choice {
    Predictor predictor = Predictor::kNone;
    PackPlan plan{};
    std::uint64_t cost_bits = 0;
  };

  struct LastChoice {
    Predictor predictor = Predictor::kNone;
    PackPlan plan{};
    double bits_per_value = 0;
    unsigned blocks_left = 0;  // for which the choice may be kept
    bool in_column = false;
  };

  Choice choose(std::span<const std::uint64_t> values, SeriesStarts starts);
  std::optional<Choice> keep(std::span<const std::uint64_t> values);
  PackPlan keep_packing();
  Choice plan_whole(std::span<const std::uint64_t> values, Predictor predictor);
  Choice choose_fully(std::span<const std::uint64_t> values, SeriesStarts starts);
  Predictor choose_by_sample(std::span<const std::uint64_t> values, double& bits_per_value);
  bool encode_runs(std::span<const std::uint64_t> values, std::uint64_t bits_max, Bytes& out);
  void append_stream(std::span<const std::uint64_t> values, SeriesStarts starts, const Choice& choice, Bytes& out);

  ChooserEffort effort_;
  std::vector<std::uint64_t> quotients_;
  std::vector<std::uint64_t> residuals_;
  LastChoice last_;
};

// Fills `out` from one stream and leaves `in` after it. The descriptor has been read by the caller.
Status decode_integers_after(Descriptor descriptor, ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out);

// Fills `out` from one stream that begins with its descriptor; nested streams' form.
Status decode_integers(ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out);
Status decode_nested_integers(ByteReader& in, std::span<std::uint64_t> out);

}  // namespace streamflow::encoding
