// Loops that g++ -O2 vectorises: it does so only where the trip count is a constant multiple of the vector.
// Threads: pure.
#pragma once

#include <cstddef>

namespace streamflow::encoding {

// Calls function(0), ..., function(count - 1). The function should capture pointers by value and not branch.
template <class Function>
inline void for_each_in_batches(std::size_t count, const Function& function) {
  constexpr std::size_t kBatch = 64;
  std::size_t done = 0;
  for (; done + kBatch <= count; done += kBatch) {
    for (std::size_t i = 0; i < kBatch; ++i) { function(done + i); }
  }
  for (; done < count; ++done) { function(done); }
}

}  // namespace streamflow::encoding
