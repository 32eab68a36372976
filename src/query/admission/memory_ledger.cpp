#include "query/admission/memory_ledger.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <limits>

#include "duckdb/common/exception.hpp"

namespace streamflow::query {

namespace {

using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::PrivateAllocatorData;

constexpr std::uint64_t kSmallBytes = 16U << 10U;
constexpr std::uint64_t kSmallRoomPart = 16;   // of the limit, beyond it, for small requests
constexpr std::uint64_t kStatesLeavePart = 8;  // of the limit, for all but states

struct Account {
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> bytes_max{std::numeric_limits<std::uint64_t>::max()};
  std::atomic<std::uint64_t> single_bytes_max{std::numeric_limits<std::uint64_t>::max()};

  bool take(std::uint64_t size) {
    if (size > single_bytes_max.load(std::memory_order_relaxed)) return false;
    const std::uint64_t limit = bytes_max.load(std::memory_order_relaxed);
    const std::uint64_t room = size <= kSmallBytes ? limit / kSmallRoomPart : 0;
    const std::uint64_t taken = bytes.fetch_add(size, std::memory_order_relaxed) + size;
    if (taken <= limit || taken - limit <= room) return true;
    give_back(size);
    return false;
  }
  void give_back(std::uint64_t size) { bytes.fetch_sub(size, std::memory_order_relaxed); }
};

// Never destroyed: DuckDB frees memory while static objects die.
Account& account() {
  static auto* instance = new Account;  // NOLINT(cppcoreguidelines-owning-memory)
  return *instance;
}

data_ptr_t allocate(PrivateAllocatorData* data, idx_t size) {
  if (!account().take(size)) return nullptr;  // DuckDB throws OutOfMemoryException
  data_ptr_t pointer = duckdb::Allocator::DefaultAllocate(data, size);
  if (pointer == nullptr) account().give_back(size);
  return pointer;
}

void release(PrivateAllocatorData* data, data_ptr_t pointer, idx_t size) {
  duckdb::Allocator::DefaultFree(data, pointer, size);
  account().give_back(size);
}

data_ptr_t reallocate(PrivateAllocatorData* data, data_ptr_t pointer, idx_t old_size, idx_t size) {
  if (!account().take(size)) return nullptr;
  data_ptr_t moved = duckdb::Allocator::DefaultReallocate(data, pointer, old_size, size);
  account().give_back(moved == nullptr ? size : old_size);
  return moved;
}

}  // namespace

MemoryLedger& MemoryLedger::process() {
  static auto* ledger = [] {
    auto& current = duckdb::Allocator::DefaultAllocatorReference();
    // Kept for ever: memory it gave out returns to it.
    static auto* former = new duckdb::shared_ptr<duckdb::Allocator>(current);  // NOLINT
    static_cast<void>(former);
    auto* made = new MemoryLedger;  // NOLINT(cppcoreguidelines-owning-memory)
    current = duckdb::shared_ptr<duckdb::Allocator>(made->make_allocator());
    return made;
  }();
  return *ledger;
}

void MemoryLedger::set_limits(std::uint64_t bytes_max, std::uint64_t single_bytes_max) {
  account().bytes_max = bytes_max;
  account().single_bytes_max = single_bytes_max;
}

std::uint64_t MemoryLedger::bytes() const {
  return account().bytes;
}

data_ptr_t MemoryLedger::reallocate_state(data_ptr_t pointer, std::uint64_t old_size, std::uint64_t size) const {
  const std::uint64_t limit = account().bytes_max.load(std::memory_order_relaxed);
  if (bytes() + size > limit - limit / kStatesLeavePart) {
    throw duckdb::OutOfMemoryException("the rows that an aggregate keeps do not fit the memory of queries");
  }
  duckdb::Allocator& allocator = duckdb::Allocator::DefaultAllocator();
  return pointer == nullptr ? allocator.AllocateData(size) : allocator.ReallocateData(pointer, old_size, size);
}

void MemoryLedger::free_state(data_ptr_t pointer, std::uint64_t size) {
  if (pointer != nullptr) duckdb::Allocator::DefaultAllocator().FreeData(pointer, size);
}

duckdb::unique_ptr<duckdb::Allocator> MemoryLedger::make_allocator() const {
  return duckdb::make_uniq<duckdb::Allocator>(allocate, release, reallocate, nullptr);
}

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long total = 0;
  unsigned long resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? std::uint64_t{resident} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace streamflow::query
