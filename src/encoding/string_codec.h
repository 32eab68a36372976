// Strings to bytes and back: a dictionary with packed codes, or plain text, either with LZ4 where that saves.
// Format:     docs/format/segment.md §7.
// Invariants: exact, embedded zeros included. A block holds at most kStringBlockBytes bytes of text.
// Threads:    an encoder belongs to one thread; decoding is a pure function.
// Errors:     kCorrupt when lengths, codes or LZ4 do not fit; allocates at most kStringBlockBytes beyond `views`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/integer_codec.h"

namespace streamflow::encoding {

inline constexpr std::size_t kStringBlockBytes = std::size_t{1} << 20U;

class StringEncoder {
 public:
  // The sum of sizes must not exceed kStringBlockBytes.
  void encode(std::span<const std::string_view> values, Mask mask, ByteSpan prefix, Bytes& out);

 private:
  bool encode_dictionary(std::span<const std::string_view> values, Mask mask, ByteSpan prefix, Bytes& out);
  void encode_plain(std::span<const std::string_view> values, Mask mask, ByteSpan prefix, Bytes& out);
  void append_lengths(std::span<const std::string_view> values, Bytes& out);

  IntegerEncoder integers_;
  std::vector<std::uint64_t> numbers_;
};

// Fills `views`; they point into `text`, which is replaced.
Status decode_strings_after(Descriptor descriptor, ByteReader& in, std::span<std::string_view> views,
                            std::string& text);

}  // namespace streamflow::encoding
