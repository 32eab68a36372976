// Numbers distinct byte strings 0, 1, 2, ... in order of insertion. Keys are not copied: their bytes outlive the memo's
// use of them.
// Source:     open addressing with linear probing; the hash multiplies 16 bytes at a time to 128 bits and folds.
// Invariants: at most half of the slots are used. The hash is seeded, so that no sender can aim for collisions.
// Threads:    an object belongs to one thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace streamflow::ingest {

std::uint64_t random_seed();

class KeyMemo {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  explicit KeyMemo(std::uint64_t seed) : seed_(seed), slots_(kSlotsMin, kNone) {}

  std::uint64_t hash(std::string_view key) const;
  // The number of `key`, whose hash is given, or kNone.
  std::uint32_t find(std::string_view key, std::uint64_t hash) const {
    for (std::size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      const std::uint32_t index = slots_[slot];
      if (index == kNone) { return kNone; }
      const Entry& entry = entries_[index];
      if (entry.hash == hash && entry.bytes == key.size() && std::memcmp(entry.data, key.data(), key.size()) == 0) {
        return index;
      }
    }
  }
  std::uint32_t find(std::string_view key) const { return find(key, hash(key)); }
  // `key` is not there yet.
  std::uint32_t insert(std::string_view key, std::uint64_t hash);
  std::uint32_t insert(std::string_view key) { return insert(key, hash(key)); }

  std::string_view key(std::uint32_t index) const { return {entries_[index].data, entries_[index].bytes}; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  void clear();

 private:
  static constexpr std::size_t kSlotsMin = 16;
  struct Entry {
    const char* data;
    std::uint32_t bytes;
    std::uint64_t hash;
  };
  void place(std::uint32_t index);
  void grow();

  std::uint64_t seed_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // indexes into entries_ or kNone; a power of two
};

}  // namespace streamflow::ingest
