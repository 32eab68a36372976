// The value compression of Gorilla: each double is XORed with the one before it. A yardstick for our own codecs, and
// what others' chunks hold; segments do not use it.
// Source:     Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database", VLDB 2015, section 4.1.2.
// Format:     bits, highest of each byte first. 64 bits of the first value; then per value "0" when it repeats the
// last,
//             "10" and the meaningful bits when they fit the last window of leading and trailing zeros, else "11",
//             5 bits of leading zeros (at most 31), 6 bits of length (64 as 0) and the meaningful bits. The last byte
//             is filled with zeros; the number of values is kept elsewhere.
// Invariants: exact for every bit pattern.
// Threads:    pure functions.
// Errors:     kCorrupt when the bits end early or a window has no room for its length.
#pragma once

#include <cstdint>
#include <span>

#include "encoding/byte_io.h"
#include "model/result.h"

namespace streamflow::encoding {

void encode_gorilla(std::span<const std::uint64_t> values, Bytes& out);

// Fills `out`; `bytes` must end with the byte of the last value's last bit.
Status decode_gorilla(ByteSpan bytes, std::span<std::uint64_t> out);

}  // namespace streamflow::encoding
