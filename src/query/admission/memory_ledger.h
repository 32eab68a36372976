// Bounds the memory of DuckDB that its own memory_limit does not see: vectors, string heaps, list children.
// Source:     measured on DuckDB 1.4: `len(range(3e8))` reached 18 GB under memory_limit 200 MB.
// Invariants: one ledger per process, installed once as DuckDB's default allocator, before the first instance; the old
//             allocator stays alive for what it handed out. A request beyond either limit fails as out of memory: that
//             query ends, the instance goes on. Small requests have some room beyond the limit, and states of our own
//             aggregates end before it: destructors of DuckDB's hash tables allocate, and may not fail.
// Threads:    any. Cost: two atomic additions per allocation.
#pragma once

#include <cstdint>
#include <memory>

#include "duckdb/common/allocator.hpp"

namespace streamflow::query {

class MemoryLedger {
 public:
  static MemoryLedger& process();  // installs it when first called

  // Later calls replace the limits. `single_bytes_max` bounds one allocation.
  void set_limits(std::uint64_t bytes_max, std::uint64_t single_bytes_max);
  std::uint64_t bytes() const;

  // For states of aggregates: refused while an eighth of the memory is still there. OutOfMemoryException.
  duckdb::data_ptr_t reallocate_state(duckdb::data_ptr_t pointer, std::uint64_t old_size, std::uint64_t size) const;
  static void free_state(duckdb::data_ptr_t pointer, std::uint64_t size);

  duckdb::unique_ptr<duckdb::Allocator> make_allocator() const;  // for an instance; accounts here as well
};

// Resident bytes of this process, from /proc/self/statm; 0 when it cannot be read.
std::uint64_t resident_bytes();

}  // namespace streamflow::query
