// Distinct texts -> their codes, by open addressing: eight bytes a slot, at most half of the slots taken. The texts
// themselves lie with the caller, who gives them by code.
// Invariants: a code is added once, with the hash that its text has.
// Threads:    one, or the caller's lock.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace streamflow::storage {

class TextCodes {
 public:
  static std::uint32_t hash_of(std::string_view text) {
    return static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size()));
  }

  // `text_of(code)` is the text that the code was added for.
  template <class TextOf>
  std::optional<std::uint32_t> find(std::string_view text, std::uint32_t hash, const TextOf& text_of) const {
    if (slots_.empty()) { return std::nullopt; }
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].code != kFree; at = (at + 1) & mask) {
      if (slots_[at].hash == hash && text_of(slots_[at].code) == text) { return slots_[at].code; }
    }
    return std::nullopt;
  }

  void add(std::uint32_t hash, std::uint32_t code) {
    if ((count_ + 1) * 2 > slots_.size()) { grow(); }
    ++count_;
    place({hash, code});
  }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;  // no code: there are at most 2^32 - 1
  static constexpr std::size_t kSlotsMin = 64;
  struct Slot {
    std::uint32_t hash = 0, code = kFree;
  };

  void place(Slot slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.hash & mask;
    while (slots_[at].code != kFree) { at = (at + 1) & mask; }
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? kSlotsMin : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.code != kFree) { place(slot); }
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace streamflow::storage
