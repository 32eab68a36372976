// The wall clock as storage and its tests see it.
#pragma once

#include "model/time.h"

namespace streamflow::storage {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

const Clock& system_clock();

}  // namespace streamflow::storage
