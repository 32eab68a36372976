#include "ingest/protocols/arrow_series.h"

#include <algorithm>
#include <array>
#include <bit>

#include "ingest/protocols/key_memo.h"

namespace streamflow::ingest::arrow {
namespace {

constexpr std::size_t kSlotsMin = 64;
constexpr std::size_t kChunk = 1024;  // rows whose keys are made together
constexpr unsigned kNumberBits = 32;  // of the number that stands for the tags before
constexpr unsigned kKeyBits = 64;

}  // namespace

std::uint64_t memo_seed() {
  static const std::uint64_t seed = random_seed();
  return seed;
}

NumberMemo::NumberMemo() : multiplier_(memo_seed() | 1U) {
  clear();
}

void NumberMemo::clear() {
  slots_.assign(kSlotsMin, Slot{});
  mask_ = kSlotsMin - 1;
  shift_ = kKeyBits - static_cast<unsigned>(std::countr_zero(kSlotsMin));
  size_ = 0;
}

std::uint32_t NumberMemo::add(std::size_t slot, std::uint64_t key) {
  const std::uint32_t number = size_++;
  slots_[slot] = {key, number};
  if (std::size_t{size_} * 2 > slots_.size()) { grow(); }
  return number;
}

void NumberMemo::grow() {
  std::vector<Slot> before = std::move(slots_);
  slots_.assign(before.size() * 2, Slot{});
  mask_ = slots_.size() - 1;
  --shift_;
  for (const Slot& moved : before) {
    if (moved.number == kNone) { continue; }
    std::size_t slot = place(moved.key);
    while (slots_[slot].number != kNone) { slot = (slot + 1) & mask_; }
    slots_[slot] = moved;
  }
}

SeriesMemo::SeriesMemo(std::size_t tag_count) : tag_count_(tag_count), bits_(tag_count, 1) {
  rebuild();
}

// Widens the tags whose codes no longer fit.
void SeriesMemo::fit(std::span<const std::vector<std::uint32_t>> codes) {
  bool fits = true;
  for (std::size_t t = 0; t < tag_count_; ++t) {
    const std::uint32_t most = codes[t].empty() ? 0 : *std::max_element(codes[t].begin(), codes[t].end());
    const auto needed = static_cast<unsigned>(std::bit_width(most));
    if (needed <= bits_[t]) { continue; }
    bits_[t] = needed;
    fits = false;
  }
  if (!fits) { rebuild(); }
}

// Keys depend on the tags' widths: with new ones, every known series is entered anew and keeps its number.
void SeriesMemo::rebuild() {
  stages_.clear();
  unsigned used = kKeyBits + 1;
  for (std::size_t t = 0; t < tag_count_; ++t) {
    if (used + bits_[t] > kKeyBits) {
      used = stages_.empty() ? 0 : kNumberBits;
      stages_.push_back({t, t, {}});
    }
    used += bits_[t];
    stages_.back().tag_end = t + 1;
  }
  for (std::uint32_t series = 0; series < count_; ++series) {
    std::uint64_t number = 0;
    for (Stage& stage : stages_) {
      for (std::size_t t = stage.tag_begin; t < stage.tag_end; ++t) {
        number = (number << bits_[t]) | codes_of(series)[t];
      }
      number = stage.numbers.find_or_add(number);
    }
  }
}

void SeriesMemo::number(std::span<const std::vector<std::uint32_t>> codes, std::size_t rows,
                        std::vector<std::uint32_t>& series_of_row) {
  if (tag_count_ == 0) {
    series_of_row.resize(series_of_row.size() + rows, 0);
    count_ = rows > 0 ? 1 : count_;
    return;
  }
  fit(codes);
  std::array<std::uint64_t, kChunk> keys{};
  for (std::size_t begin = 0; begin < rows; begin += kChunk) {
    const std::size_t count = std::min(kChunk, rows - begin);
    std::fill_n(keys.begin(), count, 0);
    for (Stage& stage : stages_) {
      for (std::size_t t = stage.tag_begin; t < stage.tag_end; ++t) {
        const std::uint32_t* const of_tag = codes[t].data() + begin;
        const unsigned bits = bits_[t];
        for (std::size_t i = 0; i < count; ++i) { keys[i] = (keys[i] << bits) | of_tag[i]; }
      }
      for (std::size_t i = 0; i < count; ++i) {
        keys[i] = stage.numbers.find_or_add(keys[i]);
        if (&stage != &stages_.back() || keys[i] < count_) { continue; }
        ++count_;
        for (const auto& of_tag : codes) { known_.push_back(of_tag[begin + i]); }
      }
    }
    for (std::size_t i = 0; i < count; ++i) { series_of_row.push_back(static_cast<std::uint32_t>(keys[i])); }
  }
}

}  // namespace streamflow::ingest::arrow
