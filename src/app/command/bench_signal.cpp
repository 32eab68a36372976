#include "app/command/bench_signal.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <string>

namespace streamflow::app {

double expected_rms(const BenchChannel& channel) {
  return std::sqrt(channel.offset * channel.offset + channel.amplitude * channel.amplitude / 2 +
                   channel.noise * channel.noise);
}

// SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, fig. 17.
double BenchSignal::uniform() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  z ^= z >> 31;
  return (static_cast<double>(z >> 11) + 1.0) * 0x1.0p-53;
}

// Box and Muller, "A note on the generation of random normal deviates", 1958.
double BenchSignal::gaussian() {
  const double radius = std::sqrt(-2.0 * std::log(uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double BenchSignal::next(std::size_t channel, std::uint32_t sample) {
  const BenchChannel& c = kBenchChannels[channel];
  const double t = static_cast<double>(sample) / 1000.0;
  // The phase is taken within one second: whole periods fit, and small arguments keep the sine exact.
  const double phase = std::fmod(t, 1.0) * c.hertz + 0.1 * static_cast<double>(channel);
  double value = c.offset + c.amplitude * std::sin(2.0 * std::numbers::pi * phase) + c.noise * gaussian();
  if (channel == kBenchTransientChannel && sample >= kBenchTransientSample) {
    const double since = static_cast<double>(sample - kBenchTransientSample) / 1000.0;
    if (since < 2.0) value += 25.0 * std::exp(-since / 0.3) * std::sin(2.0 * std::numbers::pi * 200.0 * since);
  }
  return value;
}

Status write_bench_csv(const std::filesystem::path& file, std::uint32_t samples) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  BenchSignal signal;
  std::string text = "timestamp,channel_id,value\n";
  for (std::uint32_t sample = 0; sample < samples && out; ++sample) {
    for (std::size_t channel = 0; channel < kBenchChannels.size(); ++channel) {
      fmt::format_to(std::back_inserter(text), "{},{},{:.6f}\n", kBenchBeginMs + sample, kBenchChannels[channel].id,
                     signal.next(channel, sample));
    }
    if (text.size() > (1U << 20U)) {
      out << text;
      text.clear();
    }
  }
  out << text;
  out.close();
  if (!out) return Error{ErrorCode::kIo, fmt::format("cannot write {}: is the disk full?", file.string())};
  return Ok{};
}

}  // namespace streamflow::app
