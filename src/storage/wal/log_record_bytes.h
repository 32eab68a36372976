// Little-endian bytes written and read with bounds: what log records and manifests are made of.
// Format:     docs/format/wal.md, "Primitive types".
// Invariants: a reader never looks outside its bytes. After its first failure it answers zeros and empty strings and
//             remembers only that failure, so that decoders check once per element group, not once per byte.
// Threads:    one.
// Errors:     ByteReader::error(), kCorrupt: what, at which byte, of how many.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"

namespace streamflow::storage {

class ByteWriter {
 public:
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  template <class Integer>
  void fixed(Integer value) {
    raw(std::as_bytes(std::span(&value, 1)));
  }
  void raw(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void varint(std::uint64_t value) {  // LEB128: seven bits a byte, lowest first
    std::array<std::byte, 10> out{};
    std::size_t count = 0;
    for (; value >= 0x80; value >>= 7U) { out[count++] = static_cast<std::byte>(value | 0x80U); }
    out[count++] = static_cast<std::byte>(value);
    raw(std::span(out).first(count));
  }
  void string(std::string_view text) {
    varint(text.size());
    raw(std::as_bytes(std::span(text)));
  }
  // `bytes` more, for the caller to fill before the next call.
  std::byte* grow(std::size_t bytes) {
    bytes_.resize(bytes_.size() + bytes);
    return bytes_.data() + (bytes_.size() - bytes);
  }
  std::size_t size() const { return bytes_.size(); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class Integer>
  Integer fixed() {
    Integer value{};
    const std::span<const std::byte> from = raw(sizeof value, "a number is cut short");
    if (!from.empty()) { std::memcpy(&value, from.data(), sizeof value); }
    return value;
  }
  std::span<const std::byte> raw(std::uint64_t count, std::string_view what) {
    if (count > remaining()) { fail(what); }
    if (failed()) { return {}; }
    position_ += static_cast<std::size_t>(count);
    return bytes_.subspan(position_ - static_cast<std::size_t>(count), static_cast<std::size_t>(count));
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = fixed<std::uint8_t>();
      if (shift == 63 && byte > 1) { break; }
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) { return value; }
    }
    fail("a number is longer than 64 bits");
    return 0;
  }
  // A count of things that take at least `bytes_each` bytes (not 0) of what remains.
  std::size_t count(std::size_t bytes_each, std::string_view what) {
    const std::uint64_t value = varint();
    if (value > remaining() / bytes_each) { fail(what); }
    return failed() ? 0 : static_cast<std::size_t>(value);
  }
  std::string string(std::size_t bytes_max, std::string_view what) {
    const std::uint64_t length = varint();
    if (length > bytes_max) { fail(what); }
    const std::span<const std::byte> from = raw(failed() ? 0 : length, what);
    return {reinterpret_cast<const char*>(from.data()), from.size()};
  }

  void fail(std::string_view what) {
    if (failed()) { return; }
    failure_ = std::string(what) + " at byte " + std::to_string(position_) + " of " + std::to_string(bytes_.size());
  }
  bool failed() const { return !failure_.empty(); }
  Error error(std::string_view what) const { return {ErrorCode::kCorrupt, std::string(what) + ": " + failure_}; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::string failure_;
};

}  // namespace streamflow::storage
