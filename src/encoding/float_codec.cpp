#include "encoding/float_codec.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "encoding/batches.h"
#include "encoding/decimal.h"
#include "encoding/kernels.h"

namespace streamflow::encoding {
namespace {

constexpr unsigned kDecimalFlags = 0x20;  // bits from here on are for variants of the map that are not known yet
constexpr unsigned kDigitsTried = 17;     // more than a double can print
constexpr std::size_t kSample = 64;
constexpr double kExceptionBits = 75;  // position and 64 bits
constexpr double kBitsPerDigit = 3.3219281;
constexpr std::size_t kBitsWorthTrying = 24;  // per value; a decimal block above it is compared with plain bits

}  // namespace

std::optional<unsigned> choose_decimal_digits(std::span<const std::uint64_t> values) {
  std::array<unsigned, kDigitsTried + 1> needing{};  // how many sampled values need exactly so many digits
  const std::size_t count = std::min(values.size(), kSample);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = values[i * values.size() / count];
    unsigned digits = 0;
    while (digits < kDigitsTried && !to_decimal(bits, kPowersOfTen[digits]).exact) { ++digits; }
    ++needing[digits];
  }
  std::optional<unsigned> best;
  double best_bits = 0.25 * kExceptionBits * static_cast<double>(count);
  unsigned covered = 0;
  for (unsigned digits = 0; digits < kDigitsTried; ++digits) {
    covered += needing[digits];
    const double bits = static_cast<double>(count - covered) * kExceptionBits;
    const double cost = bits + kBitsPerDigit * digits * static_cast<double>(covered);
    if (covered > 0 && bits <= 0.25 * kExceptionBits * static_cast<double>(count) && (!best || cost < best_bits)) {
      best_bits = cost;
      best = digits;
    }
  }
  return best;
}

void FloatEncoder::encode_bits(std::span<const std::uint64_t> values, SeriesStarts starts, Mask mask, ByteSpan prefix,
                               Bytes& out) {
  mapped_.assign(values.begin(), values.end());
  kernels().fold_signs(mapped_);
  integers_.encode(mapped_, starts, out, Map::kOrderedBits, mask, prefix);
}

bool FloatEncoder::encode_decimal(std::span<const std::uint64_t> values, unsigned digits, SeriesStarts starts,
                                  Mask mask, ByteSpan prefix, Bytes& out) {
  const std::size_t count = values.size();
  mapped_.resize(count);
  exact_.resize(count);
  std::uint64_t* const mapped = mapped_.data();
  std::uint8_t* const exact = exact_.data();
  const double power = kPowersOfTen[digits];
  for_each_in_batches(count, [=](std::size_t i) {
    const Decimal decimal = to_decimal(values[i], power);
    mapped[i] = decimal.number;
    exact[i] = decimal.exact ? 1 : 0;
  });
  std::vector<std::uint32_t> positions;
  for (std::size_t i = 0; i < count; ++i) {
    if (exact_[i] == 0) {
      positions.push_back(static_cast<std::uint32_t>(i));
      mapped_[i] = i > 0 ? mapped_[i - 1] : 0;
    }
  }
  if (positions.size() * 4 > count) { return false; }
  Bytes parameters(prefix.begin(), prefix.end());
  parameters.push_back(static_cast<std::byte>(digits));
  encode_positions(positions, parameters);
  for (const std::uint32_t position : positions) { append_fixed(parameters, values[position]); }
  integers_.encode(mapped_, starts, out, Map::kDecimal, mask, parameters);
  return true;
}

void FloatEncoder::encode(std::span<const std::uint64_t> values, SeriesStarts starts, Mask mask, ByteSpan prefix,
                          Bytes& out) {
  const std::size_t begin = out.size();
  const std::optional<unsigned> digits = choose_decimal_digits(values);
  if (!digits.has_value() || !encode_decimal(values, *digits, starts, mask, prefix, out)) {
    encode_bits(values, starts, mask, prefix, out);
    return;
  }
  if (const std::size_t size = out.size() - begin; size * 8 > kBitsWorthTrying * values.size()) {
    Bytes other;
    encode_bits(values, starts, mask, prefix, other);
    if (other.size() < size) {
      out.resize(begin);
      append_bytes(out, other);
    }
  }
}

Status decode_floats_after(Descriptor descriptor, ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out) {
  if (out.empty()) { return in.ok() ? Status(Ok{}) : corrupt_block("it ends early"); }
  if (descriptor.map == Map::kOrderedBits) {
    SF_CHECK(decode_integers_after(descriptor, in, starts, out));
    kernels().fold_signs(out);
    return Ok{};
  }
  if (descriptor.map != Map::kDecimal) { return unsupported(descriptor); }
  const unsigned digits = in.fixed<std::uint8_t>();
  if (digits >= kDecimalFlags) { return unsupported(descriptor); }
  SF_TRY(positions, decode_positions(in, out.size()));
  const ByteSpan exceptions = in.take(positions.size() * sizeof(std::uint64_t));
  if (!in.ok() || digits > kDecimalDigitsMax) { return corrupt_block("the decimal map's parameters are out of range"); }
  SF_CHECK(decode_integers_after(descriptor, in, starts, out));
  kernels().divide_decimals(kPowersOfTen[digits], out);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    std::memcpy(&out[positions[i]], exceptions.data() + i * sizeof(std::uint64_t), sizeof(std::uint64_t));
  }
  return Ok{};
}

}  // namespace streamflow::encoding
