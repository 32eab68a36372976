#include "encoding/decimal_choice.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace streamflow::encoding {
namespace {

constexpr std::size_t kSample = 64;
constexpr double kExceptionBits = 75;  // position and 64 bits
constexpr double kBitsPerDigit = 3.3219281;
constexpr double kUlpBits = 3.5;
constexpr double kExceptionShareMax = 0.25;
// Digits tried. Past 12, units in the last place would give back any number at all.
constexpr unsigned kPlainDigits = 17, kFloatDigits = 10, kUlpDigits = 13;
constexpr unsigned kFewDigits = 8;  // a plain decimal of so few needs no other form

using Needing = std::array<unsigned, kPlainDigits + 1>;  // how many sampled values need exactly so many digits

template <DecimalForm Form>
unsigned digits_needed(std::uint64_t bits, unsigned digits_max) {
  unsigned digits = 0;
  while (digits < digits_max && !code_decimal<Form>(bits, kPowersOfTen[digits]).exact) { ++digits; }
  return digits < digits_max ? digits : kPlainDigits;
}

struct Best {
  std::optional<DecimalCode> code;
  double cost = 0;
};

void consider(DecimalForm form, const Needing& needing, std::size_t count, double extra_bits, Best& best) {
  unsigned covered = 0;
  for (unsigned digits = 0; digits < kPlainDigits; ++digits) {
    covered += needing[digits];
    const auto exceptions = static_cast<double>(count - covered);
    if (covered == 0 || exceptions > kExceptionShareMax * static_cast<double>(count)) { continue; }
    const double cost = exceptions * kExceptionBits + (kBitsPerDigit * digits + extra_bits) * covered;
    if (!best.code.has_value() || cost < best.cost) { best = {DecimalCode{form, digits}, cost}; }
  }
}

}  // namespace

std::optional<DecimalCode> choose_decimal(std::span<const std::uint64_t> values) {
  Needing plain{}, floats{}, ulps{}, float_ulps{};
  const std::size_t count = std::min(values.size(), kSample);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = values[i * values.size() / count];
    const unsigned digits = digits_needed<DecimalForm::kPlain>(bits, kPlainDigits);
    const bool is_float = round_to_float(bits) == bits;
    ++plain[digits];
    const bool few = digits <= kFewDigits;
    const unsigned float_digits = !is_float ? kPlainDigits
                                  : few     ? digits
                                            : digits_needed<DecimalForm::kFloat32>(bits, kFloatDigits);
    ++floats[float_digits];
    ++ulps[few ? digits : digits_needed<DecimalForm::kUlps>(bits, kUlpDigits)];
    ++float_ulps[few || is_float ? float_digits : digits_needed<DecimalForm::kFloat32Ulps>(bits, kFloatDigits)];
  }
  Best best;
  consider(DecimalForm::kPlain, plain, count, 0, best);
  consider(DecimalForm::kFloat32, floats, count, 0, best);
  consider(DecimalForm::kUlps, ulps, count, kUlpBits, best);
  consider(DecimalForm::kFloat32Ulps, float_ulps, count, kUlpBits, best);
  return best.code;
}

}  // namespace streamflow::encoding
