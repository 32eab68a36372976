#include "app/import/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace streamflow::app {

std::string progress_line(const std::string& label, double fraction, std::uint64_t rows, double seconds,
                          std::size_t columns) {
  constexpr std::size_t kBarMax = 30;
  const auto rate = static_cast<std::uint64_t>(seconds > 0 ? static_cast<double>(rows) / seconds : 0);
  const std::string figures = fmt::format("  {} rows  {} rows/s", with_thousands(rows), with_thousands(rate));
  std::string bar;
  if (fraction >= 0) {
    const double share = std::clamp(fraction, 0.0, 1.0);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kBarMax));
    bar = fmt::format(" [{}{}{}] {:3.0f}%", std::string(full, '='), full < kBarMax ? ">" : "",
                      std::string(kBarMax - full - (full < kBarMax ? 1 : 0), ' '), share * 100);
  }
  return fit(label + bar + figures, columns);
}

void ProgressBar::update(double fraction, std::uint64_t rows) {
  if (!terminal_.interactive) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  out_ << "\r\033[K" << progress_line(label_, fraction, rows, seconds, terminal_.columns - 1) << std::flush;
}

void ProgressBar::finish() {
  if (drawn_) out_ << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace streamflow::app
