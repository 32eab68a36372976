// Discrete Fourier transforms of any length, over pocketfft (Bluestein for large prime factors).
// Source:     Reinecke, pocketfft. Sign and scaling as in NumPy: forward unscaled, inverse divided by the length.
// Invariants: O(n log n) for every n. An empty input gives an empty output.
// Threads:    pure functions.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace streamflow::analytics {

using Complex = std::complex<double>;
using Spectrum = std::vector<Complex>;

Spectrum fft(std::span<const Complex> input);
Spectrum inverse_fft(std::span<const Complex> input);
// The n/2+1 coefficients of a real input; the others are their conjugates.
Spectrum real_fft(std::span<const double> input);
// The real series of `length` values with these n/2+1 coefficients; missing ones count as zero, further ones are
// unused.
std::vector<double> inverse_real_fft(std::span<const Complex> input, std::size_t length);
// Least length >= `length` without prime factors above 5: what to pad to when padding is free.
std::size_t fast_fft_length(std::size_t length);
// Linear convolution, of length a + b - 1: by transform, or directly where that is less work.
std::vector<double> convolve(std::span<const double> left, std::span<const double> right);

}  // namespace streamflow::analytics
