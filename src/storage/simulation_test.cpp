// The whole engine under seeded crashes: `./run test` 2,000 of them, nightly 100,000.
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

// STREAMFLOW_SEED=n runs that seed alone; STREAMFLOW_CRASHES=n as many as that.
TEST(EngineSimulation, KeepsEveryPromiseThroughSeededCrashes) {
  const char* wanted = std::getenv("STREAMFLOW_CRASHES");
  const std::uint64_t crashes_wanted = wanted != nullptr ? std::strtoull(wanted, nullptr, 10)
                                       : is_nightly()    ? 100'000
                                                         : 2'000;
  const char* only = std::getenv("STREAMFLOW_SEED");
  SimulationCounts total;
  for (std::uint64_t seed = only != nullptr ? std::strtoull(only, nullptr, 10) : 0; total.crashes < crashes_wanted;
       ++seed) {
    EngineSimulation simulation(seed);
    for (int round = 0; round < kRounds; ++round) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
      if (!simulation.round()) { return; }
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + ", at the end");
    ASSERT_TRUE(simulation.open(simulation.last_crash()));
    if (HasFailure()) { return; }
    const SimulationCounts& counts = simulation.counts();
    total.crashes += counts.crashes;
    total.recovery_crashes += counts.recovery_crashes;
    total.acknowledged += counts.acknowledged;
    total.refused += counts.refused;
    total.duplicates += counts.duplicates;
    total.flushes += counts.flushes;
    total.lost_softly += counts.lost_softly;
    if (only != nullptr) { return; }
  }
  std::cout << total.crashes << " crashes, " << total.recovery_crashes << " of them during recovery; "
            << total.acknowledged << " requests acknowledged, " << total.refused << " refused, " << total.duplicates
            << " sent twice, " << total.flushes << " flushes\n";
  // The test reaches what it is for.
  EXPECT_GT(total.recovery_crashes, crashes_wanted / 20);
  EXPECT_GT(total.acknowledged, crashes_wanted);
  EXPECT_GT(total.refused, crashes_wanted / 10);
  EXPECT_GT(total.duplicates, crashes_wanted / 20);
  EXPECT_GT(total.flushes, crashes_wanted / 10);
}

}  // namespace
}  // namespace streamflow::storage::testing
