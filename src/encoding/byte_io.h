// Little-endian integers and variable-length integers, to and from bytes.
// Format:     varint = LEB128, at most 10 bytes, the 10th at most 1; signed values are zigzag-mapped first.
// Invariants: a reader never looks past its span; after a failed read it stays failed and yields zeros.
// Threads:    values.
// Errors:     ByteReader::ok() turns false; the caller words the error, once per structure and not per byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace streamflow::encoding {

using Bytes = std::vector<std::byte>;
using ByteSpan = std::span<const std::byte>;

constexpr std::uint64_t zigzag(std::uint64_t v) {
  return (v << 1U) ^ (0 - (v >> 63U));
}
constexpr std::uint64_t unzigzag(std::uint64_t z) {
  return (z >> 1U) ^ (0 - (z & 1U));
}

inline void append_bytes(Bytes& out, ByteSpan bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class Integer>
void append_fixed(Bytes& out, Integer value) {
  std::byte raw[sizeof(Integer)];
  std::memcpy(raw, &value, sizeof raw);
  append_bytes(out, raw);
}

inline void append_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) { out.push_back(static_cast<std::byte>(value | 0x80U)); }
  out.push_back(static_cast<std::byte>(value));
}

inline void append_signed_varint(Bytes& out, std::uint64_t value) {
  append_varint(out, zigzag(value));
}

inline void append_text(Bytes& out, std::string_view text) {
  append_varint(out, text.size());
  append_bytes(out, std::as_bytes(std::span(text)));
}

class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return position_ == bytes_.size(); }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  void fail() {
    ok_ = false;
    position_ = bytes_.size();
  }

  ByteSpan take(std::uint64_t count) {
    if (count > remaining()) {
      fail();
      return {};
    }
    const ByteSpan taken = bytes_.subspan(position_, static_cast<std::size_t>(count));
    position_ += static_cast<std::size_t>(count);
    return taken;
  }
  ByteSpan take_rest() { return take(remaining()); }

  template <class Integer>
  Integer fixed() {
    Integer value{};
    const ByteSpan raw = take(sizeof value);
    if (ok_) { std::memcpy(&value, raw.data(), sizeof value); }
    return value;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && position_ < bytes_.size(); shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(bytes_[position_++]);
      if (shift == 63 && byte > 1) { break; }
      value |= (byte & 0x7FU) << shift;
      if (byte < 0x80) { return value; }
    }
    fail();
    return 0;
  }
  std::uint64_t signed_varint() { return unzigzag(varint()); }

  // A length-prefixed string of at most `bytes_max` bytes.
  std::string_view text(std::size_t bytes_max) {
    const std::uint64_t length = varint();
    if (length > bytes_max) {
      fail();
      return {};
    }
    const ByteSpan raw = take(length);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }

 private:
  ByteSpan bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace streamflow::encoding
