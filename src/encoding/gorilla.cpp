#include "encoding/gorilla.h"

#include <algorithm>
#include <bit>

#include "encoding/descriptor.h"

namespace streamflow::encoding {
namespace {

constexpr unsigned kLeadingMax = 31;  // 5 bits

class BitWriter {
 public:
  explicit BitWriter(Bytes& out) : out_(out) {}
  ~BitWriter() {
    if (filled_ > 0) { out_.push_back(static_cast<std::byte>(pending_ << (8 - filled_))); }
  }
  BitWriter(const BitWriter&) = delete;
  BitWriter& operator=(const BitWriter&) = delete;

  // The low `count` bits (1 to 64), highest first.
  void put(std::uint64_t bits, unsigned count) {
    while (count > 0) {
      const unsigned taken = std::min(8 - filled_, count);
      count -= taken;
      pending_ = pending_ << taken | static_cast<unsigned>((bits >> count) & ((1U << taken) - 1));
      filled_ += taken;
      if (filled_ == 8) {
        out_.push_back(static_cast<std::byte>(pending_));
        pending_ = filled_ = 0;
      }
    }
  }

 private:
  Bytes& out_;
  unsigned pending_ = 0, filled_ = 0;
};

class BitReader {
 public:
  explicit BitReader(ByteSpan bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  bool at_end() const { return (position_ + 7) / 8 == bytes_.size(); }

  std::uint64_t take(unsigned count) {
    if (count > bytes_.size() * 8 - position_) {
      ok_ = false;
      return 0;
    }
    std::uint64_t bits = 0;
    while (count > 0) {
      const auto used = static_cast<unsigned>(position_ % 8);
      const unsigned taken = std::min(8 - used, count);
      const unsigned byte = std::to_integer<unsigned>(bytes_[position_ / 8]);
      bits = bits << taken | ((byte >> (8 - used - taken)) & ((1U << taken) - 1));
      position_ += taken;
      count -= taken;
    }
    return bits;
  }

 private:
  ByteSpan bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

struct Window {
  unsigned leading = 64, length = 0;  // of zeros; of the bits after them. 64: none yet
  unsigned trailing() const { return 64 - leading - length; }
};

}  // namespace

void encode_gorilla(std::span<const std::uint64_t> values, Bytes& out) {
  BitWriter bits(out);
  Window window;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 0) {
      bits.put(values[0], 64);
      continue;
    }
    const std::uint64_t difference = values[i] ^ values[i - 1];
    if (difference == 0) {
      bits.put(0, 1);
      continue;
    }
    const unsigned leading = std::min(static_cast<unsigned>(std::countl_zero(difference)), kLeadingMax);
    const auto trailing = static_cast<unsigned>(std::countr_zero(difference));
    if (window.length > 0 && leading >= window.leading && trailing >= window.trailing()) {
      bits.put(0b10, 2);
    } else {
      window = {leading, 64 - leading - trailing};
      bits.put(0b11, 2);
      bits.put(window.leading, 5);
      bits.put(window.length % 64, 6);
    }
    bits.put(difference >> window.trailing(), window.length);
  }
}

Status decode_gorilla(ByteSpan bytes, std::span<std::uint64_t> out) {
  BitReader bits(bytes);
  Window window;
  for (std::size_t i = 0; i < out.size() && bits.ok(); ++i) {
    if (i == 0) {
      out[0] = bits.take(64);
      continue;
    }
    out[i] = out[i - 1];
    if (bits.take(1) == 0) { continue; }
    if (bits.take(1) == 1) {
      window.leading = static_cast<unsigned>(bits.take(5));
      const auto length = static_cast<unsigned>(bits.take(6));
      window.length = length == 0 ? 64 : length;
    }
    if (window.length == 0 || window.leading + window.length > 64) {
      return corrupt_block("a window of meaningful bits that does not fit 64");
    }
    out[i] ^= bits.take(window.length) << window.trailing();
  }
  return bits.ok() && bits.at_end() ? Status(Ok{}) : corrupt_block("Gorilla's bits do not fit the number of values");
}

}  // namespace streamflow::encoding
