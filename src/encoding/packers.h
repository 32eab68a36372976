// Packers: the last of a codec's three parts, from small integers (a predictor's residuals) to bytes.
// Format:     docs/format/segment.md §6. Every packed stream knows its own end.
// Invariants: exact for every 64-bit pattern; all arithmetic is modulo 2^64. The planner's cost is in bits and within a
//             few per cent of what encode writes.
// Threads:    pure functions.
// Errors:     kCorrupt when the bytes end early or a position lies outside; kUnsupported for an unknown packer.
#pragma once

#include <cstdint>
#include <optional>
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
  bool one_sided = false;  // Rice: residuals are base + z, not base + unzigzag(z). Patched: the base is their minimum
  std::uint64_t cost_bits = 0;
  std::uint64_t exception_bits = 0;  // what the cost reckons an exception takes
};

// The cheapest packer of `residuals`, by exact counts over all of them.
PackPlan plan_packing(std::span<const std::uint64_t> residuals);

// `plan`, made for other residuals, moved to these: packer and width stay, the base follows them. Nothing when a frame
// of reference would need another width, and for raw values. Its cost_bits is not counted.
std::optional<PackPlan> move_packing(std::span<const std::uint64_t> residuals, const PackPlan& plan);

// The cost of any such plan in one pass, exact but for exceptions, which are taken to be as long as those of the values
// that the plan was made for.
std::uint64_t packing_cost(std::span<const std::uint64_t> residuals, const PackPlan& plan);

void encode_packed(std::span<const std::uint64_t> residuals, const PackPlan& plan, Bytes& out);

// Fills `out`. Reads exactly the stream's bytes from `in`. kRunLength is the integer codec's, not of this function.
Status decode_packed(ByteReader& in, Packer packer, std::span<std::uint64_t> out);

// Positions (ascending, below `count`) as gaps. Used for exceptions and by the decimal map.
void encode_positions(std::span<const std::uint32_t> positions, Bytes& out);
Result<std::vector<std::uint32_t>> decode_positions(ByteReader& in, std::size_t count);

}  // namespace streamflow::encoding
