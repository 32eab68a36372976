#include "analytics/signal/fft.h"

#include <pocketfft_hdronly.h>

#include <algorithm>
#include <limits>

namespace streamflow::analytics {
namespace {

constexpr std::size_t kDirectConvolutionTaps = 32;  // below, the direct sum beats three transforms

Spectrum complex_transform(std::span<const Complex> input, bool forward) {
  Spectrum output(input.size());
  if (input.empty()) return output;
  const double scale = forward ? 1.0 : 1.0 / static_cast<double>(input.size());
  const pocketfft::stride_t stride = {sizeof(Complex)};
  pocketfft::c2c({input.size()}, stride, stride, {0}, forward, input.data(), output.data(), scale);
  return output;
}

std::vector<double> convolve_directly(std::span<const double> taps, std::span<const double> input) {
  std::vector<double> output(taps.size() + input.size() - 1, 0.0);
  for (std::size_t tap = 0; tap < taps.size(); ++tap) {
    for (std::size_t index = 0; index < input.size(); ++index) output[tap + index] += taps[tap] * input[index];
  }
  return output;
}

}  // namespace

Spectrum fft(std::span<const Complex> input) {
  return complex_transform(input, true);
}

Spectrum inverse_fft(std::span<const Complex> input) {
  return complex_transform(input, false);
}

Spectrum real_fft(std::span<const double> input) {
  if (input.empty()) return {};
  Spectrum output(input.size() / 2 + 1);
  pocketfft::r2c({input.size()}, {sizeof(double)}, {sizeof(Complex)}, 0, true, input.data(), output.data(), 1.0);
  return output;
}

std::vector<double> inverse_real_fft(std::span<const Complex> input, std::size_t length) {
  if (length == 0) return {};
  Spectrum coefficients(input.begin(), input.end());
  coefficients.resize(length / 2 + 1);
  std::vector<double> output(length);
  pocketfft::c2r({length}, {sizeof(Complex)}, {sizeof(double)}, 0, false, coefficients.data(), output.data(),
                 1.0 / static_cast<double>(length));
  return output;
}

std::size_t fast_fft_length(std::size_t length) {
  if (length <= 1) return 1;
  std::size_t best = std::numeric_limits<std::size_t>::max();
  for (std::size_t fives = 1; fives < 5 * length; fives *= 5) {
    for (std::size_t odd = fives; odd < 3 * length; odd *= 3) {
      std::size_t candidate = odd;
      while (candidate < length) candidate *= 2;
      best = std::min(best, candidate);
    }
  }
  return best;
}

std::vector<double> convolve(std::span<const double> left, std::span<const double> right) {
  if (left.empty() || right.empty()) return {};
  if (left.size() > right.size()) std::swap(left, right);
  if (left.size() <= kDirectConvolutionTaps) return convolve_directly(left, right);
  const std::size_t length = left.size() + right.size() - 1;
  std::vector<double> padded(fast_fft_length(length), 0.0);
  std::copy(left.begin(), left.end(), padded.begin());
  Spectrum product = real_fft(padded);
  std::fill(padded.begin(), padded.end(), 0.0);
  std::copy(right.begin(), right.end(), padded.begin());
  const Spectrum other = real_fft(padded);
  for (std::size_t index = 0; index < product.size(); ++index) product[index] *= other[index];
  std::vector<double> output = inverse_real_fft(product, padded.size());
  output.resize(length);
  return output;
}

}  // namespace streamflow::analytics
