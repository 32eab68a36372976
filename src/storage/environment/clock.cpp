#include "storage/environment/clock.h"

namespace streamflow::storage {
namespace {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
};

}  // namespace

Duration Clock::steady() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace streamflow::storage
