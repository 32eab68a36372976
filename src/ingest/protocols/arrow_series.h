// Numbers the distinct tag sets of rows whose tag values are numbers already: 0, 1, 2, … in order of appearance.
// Source:     a row's codes are packed into one 64-bit key, each with as many bits as its largest code needs, so a hash
//             table of exact keys finds the series: no hash of strings, no comparison of tag sets. Where 64 bits do not
//             hold all tags, the first ones become a number of 32 bits that the next key begins with.
// Invariants: equal codes get equal numbers, in every call; codes below 2^32.
// Threads:    an object belongs to one thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace streamflow::ingest::arrow {

// Random, the same for the life of the process: asking the system costs more than a small stream.
std::uint64_t memo_seed();

// Numbers distinct 64-bit keys 0, 1, 2, … Open addressing, at most half full, seeded.
class NumberMemo {
 public:
  NumberMemo();
  std::uint32_t find_or_add(std::uint64_t key) {
    for (std::size_t slot = place(key);; slot = (slot + 1) & mask_) {
      Slot& found = slots_[slot];
      if (found.number == kNone) { return add(slot, key); }
      if (found.key == key) { return found.number; }
    }
  }
  std::uint32_t size() const { return size_; }
  void clear();

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t number = kNone;
  };
  std::size_t place(std::uint64_t key) const { return static_cast<std::size_t>((key * multiplier_) >> shift_); }
  std::uint32_t add(std::size_t slot, std::uint64_t key);
  void grow();

  std::uint64_t multiplier_;  // odd
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  std::uint32_t size_ = 0;
};

class SeriesMemo {
 public:
  explicit SeriesMemo(std::size_t tag_count);
  // codes[t][row] is the code of tag t in that row; appends one number a row.
  void number(std::span<const std::vector<std::uint32_t>> codes, std::size_t rows,
              std::vector<std::uint32_t>& series_of_row);
  std::uint32_t size() const { return count_; }
  std::span<const std::uint32_t> codes_of(std::uint32_t series) const {
    return std::span(known_).subspan(std::size_t{series} * tag_count_, tag_count_);
  }

 private:
  struct Stage {
    std::size_t tag_begin = 0, tag_end = 0;
    NumberMemo numbers;
  };
  void fit(std::span<const std::vector<std::uint32_t>> codes);
  void rebuild();

  std::size_t tag_count_;
  std::uint32_t count_ = 0;
  std::vector<unsigned> bits_;        // of each tag's codes
  std::vector<Stage> stages_;         // the last one's numbers are the series
  std::vector<std::uint32_t> known_;  // codes of each series, one after the other
};

}  // namespace streamflow::ingest::arrow
