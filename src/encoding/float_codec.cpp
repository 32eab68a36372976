#include "encoding/float_codec.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "encoding/batches.h"
#include "encoding/decimal_choice.h"
#include "encoding/kernels.h"

namespace streamflow::encoding {
namespace {

constexpr unsigned kUnknownForms = 0x80;      // bit 7 is for forms that are not known yet
constexpr std::size_t kBitsWorthTrying = 24;  // per value; a decimal block above it is compared with plain bits
// A column keeps its form for so many blocks, while its values take about the bits they took.
constexpr unsigned kKeptBlocks = 32;
constexpr std::size_t kKeptValuesMin = 256;
constexpr double kKeptTolerance = 0.1;
constexpr double kKeptSlackBits = 0.25;  // per value

}  // namespace

void FloatEncoder::begin_column() {
  integers_.begin_column();
  ulp_encoder_.begin_column();
  kept_blocks_ = 0;
  in_column_ = true;
}

void FloatEncoder::encode_bits(std::span<const std::uint64_t> values, SeriesStarts starts, Mask mask, ByteSpan prefix,
                               Bytes& out) {
  mapped_.assign(values.begin(), values.end());
  kernels().fold_signs(mapped_);
  integers_.encode(mapped_, starts, out, Map::kOrderedBits, mask, prefix);
}

template <DecimalForm Form>
void FloatEncoder::code_values(std::span<const std::uint64_t> values, double power) {
  for_each_in_batches(values.size(), [=, bits = values.data(), mapped = mapped_.data(), ulps = ulps_.data(),
                                      exact = exact_.data()](std::size_t i) {
    const CodedDecimal coded = code_decimal<Form>(bits[i], power);
    mapped[i] = coded.number;
    exact[i] = coded.exact ? 1 : 0;
    if constexpr (has_ulps(Form)) { ulps[i] = coded.ulps; }
  });
}

bool FloatEncoder::encode_decimal(std::span<const std::uint64_t> values, DecimalCode code, SeriesStarts starts,
                                  Mask mask, ByteSpan prefix, Bytes& out) {
  const std::size_t count = values.size();
  const double power = kPowersOfTen[code.digits];
  mapped_.resize(count);
  exact_.resize(count);
  ulps_.resize(count);
  switch (code.form) {
    case DecimalForm::kPlain: code_values<DecimalForm::kPlain>(values, power); break;
    case DecimalForm::kFloat32: code_values<DecimalForm::kFloat32>(values, power); break;
    case DecimalForm::kUlps: code_values<DecimalForm::kUlps>(values, power); break;
    case DecimalForm::kFloat32Ulps: code_values<DecimalForm::kFloat32Ulps>(values, power); break;
  }
  std::vector<std::uint32_t> positions;
  for (std::size_t i = 0; i < count; ++i) {
    if (exact_[i] == 0) {
      positions.push_back(static_cast<std::uint32_t>(i));
      mapped_[i] = i > 0 ? mapped_[i - 1] : 0;
      ulps_[i] = 0;
    }
  }
  if (positions.size() * 4 > count) { return false; }
  Bytes parameters(prefix.begin(), prefix.end());
  parameters.push_back(static_cast<std::byte>(static_cast<unsigned>(code.form) | code.digits));
  encode_positions(positions, parameters);
  for (const std::uint32_t position : positions) { append_fixed(parameters, values[position]); }
  if (has_ulps(code.form)) { ulp_encoder_.encode_nested(ulps_, parameters); }
  integers_.encode(mapped_, starts, out, Map::kDecimal, mask, parameters);
  return true;
}

void FloatEncoder::encode(std::span<const std::uint64_t> values, SeriesStarts starts, Mask mask, ByteSpan prefix,
                          Bytes& out) {
  const std::size_t begin = out.size();
  const auto encode_as = [&](std::optional<DecimalCode> code, Bytes& into) {
    if (!code.has_value() || !encode_decimal(values, *code, starts, mask, prefix, into)) {
      encode_bits(values, starts, mask, prefix, into);
      code = std::nullopt;
    }
    return code;
  };
  const auto bits_per_value = [&] {
    return 8.0 * static_cast<double>(out.size() - begin) / static_cast<double>(values.size());
  };
  if (kept_blocks_ > 0 && values.size() >= kKeptValuesMin) {
    --kept_blocks_;
    if (encode_as(kept_code_, out) == kept_code_ &&
        std::abs(bits_per_value() - kept_bits_) <= kKeptTolerance * kept_bits_ + kKeptSlackBits) {
      return;
    }
    out.resize(begin);
  }
  std::optional<DecimalCode> code = encode_as(choose_decimal(values), out);
  if (const std::size_t size = out.size() - begin; code.has_value() && size * 8 > kBitsWorthTrying * values.size()) {
    Bytes other;
    encode_bits(values, starts, mask, prefix, other);
    if (other.size() < size) {
      out.resize(begin);
      append_bytes(out, other);
      code = std::nullopt;
    }
  }
  kept_code_ = code;
  kept_bits_ = bits_per_value();
  kept_blocks_ = in_column_ ? kKeptBlocks : 0;
}

Status decode_floats_after(Descriptor descriptor, ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out) {
  if (out.empty()) { return in.ok() ? Status(Ok{}) : corrupt_block("it ends early"); }
  if (descriptor.map == Map::kOrderedBits) {
    SF_CHECK(decode_integers_after(descriptor, in, starts, out));
    kernels().fold_signs(out);
    return Ok{};
  }
  if (descriptor.map != Map::kDecimal) { return unsupported(descriptor); }
  const unsigned coded = in.fixed<std::uint8_t>();
  const unsigned digits = coded & kDecimalDigitsMask;
  const auto form = static_cast<DecimalForm>(coded & ~kDecimalDigitsMask);
  if (coded >= kUnknownForms) { return unsupported(descriptor); }
  SF_TRY(positions, decode_positions(in, out.size()));
  const ByteSpan exceptions = in.take(positions.size() * sizeof(std::uint64_t));
  if (!in.ok() || digits > kDecimalDigitsMax) { return corrupt_block("the decimal map's parameters are out of range"); }
  std::unique_ptr<std::uint64_t[]> ulps;
  if (has_ulps(form)) {
    ulps = std::make_unique_for_overwrite<std::uint64_t[]>(out.size());
    SF_CHECK(decode_nested_integers(in, {ulps.get(), out.size()}));
  }
  SF_CHECK(decode_integers_after(descriptor, in, starts, out));
  kernels().divide_decimals(kPowersOfTen[digits], out);
  if (has_float32(form)) { kernels().round_to_floats(out); }
  if (has_ulps(form)) { kernels().add_ulps(ulps.get(), out); }
  for (std::size_t i = 0; i < positions.size(); ++i) {
    std::memcpy(&out[positions[i]], exceptions.data() + i * sizeof(std::uint64_t), sizeof(std::uint64_t));
  }
  return Ok{};
}

}  // namespace streamflow::encoding
