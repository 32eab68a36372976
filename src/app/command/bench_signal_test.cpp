#include "app/command/bench_signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <string>

namespace streamflow::app {
namespace {

TEST(BenchSignal, SameSeedSameValues) {
  BenchSignal a, b, other(1);
  bool differs = false;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const double value = a.next(i % 10, i / 10);
    EXPECT_EQ(value, b.next(i % 10, i / 10));
    differs = differs || value != other.next(i % 10, i / 10);
  }
  EXPECT_TRUE(differs);
}

TEST(BenchSignal, RmsIsWhatTheFormulaSays) {
  constexpr std::uint32_t kSamples = 20'000;
  BenchSignal signal;
  std::array<double, kBenchChannels.size()> squares{};
  for (std::uint32_t sample = 0; sample < kSamples; ++sample) {
    for (std::size_t c = 0; c < squares.size(); ++c) {
      const double value = signal.next(c, sample);
      squares[c] += value * value;
    }
  }
  for (std::size_t c = 0; c < squares.size(); ++c) {
    SCOPED_TRACE(std::string(kBenchChannels[c].id));
    const double expected = expected_rms(kBenchChannels[c]);
    EXPECT_NEAR(std::sqrt(squares[c] / kSamples), expected, 0.02 * expected);
  }
}

TEST(BenchSignal, TheTransientStandsOut) {
  BenchSignal calm, burst;
  double before = 0, after = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    before = std::max(before, std::abs(calm.next(kBenchTransientChannel, kBenchTransientSample - 200 + i)));
    after = std::max(after, std::abs(burst.next(kBenchTransientChannel, kBenchTransientSample + i)));
  }
  EXPECT_LT(before, 4.0);
  EXPECT_GT(after, 15.0);
}

TEST(BenchSignal, CsvHasOneRowPerSampleAndChannel) {
  const auto file =
      std::filesystem::temp_directory_path() / ("streamflow-bench-" + std::to_string(::getpid()) + ".csv");
  ASSERT_TRUE(write_bench_csv(file, 3));
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "timestamp,channel_id,value");
  std::getline(in, line);
  EXPECT_TRUE(line.starts_with("1767225600000,accel_x,")) << line;
  int rows = 1;
  while (std::getline(in, line)) ++rows;
  EXPECT_EQ(rows, 30);
  EXPECT_TRUE(line.empty());
  std::filesystem::remove(file);
  EXPECT_FALSE(write_bench_csv("/nonexistent/folder/x.csv", 3));
}

}  // namespace
}  // namespace streamflow::app
