// Packers: the last of a codec's three parts, from small integers (a predictor's residuals) to bytes.
// Format:     docs/format/segment.md §6. Every packed stream knows its own end.
// Invariants: exact for every 64-bit pattern; all arithmetic is modulo 2^64. The planner's cost is in bits and within a
//             few per cent of what encode writes.
// Threads:    pure functions.
// Errors:     kCorrupt when the bytes end early or a position lies outside; kUnsupported for an unknown packer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/descriptor.h"
#include "model/result.h"

namespace streamflow::encoding {

// How to pack one stream. `width` is the bits per value (frame of reference, patched) or Rice's k.
struct PackPlan {
  Packer packer = Packer::kRaw;
  std::uint64_t base = 0;
  unsigned width = 64;
  bool one_sided = false;  // Rice: residuals are base + z, not base + unzigzag(z)
  std::uint64_t cost_bits = 0;
};

// The cheapest packer of `residuals`, by exact counts over all of them.
PackPlan plan_packing(std::span<const std::uint64_t> residuals);

void encode_packed(std::span<const std::uint64_t> residuals, const PackPlan& plan, Bytes& out);

// Fills `out`. Reads exactly the stream's bytes from `in`. kRunLength is the integer codec's, not of this function.
Status decode_packed(ByteReader& in, Packer packer, std::span<std::uint64_t> out);

// Positions (ascending, below `count`) as gaps. Used for exceptions and by the decimal map.
void encode_positions(std::span<const std::uint32_t> positions, Bytes& out);
Result<std::vector<std::uint32_t>> decode_positions(ByteReader& in, std::size_t count);

}  // namespace streamflow::encoding
