#include "encoding/bit_packing.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "encoding/kernels.h"

namespace streamflow::encoding {
namespace {

// At most 255 values of at most 32 bits, and eight bytes so that every load may be of eight bytes.
using Tail = std::array<std::byte, kPackGroup * 4 + 8>;

void unpack_tail(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  Tail padded{};
  std::memcpy(padded.data(), in.data(), in.size());
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, padded.data() + i * width / 8, sizeof word);
    out[i] = base + ((word >> (i * width % 8)) & mask);
  }
}

void pack_tail(std::span<const std::uint32_t> in, unsigned width, Bytes& out) {
  Tail padded{};
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::uint64_t word = 0;
    std::byte* at = padded.data() + i * width / 8;
    std::memcpy(&word, at, sizeof word);
    word |= (in[i] & mask) << (i * width % 8);
    std::memcpy(at, &word, sizeof word);
  }
  append_bytes(out, ByteSpan(padded).first((in.size() * width + 7) / 8));
}

// Packs bits [shift, shift + width) of value - base; width is 1 to 32.
void pack_narrow(std::span<const std::uint64_t> values, std::uint64_t base, unsigned shift, unsigned width,
                 Bytes& out) {
  const std::size_t groups = values.size() / kPackGroup;
  const std::size_t at = out.size();
  out.resize(at + groups * (kPackGroup / 8) * width);
  kernels().pack_groups(values.data(), groups, base, shift, width, out.data() + at);
  const std::span<const std::uint64_t> rest = values.subspan(groups * kPackGroup);
  std::uint32_t tail[kPackGroup];
  for (std::size_t i = 0; i < rest.size(); ++i) { tail[i] = static_cast<std::uint32_t>((rest[i] - base) >> shift); }
  pack_tail(std::span(tail).first(rest.size()), width, out);
}

void unpack_narrow(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  const std::size_t groups = out.size() / kPackGroup;
  kernels().unpack_groups(in.data(), groups, base, width, out.data());
  if (const std::size_t done = groups * kPackGroup; done < out.size()) {
    unpack_tail(in.subspan(groups * (kPackGroup / 8) * width), base, width, out.subspan(done));
  }
}

void unpack_wide(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  const std::size_t low_bytes = 4 * out.size();
  unpack_narrow(in.first(packed_bytes(out.size(), 32)), base, 32, out);
  ByteSpan high = in.subspan(low_bytes);
  std::uint64_t group[kPackGroup];
  for (std::size_t done = 0; done < out.size(); done += kPackGroup) {
    const std::size_t count = std::min(kPackGroup, out.size() - done);
    const std::size_t bytes = static_cast<std::size_t>(packed_bytes(count, width - 32));
    unpack_narrow(high.first(bytes), 0, width - 32, std::span(group).first(count));
    high = high.subspan(bytes);
    for (std::size_t i = 0; i < count; ++i) { out[done + i] += group[i] << 32U; }
  }
}

}  // namespace

void pack_bits(std::span<const std::uint64_t> values, std::uint64_t base, unsigned width, Bytes& out) {
  assert(width <= 64);
  if (width > 0) { pack_narrow(values, base, 0, std::min(width, 32U), out); }
  if (width > 32) { pack_narrow(values, base, 32, width - 32, out); }
}

void unpack_bits(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out) {
  assert(width <= 64 && in.size() == packed_bytes(out.size(), width));
  if (width == 0) {
    std::fill(out.begin(), out.end(), base);
  } else if (width <= 32) {
    unpack_narrow(in, base, width, out);
  } else {
    unpack_wide(in, base, width, out);
  }
}

}  // namespace streamflow::encoding
