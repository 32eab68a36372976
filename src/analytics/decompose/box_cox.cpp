#include "analytics/decompose/box_cox.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace streamflow::analytics {
namespace {

constexpr double kLogarithm = 1e-10;  // exponents this close to 0 are the logarithm

Status check_positive(SeriesView series) {
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!(series[i] > 0) || std::isinf(series[i])) {
      return Error{ErrorCode::kInvalidArgument, "Box-Cox: value " + std::to_string(i) +
                                                    " is not positive and finite; add a constant or leave it out"};
    }
  }
  return Ok{};
}

struct Block {
  double mean, deviation;
};

// Coefficient of variation of deviation / mean^(1 - exponent).
double variation(const std::vector<Block>& blocks, double exponent) {
  const auto n = static_cast<double>(blocks.size());
  double mean = 0;
  double square = 0;
  Series ratios;
  for (const Block& block : blocks) {
    ratios.push_back(block.deviation / std::pow(block.mean, 1 - exponent));
    mean += ratios.back() / n;
  }
  for (const double ratio : ratios) { square += (ratio - mean) * (ratio - mean); }
  return mean > 0 ? std::sqrt(square / (n - 1)) / mean : std::numeric_limits<double>::infinity();
}

template <class Function>
double golden_section(const Function& function, double low, double high) {
  constexpr double kRatio = std::numbers::phi - 1;
  double a = high - kRatio * (high - low);
  double b = low + kRatio * (high - low);
  double at_a = function(a);
  double at_b = function(b);
  while (high - low > 1e-8) {
    if (at_a < at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kRatio * (high - low);
      at_a = function(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kRatio * (high - low);
      at_b = function(b);
    }
  }
  return 0.5 * (low + high);
}

}  // namespace

Result<Series> box_cox(SeriesView series, double exponent) {
  SF_CHECK(check_positive(series));
  Series out(series.begin(), series.end());
  for (double& value : out) {
    value = std::abs(exponent) < kLogarithm ? std::log(value) : std::expm1(exponent * std::log(value)) / exponent;
  }
  return out;
}

Series box_cox_inverse(SeriesView transformed, double exponent) {
  Series out(transformed.begin(), transformed.end());
  for (double& value : out) {
    if (std::abs(exponent) < kLogarithm) {
      value = std::exp(value);
    } else if (exponent * value <= -1) {
      value = exponent > 0 ? 0 : std::numeric_limits<double>::max();
    } else {
      value = std::exp(std::log1p(exponent * value) / exponent);
    }
    value = std::min(value, std::numeric_limits<double>::max());
  }
  return out;
}

Result<double> guerrero_exponent(SeriesView series, std::size_t period) {
  SF_CHECK(check_positive(series));
  const std::size_t length = std::max<std::size_t>(period, 2);
  const std::size_t count = series.size() / length;
  if (count < 2) {
    return Error{ErrorCode::kInvalidArgument, "Box-Cox: got " + std::to_string(series.size()) +
                                                  " values, needs two blocks of " + std::to_string(length)};
  }
  const double scale = *std::max_element(series.begin(), series.end());  // the choice does not depend on the unit
  std::vector<Block> blocks;
  const SeriesView whole = series.last(count * length);
  for (std::size_t k = 0; k < count; ++k) {
    const auto n = static_cast<double>(length);
    double mean = 0;
    double square = 0;
    for (const double value : whole.subspan(k * length, length)) { mean += value / scale / n; }
    for (const double value : whole.subspan(k * length, length)) { square += std::pow(value / scale - mean, 2); }
    blocks.push_back({mean, std::sqrt(square / (n - 1))});
  }
  if (std::all_of(blocks.begin(), blocks.end(), [](const Block& block) { return block.deviation == 0; })) {
    return 1.0;  // nothing varies: nothing to stabilise
  }
  // Several valleys are possible: the best of a coarse grid, then the bottom of its valley.
  double best = -1;
  for (double exponent = -1; exponent <= 2.0001; exponent += 0.05) {
    if (variation(blocks, exponent) < variation(blocks, best)) { best = exponent; }
  }
  return golden_section([&](double exponent) { return variation(blocks, exponent); }, std::max(-1.0, best - 0.05),
                        std::min(2.0, best + 0.05));
}

}  // namespace streamflow::analytics
