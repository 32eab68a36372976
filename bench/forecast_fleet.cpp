// How long a fleet of short series takes with the ensemble of analytics/forecast/fleet.h.
// Data:   monthly series of 48 to 120 values, level, trend and season drawn from a fixed seed, multiplicative noise.
// Reports processor time of one thread, so that neighbours on the machine do not count; a machine with c free cores
//         does c times as much.
// Checks: every forecast is finite and 12 steps long, or the program fails.
#include <time.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <random>
#include <vector>

#include "analytics/forecast/fleet.h"
#include "bench_options.h"

namespace {

using namespace streamflow::analytics;

constexpr std::size_t kHorizon = 12;
constexpr double kLevels[] = {80, 95};

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Series make_series(std::mt19937_64& random) {
  std::normal_distribution<double> normal(0, 1);
  const std::size_t length = 48 + random() % 73;
  const double level = std::exp(6 + normal(random));
  const double trend = 0.005 * normal(random);
  const double season = 0.15 * std::abs(normal(random));
  Series out(length);
  for (std::size_t i = 0; i < length; ++i) {
    const auto t = static_cast<double>(i);
    out[i] = level * (1 + trend * t / 2) * (1 + season * std::sin(2 * std::numbers::pi * t / 12)) *
             std::exp(0.05 * normal(random));
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  streamflow::bench::Options options(argc, argv, "forecast_fleet [--series N]");
  const std::uint64_t count = options.integer("--series", 2000);
  if (!options.accepted()) { return 2; }
  std::mt19937_64 random(42);
  std::vector<Series> fleet;
  for (std::uint64_t i = 0; i < count; ++i) { fleet.push_back(make_series(random)); }
  const ForecasterPointer model = make_fast_ensemble();
  const double begin = processor_seconds();
  for (const Series& series : fleet) {
    const auto fitted = model->fit(series, 12);
    if (!fitted.has_value()) {
      std::fprintf(stderr, "forecast_fleet: %s\n", fitted.error().message.c_str());
      return 1;
    }
    const auto forecast = (*fitted)->predict(kHorizon, kLevels);
    if (!forecast.has_value() || forecast->mean.size() != kHorizon) {
      std::fprintf(stderr, "forecast_fleet: a forecast is missing\n");
      return 1;
    }
  }
  const double seconds = processor_seconds() - begin;
  const double rate = static_cast<double>(count) / seconds;
  std::printf("%llu series, %.2f s on one core: %.0f series/s, 100,000 series on 2 cores in %.1f min\n",
              static_cast<unsigned long long>(count), seconds, rate, 100'000 / (2 * rate) / 60);
  return 0;
}
