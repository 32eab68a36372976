// Randomness as storage and its tests see it, so that a run can be repeated from a seed.
// Threads: one at a time.
#pragma once

#include <cstdint>

namespace streamflow::storage {

class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual std::uint64_t next() = 0;  // 64 independent bits
};

Randomness& system_randomness();  // the operating system's; safe from any thread

}  // namespace streamflow::storage
