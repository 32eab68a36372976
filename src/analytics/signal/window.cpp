#include "analytics/signal/window.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace streamflow::analytics {
namespace {

// Coefficients of the cosine sum a0 - a1 cos(x) + a2 cos(2x).
std::array<double, 3> cosine_coefficients(Window window) {
  switch (window) {
    case Window::kHann: return {0.5, 0.5, 0.0};
    case Window::kHamming: return {0.54, 0.46, 0.0};
    case Window::kBlackman: return {0.42, 0.5, 0.08};
    case Window::kBoxcar: break;
  }
  return {1.0, 0.0, 0.0};
}

}  // namespace

std::vector<double> window_values(Window window, std::size_t length, WindowForm form) {
  std::vector<double> values(length, 1.0);
  if (length <= 1) return values;
  const auto [constant, first, second] = cosine_coefficients(window);
  const std::size_t period = form == WindowForm::kPeriodic ? length : length - 1;
  for (std::size_t index = 0; index < length; ++index) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(index) / static_cast<double>(period);
    values[index] = constant - first * std::cos(angle) + second * std::cos(2.0 * angle);
  }
  return values;
}

std::vector<double> kaiser_window(std::size_t length, double beta) {
  std::vector<double> values(length, 1.0);
  if (length <= 1) return values;
  const double half = static_cast<double>(length - 1) / 2.0;
  const double scale = std::cyl_bessel_i(0.0, beta);
  for (std::size_t index = 0; index < length; ++index) {
    const double position = (static_cast<double>(index) - half) / half;
    values[index] = std::cyl_bessel_i(0.0, beta * std::sqrt(std::max(0.0, 1.0 - position * position))) / scale;
  }
  return values;
}

}  // namespace streamflow::analytics
