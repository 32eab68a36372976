// Time as storage and its tests see it.
// Threads: any.
#pragma once

#include "model/time.h"

namespace streamflow::storage {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;  // the wall clock: may jump
  // Time since some moment, for intervals: never goes back. The machine's steady clock unless a test says otherwise.
  virtual Duration steady() const;
};

const Clock& system_clock();

}  // namespace streamflow::storage
