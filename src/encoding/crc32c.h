// CRC32C (Castagnoli), the checksum of every frame, block and manifest on disk.
// Source:     RFC 3720 appendix B.4 (polynomial 0x1EDC6F41, reflected, initial value and final XOR all ones).
// Invariants: crc32c(b, crc32c(a)) == crc32c(a followed by b); crc32c of nothing is the seed.
// Threads:    pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace streamflow::encoding {

// Uses the processor's crc32 instruction when it has one, else tables; both give the same value.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0);

// The table version, whatever the processor: the reference that tests compare with.
std::uint32_t crc32c_software(std::span<const std::byte> bytes, std::uint32_t seed = 0);

}  // namespace streamflow::encoding
