#include "storage/memtable/series_index.h"

#include <xxhash.h>

#include <algorithm>
#include <mutex>

namespace streamflow::storage {
namespace {

constexpr std::size_t kSlotsMin = 64;

// One pair's share of the sum. XXH3 with the name's hash as seed spreads well enough that a sum, which does not depend
// on order, keeps sets apart; equality is checked anyway.
std::uint64_t hash_pair(std::uint64_t name_hash, std::string_view value) {
  return value.empty() ? 0 : XXH3_64bits_withSeed(value.data(), value.size(), name_hash);
}

template <class Values>
std::uint64_t sum_of_pairs(std::span<const std::uint64_t> name_hashes, Values values) {
  std::uint64_t sum = 0;
  for (std::size_t t = 0; t < values.size(); ++t) { sum += hash_pair(name_hashes[t], values[t]); }
  return sum;
}

}  // namespace

std::uint64_t hash_tag_name(std::string_view name) {
  return XXH3_64bits(name.data(), name.size());
}

std::uint64_t hash_tag_set(std::span<const std::uint64_t> name_hashes, std::span<const std::string> values) {
  return sum_of_pairs(name_hashes, values);
}

std::uint64_t hash_tag_set(std::span<const std::uint64_t> name_hashes, std::span<const std::string_view> values) {
  return sum_of_pairs(name_hashes, values);
}

bool SeriesIndex::equal(SeriesId id, std::span<const std::string_view> values_by_tag, const TagColumns& tags) const {
  const std::span<const std::uint32_t> codes = std::span(codes_).subspan(id.value * row_width_, row_width_);
  for (std::size_t t = 0; t < std::max(tags.size(), row_width_); ++t) {
    const std::uint32_t code = t < row_width_ ? codes[t] : 0;
    if (t >= tags.size() && code != 0) { return false; }  // a tag that the caller does not know yet
    const std::string_view wanted = t < values_by_tag.size() ? values_by_tag[t] : std::string_view();
    const std::string_view found = code == 0 ? std::string_view() : std::string_view(tags[t]->value(code));
    if (found != wanted) { return false; }
  }
  return true;
}

std::optional<SeriesId> SeriesIndex::look_up(std::uint64_t hash, std::span<const std::string_view> values_by_tag,
                                             const TagColumns& tags) const {
  if (slots_.empty()) { return std::nullopt; }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const SeriesId id{slots_[at] - 1};
    if (hashes_[id.value] == hash && equal(id, values_by_tag, tags)) { return id; }
  }
  return std::nullopt;
}

void SeriesIndex::prefetch(std::uint64_t hash) const {
  if (slots_.empty()) { return; }
  const std::uint32_t slot = slots_[hash & (slots_.size() - 1)];
  if (slot == 0) { return; }
  __builtin_prefetch(&hashes_[slot - 1]);
  if (row_width_ > 0) { __builtin_prefetch(&codes_[(slot - 1) * row_width_]); }
}

std::optional<SeriesId> SeriesIndex::find(std::uint64_t hash, std::span<const std::string_view> values_by_tag,
                                          const TagColumns& tags) const {
  const std::shared_lock lock(mutex_);
  return look_up(hash, values_by_tag, tags);
}

void SeriesIndex::grow_slots() {
  std::vector<std::uint32_t> slots(slots_.empty() ? kSlotsMin : slots_.size() * 2, 0);
  const std::size_t mask = slots.size() - 1;
  for (std::uint32_t id = 0; id < hashes_.size(); ++id) {
    std::size_t at = hashes_[id] & mask;
    while (slots[at] != 0) { at = (at + 1) & mask; }
    slots[at] = id + 1;
  }
  slots_ = std::move(slots);
}

// Series from before a tag was known lack it.
void SeriesIndex::widen_rows(std::size_t tag_count) {
  std::vector<std::uint32_t> wider(hashes_.size() * tag_count, 0);
  for (std::size_t id = 0; id < hashes_.size(); ++id) {
    std::copy_n(codes_.begin() + static_cast<std::ptrdiff_t>(id * row_width_), row_width_,
                wider.begin() + static_cast<std::ptrdiff_t>(id * tag_count));
  }
  codes_ = std::move(wider);
  row_width_ = tag_count;
}

SeriesId SeriesIndex::find_or_add(std::uint64_t hash, std::span<const std::string_view> values_by_tag,
                                  const TagColumns& tags) {
  // Only this thread changes the index, so it reads without the lock.
  if (const auto known = look_up(hash, values_by_tag, tags)) { return *known; }
  const SeriesId id{static_cast<std::uint32_t>(hashes_.size())};
  const std::unique_lock lock(mutex_);
  if ((hashes_.size() + 1) * 2 > slots_.size()) { grow_slots(); }
  if (row_width_ < tags.size()) { widen_rows(tags.size()); }
  for (std::size_t t = 0; t < row_width_; ++t) {
    const std::string_view value = t < values_by_tag.size() ? values_by_tag[t] : std::string_view();
    codes_.push_back(value.empty() ? 0 : tags[t]->code_of(value));
  }
  hashes_.push_back(hash);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != 0) { at = (at + 1) & mask; }
  slots_[at] = id.value + 1;
  return id;
}

std::uint32_t SeriesIndex::size() const {
  const std::shared_lock lock(mutex_);
  return static_cast<std::uint32_t>(hashes_.size());
}

std::vector<std::uint32_t> SeriesIndex::codes(std::size_t tag) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::uint32_t> codes(hashes_.size(), 0);
  if (tag >= row_width_) { return codes; }
  for (std::size_t id = 0; id < codes.size(); ++id) { codes[id] = codes_[id * row_width_ + tag]; }
  return codes;
}

}  // namespace streamflow::storage
