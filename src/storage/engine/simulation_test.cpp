// The whole engine under seeded crashes: `./run test` 5,000 of them, nightly 100,000 (a tenth under sanitizers).
#include <gtest/gtest.h>

#include <cstdlib>

#include "storage/testing/engine_simulation.h"

namespace streamflow::storage::testing {
namespace {

constexpr int kRounds = 5;  // crashes of one folder

bool is_nightly() {
  const char* value = std::getenv("STREAMFLOW_NIGHTLY");
  return value != nullptr && *value != '\0';
}

std::uint64_t crashes_wanted() {
  if (const char* given = std::getenv("STREAMFLOW_CRASHES"); given != nullptr) {
    return std::strtoull(given, nullptr, 10);
  }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return is_nightly() ? 10'000 : 500;
#else
  return is_nightly() ? 100'000 : 5'000;
#endif
}

// STREAMFLOW_SEED=n runs that seed alone; STREAMFLOW_CRASHES=n as many as that.
TEST(EngineSimulation, KeepsEveryPromiseThroughSeededCrashes) {
  const std::uint64_t wanted = crashes_wanted();
  const char* only = std::getenv("STREAMFLOW_SEED");
  SimulationCounts total;
  for (std::uint64_t seed = only != nullptr ? std::strtoull(only, nullptr, 10) : 0; total.crashes < wanted; ++seed) {
    EngineSimulation simulation(seed);
    for (int round = 0; round < kRounds; ++round) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
      if (!simulation.round()) { return; }
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + ", at the end");
    ASSERT_TRUE(simulation.open(simulation.last_crash()) || simulation.open(simulation.last_crash()));  // room is made
    if (HasFailure()) { return; }
    const SimulationCounts& counts = simulation.counts();
    total.crashes += counts.crashes;
    total.recovery_crashes += counts.recovery_crashes;
    total.acknowledged += counts.acknowledged;
    total.refused += counts.refused;
    total.duplicates += counts.duplicates;
    total.flushes += counts.flushes;
    total.compactions += counts.compactions;
    total.lost_softly += counts.lost_softly;
    if (only != nullptr) { return; }
  }
  std::cout << total.crashes << " crashes, " << total.recovery_crashes << " of them during recovery; "
            << total.acknowledged << " requests acknowledged, " << total.refused << " refused, " << total.duplicates
            << " sent twice, " << total.flushes << " flushes, " << total.compactions << " compactions\n";
  // The test reaches what it is for.
  EXPECT_GT(total.recovery_crashes, wanted / 20);
  EXPECT_GT(total.acknowledged, wanted);
  EXPECT_GT(total.refused, wanted / 10);
  EXPECT_GT(total.duplicates, wanted / 20);
  EXPECT_GT(total.flushes, wanted / 10);
  EXPECT_GT(total.compactions, wanted / 20);
}

}  // namespace
}  // namespace streamflow::storage::testing
