#include "ingest/protocols/key_memo.h"

#include <random>

namespace streamflow::ingest {
namespace {

__extension__ using Wide = unsigned __int128;

// Odd 64-bit constants without structure: the fractional digits of pi.
constexpr std::uint64_t kFirst = 0x243F6A8885A308D3U;
constexpr std::uint64_t kSecond = 0x13198A2E03707345U;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t load(const char* at, std::size_t bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, bytes);
  return word;
}

std::uint64_t load8(const char* at) {
  return load(at, 8);
}

}  // namespace

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::uint64_t KeyMemo::hash(std::string_view key) const {
  std::uint64_t state = seed_ ^ (key.size() * kFirst);
  const char* at = key.data();
  std::size_t left = key.size();
  for (; left > 16; left -= 16, at += 16) { state = fold(load8(at) ^ kFirst ^ state, load8(at + 8) ^ seed_); }
  std::uint64_t low = 0, high = 0;
  if (left >= 8) {
    low = load8(at);
    high = load8(at + left - 8);
  } else if (left > 0) {
    low = load(at, left);
  }
  return fold(fold(low ^ kSecond ^ state, high ^ seed_), kFirst ^ state);
}

std::uint32_t KeyMemo::insert(std::string_view key, std::uint64_t hash) {
  if ((entries_.size() + 1) * 2 > slots_.size()) { grow(); }
  const std::uint32_t index = size();
  entries_.push_back({key.data(), static_cast<std::uint32_t>(key.size()), hash});
  place(index);
  return index;
}

void KeyMemo::place(std::uint32_t index) {
  std::size_t slot = entries_[index].hash & (slots_.size() - 1);
  while (slots_[slot] != kNone) { slot = (slot + 1) & (slots_.size() - 1); }
  slots_[slot] = index;
}

void KeyMemo::grow() {
  slots_.assign(slots_.size() * 4, kNone);
  for (std::uint32_t index = 0; index < size(); ++index) { place(index); }
}

void KeyMemo::clear() {
  // A memo that once was large does not make every later clear slow.
  const bool oversized = slots_.size() > kSlotsMin && slots_.size() > 16 * (entries_.size() + 1);
  slots_.assign(oversized ? slots_.size() / 4 : slots_.size(), kNone);
  entries_.clear();
}

}  // namespace streamflow::ingest
