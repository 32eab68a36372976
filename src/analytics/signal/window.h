// Window functions for spectra and for FIR design.
// Source:  Harris 1978; the formulas and the periodic/symmetric distinction are SciPy's.
// Threads: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace streamflow::analytics {

enum class Window : std::uint8_t { kBoxcar, kHann, kHamming, kBlackman };
// Periodic windows suit spectra (the point after the last is the first again), symmetric ones suit filters.
enum class WindowForm : std::uint8_t { kPeriodic, kSymmetric };

std::vector<double> window_values(Window window, std::size_t length, WindowForm form);
// Symmetric Kaiser window; `beta` trades main lobe width for side lobe height.
std::vector<double> kaiser_window(std::size_t length, double beta);

}  // namespace streamflow::analytics
