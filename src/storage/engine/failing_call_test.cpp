// Fails the first call to the disk of a scenario, then the second, and so on, until the scenario needs no more calls:
// once only, and from then on. After each: errors are clear, reads go on, and a restart on a healthy disk has every
// acknowledged row. Nightly: more folders.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "storage/testing/engine_simulation.h"

namespace streamflow::storage::testing {
namespace {

using After = WriteLedger::After;
using Fault = SimulatedFileSystem::Fault;

struct Scenario {
  const char* name;
  std::function<void(EngineSimulation&)> prepare;  // on a healthy disk
  std::function<bool(EngineSimulation&)> run;      // true: the engine is open
  std::uint64_t calls_min;                         // that it must have gone through, or it tests nothing
};

void write_some(EngineSimulation& simulation, int requests) {
  for (int i = 0; i < requests; ++i) { simulation.write_something(); }
}

void open_fresh(EngineSimulation& simulation) {
  ASSERT_TRUE(simulation.open(After::kNothing));
}

void open_with_rows(EngineSimulation& simulation) {
  open_fresh(simulation);
  write_some(simulation, 8);
}

void crash_with_rows(EngineSimulation& simulation) {
  open_with_rows(simulation);
  simulation.flush();
  write_some(simulation, 8);
  simulation.crash();
}

void open_with_segments(EngineSimulation& simulation) {
  simulation.options().compaction.partition_rows = 1'000'000;  // many small files would only repeat the same calls
  open_fresh(simulation);
  for (int i = 0; i < 2; ++i) {
    write_some(simulation, 1);
    simulation.flush();
  }
}

const Scenario kScenarios[] = {
    {"opening a fresh folder", [](EngineSimulation&) {},
     [](EngineSimulation& simulation) { return simulation.open(After::kNothing); }, 15},
    {"a burst of writes", open_fresh,
     [](EngineSimulation& simulation) {
       write_some(simulation, 8);
       return true;
     },
     10},
    {"a flush and its publishing", open_with_rows,
     [](EngineSimulation& simulation) {
       simulation.flush();
       return true;
     },
     15},
    {"writes, flushes, writes", open_fresh,
     [](EngineSimulation& simulation) {
       for (int i = 0; i < 3; ++i) {
         write_some(simulation, 4);
         simulation.flush();
       }
       return true;
     },
     40},
    {"compactions beside writes and flushes", open_with_segments,
     [](EngineSimulation& simulation) {
       simulation.compact();
       write_some(simulation, 1);
       simulation.flush();
       simulation.compact();
       return true;
     },
     30},
    {"recovery", crash_with_rows, [](EngineSimulation& simulation) { return simulation.open(simulation.last_crash()); },
     20},
};

// Answers whether the n-th call was reached.
bool fails_call(const Scenario& scenario, std::uint64_t seed, std::uint64_t n, Fault fault) {
  EngineSimulation simulation(seed);
  scenario.prepare(simulation);
  const std::uint64_t before = simulation.files().call_count();
  simulation.files().fail_call(n, fault);
  const bool is_open = scenario.run(simulation);
  const bool reached = simulation.files().call_count() - before >= n;
  simulation.files().clear_faults();
  if (is_open) {
    simulation.verify();
    write_some(simulation, 3);  // refused or not, as it must be
    simulation.verify();
    simulation.crash();
  }
  EXPECT_TRUE(simulation.open(simulation.last_crash())) << "on a healthy disk";
  write_some(simulation, 1);
  simulation.verify();
  return reached;
}

TEST(FailingCall, NoneLosesARowInAnyScenario) {
  const char* nightly = std::getenv("STREAMFLOW_NIGHTLY");
  const std::uint64_t folders = nightly != nullptr && *nightly != '\0' ? 60 : 2;
  std::uint64_t runs = 0;
  for (const Scenario& scenario : kScenarios) {
    std::uint64_t most = 0;
    for (std::uint64_t seed = 0; seed < folders; ++seed) {
      for (const Fault fault : {Fault::kOnce, Fault::kFromThenOn}) {
        std::uint64_t n = 1;
        for (bool reached = true; reached; ++n, ++runs) {
          SCOPED_TRACE(std::string(scenario.name) + ", seed " + std::to_string(seed) + ", call " + std::to_string(n) +
                       (fault == Fault::kOnce ? ", once" : ", from then on"));
          reached = fails_call(scenario, seed, n, fault);
          if (::testing::Test::HasFailure()) { return; }
        }
        most = std::max(most, n);
      }
    }
    EXPECT_GT(most, scenario.calls_min) << scenario.name;  // in the folder with the most to do
  }
  std::cout << runs << " failing calls\n";
}

}  // namespace
}  // namespace streamflow::storage::testing
