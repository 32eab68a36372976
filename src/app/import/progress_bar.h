// A one-line progress bar for terminals; silent elsewhere.
// Threads: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

#include "app/sql/terminal.h"

namespace streamflow::app {

class ProgressBar {
 public:
  ProgressBar(std::ostream& out, const Terminal& terminal, std::string label)
      : out_(out), terminal_(terminal), label_(std::move(label)) {}
  ~ProgressBar() { finish(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // At most ten times a second; `fraction` 0..1, below 0 when unknown.
  void update(double fraction, std::uint64_t rows);
  void finish();  // clears the line

 private:
  std::ostream& out_;
  const Terminal& terminal_;
  std::string label_;
  std::chrono::steady_clock::time_point last_{};
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool drawn_ = false;
};

// The line itself: "flights [=====>    ]  52%  1,560,000 rows  412,000 rows/s", at most `columns` wide.
std::string progress_line(const std::string& label, double fraction, std::uint64_t rows, double seconds,
                          std::size_t columns);

}  // namespace streamflow::app
