// A small generator of random numbers whose state is one word, so that detectors can save it.
// Source:  Steele, Lea & Flood 2014 (SplitMix64).
// Threads: an object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace streamflow::analytics {

class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }
  // In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  // In [0, bound); the bias is below bound / 2^53.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(uniform() * static_cast<double>(bound)); }
  template <class Archive>
  void visit(Archive& archive) {
    archive(state_);
  }

 private:
  std::uint64_t state_;
};

}  // namespace streamflow::analytics
