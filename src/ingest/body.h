// Undoes a request body's Content-Encoding, with limits on both sides.
// Source:     RFC 9110 §8.4.1; RFC 1952 (gzip, also several members in a row), RFC 1950 and 1951 (deflate, with or
// without
//             the zlib frame: senders differ), RFC 8878 and 9659 (zstd, also several frames in a row).
// Invariants: never holds more than output_bytes_max and a buffer: output is counted as it comes, no length field is
// trusted. Threads:    pure functions. Errors:     kTooLarge (a limit; the message names it), kInvalidArgument (damaged
// or truncated), kUnsupported (another
//             encoding; the message lists those known).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.h"

namespace streamflow::ingest {

enum class ContentEncoding : std::uint8_t { kIdentity, kGzip, kDeflate, kZstd };

// From the header's value, in any case; an empty one is identity. Several encodings in one header are kUnsupported.
Result<ContentEncoding> content_encoding_from(std::string_view header);

struct BodyLimits {
  std::size_t input_bytes_max = std::size_t{64} << 20U;
  std::size_t output_bytes_max = std::size_t{64} << 20U;
};

Result<std::string> decode_body(std::string_view body, ContentEncoding encoding, const BodyLimits& limits);

}  // namespace streamflow::ingest
