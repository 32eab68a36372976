// Cells per second of the matrix profile: a random walk with seed 1, window 50; a cell is one pair of windows.
//   pattern_matrix_profile [--length N] [--window M] [--threads T]
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>

#include "analytics/pattern/matrix_profile.h"
#include "bench_options.h"

int main(int argc, char** argv) {
  using namespace streamflow;
  bench::Options options(argc, argv, "pattern_matrix_profile [--length N] [--window M] [--threads T]");
  const std::size_t length = options.integer("--length", 131'072);
  const std::size_t window = options.integer("--window", 50);
  const auto threads = static_cast<unsigned>(options.integer("--threads", 2));
  if (!options.accepted()) return 2;
  std::mt19937_64 random(1);
  std::normal_distribution<double> step;
  analytics::Series series(length);
  double level = 0.0;
  for (double& value : series) value = level += step(random);

  const auto begin = std::chrono::steady_clock::now();
  const auto profile = analytics::matrix_profile(series, {window, threads});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!profile.has_value()) {
    std::fprintf(stderr, "%s\n", profile.error().message.c_str());
    return 1;
  }
  double sum = 0.0;
  for (const double distance : profile->distance) sum += distance;
  if (!std::isfinite(sum)) {
    std::fprintf(stderr, "the profile of a random walk has an infinite distance\n");
    return 1;
  }
  const double windows = static_cast<double>(length - window + 1);
  const double cells = windows * windows / 2.0;
  std::printf("length %zu window %zu threads %u: %.2f s, %.3g cells/s, %.3g cells/s/thread, mean distance %.6f\n",
              length, window, threads, seconds, cells / seconds, cells / seconds / threads, sum / windows);
  return 0;
}
