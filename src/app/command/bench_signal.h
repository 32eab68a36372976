// The test-bench signal of the guided tour: 10 channels at 1 kHz for 100 s, as CSV `timestamp,channel_id,value`.
// Invariants: the same seed gives the same bytes; what each channel's RMS must be is known in closed form.
// Threads:    pure.
// Errors:     kIo when the file cannot be written.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "model/result.h"

namespace streamflow::app {

struct BenchChannel {
  std::string_view id;
  double offset;            // volts
  double amplitude, hertz;  // of a sine with whole periods in a second
  double noise;             // standard deviation of Gaussian noise
};

inline constexpr std::array<BenchChannel, 10> kBenchChannels{{{"accel_x", 0.0, 2.0, 50, 0.10},
                                                              {"accel_y", 0.0, 1.5, 50, 0.10},
                                                              {"accel_z", 9.81, 0.5, 25, 0.05},
                                                              {"strain_1", 0.2, 0.8, 12, 0.02},
                                                              {"strain_2", -0.1, 0.6, 12, 0.02},
                                                              {"pressure", 4.0, 0.3, 5, 0.03},
                                                              {"shaft", 0.0, 3.0, 120, 0.15},
                                                              {"motor_a", 0.0, 5.0, 60, 0.05},
                                                              {"motor_b", 0.0, 5.0, 60, 0.05},
                                                              {"mic", 0.0, 0.1, 440, 0.20}}};

inline constexpr std::uint64_t kBenchSeed = 20260101;
inline constexpr std::int64_t kBenchBeginMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
inline constexpr std::uint32_t kBenchSamples = 100'000;           // per channel: 100 s at 1 kHz
// The transient: a decaying 200 Hz burst on `shaft` (kBenchTransientChannel) that begins in second 60.
inline constexpr std::size_t kBenchTransientChannel = 6;
inline constexpr std::uint32_t kBenchTransientSample = 60'000;

// Root mean square of a channel, without the transient: sqrt(offset² + amplitude²/2 + noise²).
double expected_rms(const BenchChannel& channel);

class BenchSignal {
 public:
  explicit BenchSignal(std::uint64_t seed = kBenchSeed) : state_(seed) {}
  // The channel's value at `sample`; to be called in the order of the file: sample by sample, channel by channel.
  double next(std::size_t channel, std::uint32_t sample);

 private:
  double uniform();  // (0, 1]
  double gaussian();
  std::uint64_t state_;
};

// `samples` per channel; rows in time order.
Status write_bench_csv(const std::filesystem::path& file, std::uint32_t samples = kBenchSamples);

}  // namespace streamflow::app
