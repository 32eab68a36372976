#include "storage/environment/randomness.h"

#include <random>

namespace streamflow::storage {
namespace {

class SystemRandomness final : public Randomness {
 public:
  std::uint64_t next() override {
    std::random_device device;
    const std::uint64_t high = device();
    return (high << 32U) | device();
  }
};

}  // namespace

Randomness& system_randomness() {
  static SystemRandomness randomness;
  return randomness;
}

}  // namespace streamflow::storage
