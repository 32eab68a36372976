#include "analytics/downsample/grid.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace streamflow::analytics {

namespace {

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

constexpr std::uint64_t kSignBit = 1ULL << 63U;
constexpr XKey kSecond = 1'000'000'000;
constexpr XKey kDay = 86'400 * kSecond;

std::uint64_t distance(XKey from, XKey to) {  // to - from, which may not fit an int64
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

Status checked_count(std::size_t count) {
  if (count > 0) return Ok{};
  return Error{ErrorCode::kInvalidArgument, "a grid has at least one bucket, got 0"};
}

// The shortest round length that is at least `wanted`.
SignedWide round_step(SignedWide wanted) {
  static constexpr XKey kMultiplesOfSeconds[] = {1,   2,   5,     10,    15,    30,     60,     120,    300,
                                                 600, 900, 1'800, 3'600, 7'200, 10'800, 14'400, 21'600, 43'200};
  for (SignedWide power = 1; power < kSecond; power *= 10) {
    for (const int factor : {1, 2, 5}) {
      if (power * factor >= wanted) return power * factor;
    }
  }
  for (const XKey seconds : kMultiplesOfSeconds) {
    if (static_cast<SignedWide>(seconds) * kSecond >= wanted) return static_cast<SignedWide>(seconds) * kSecond;
  }
  SignedWide days = 1;
  while (days * kDay < wanted) days *= 2;
  return days * kDay;
}

SignedWide floor_to(SignedWide value, SignedWide step) {
  const SignedWide rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

}  // namespace

XKey number_key(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return static_cast<XKey>((bits & kSignBit) != 0 ? ~bits ^ kSignBit : bits);
}

double number_of(XKey key) {
  const auto bits = static_cast<std::uint64_t>(key);
  return std::bit_cast<double>((bits & kSignBit) != 0 ? ~(bits ^ kSignBit) : bits);
}

Result<Grid> Grid::of_times(XKey begin, XKey end, std::size_t count) {
  SF_CHECK(checked_count(count));
  if (end <= begin) {
    return Error{ErrorCode::kInvalidArgument, "the range is empty: it begins at " + std::to_string(begin) +
                                                  " ns and ends at " + std::to_string(end) + " ns, which is excluded"};
  }
  Grid grid;
  grid.begin_ = begin;
  grid.span_ = distance(begin, end);
  grid.count_ = count;
  return grid;
}

Result<Grid> Grid::of_numbers(double first, double last, std::size_t count) {
  SF_CHECK(checked_count(count));
  if (!std::isfinite(first) || !std::isfinite(last) || first > last) {
    return Error{ErrorCode::kInvalidArgument, "the range of x must be two finite numbers in order, got " +
                                                  std::to_string(first) + " to " + std::to_string(last)};
  }
  Grid grid;
  grid.numbers_ = true;
  grid.begin_ = number_key(first);
  grid.first_ = first;
  grid.last_ = last;
  grid.count_ = count;
  return grid;
}

Result<Grid> Grid::of_round_steps(XKey begin, XKey end, std::size_t count_max) {
  SF_TRY(plain, of_times(begin, end, count_max));
  const SignedWide step = round_step((static_cast<SignedWide>(plain.span_) + static_cast<SignedWide>(count_max) - 1) /
                                     static_cast<SignedWide>(count_max));
  const SignedWide first = floor_to(begin, step);
  const SignedWide count = (static_cast<SignedWide>(end) - first + step - 1) / step;
  // At the ends of what 64 bits hold there is no room for round buckets.
  if (first < std::numeric_limits<XKey>::min() || first + count * step > std::numeric_limits<XKey>::max()) {
    return plain;
  }
  return of_times(static_cast<XKey>(first), static_cast<XKey>(first + count * step), static_cast<std::size_t>(count));
}

XKey Grid::bucket_begin(std::size_t bucket) const {
  const Wide offset = (static_cast<Wide>(bucket) * span_ + count_ - 1) / count_;
  return static_cast<XKey>(static_cast<std::uint64_t>(begin_) + static_cast<std::uint64_t>(offset));
}

std::size_t Grid::time_bucket(XKey key) const {
  return static_cast<std::size_t>(static_cast<Wide>(distance(begin_, key)) * count_ / span_);
}

// Halves first, so that the widest finite range does not overflow.
std::size_t Grid::number_bucket(double number) const {
  if (first_ == last_) return 0;
  const double part = (number / 2 - first_ / 2) / (last_ / 2 - first_ / 2);
  return std::min(static_cast<std::size_t>(part * static_cast<double>(count_)), count_ - 1);
}

std::optional<std::size_t> Grid::bucket_of(XKey key) const {
  if (numbers_) {
    const double number = number_of(key);
    return number >= first_ && number <= last_ ? std::optional(number_bucket(number)) : std::nullopt;
  }
  if (key < begin_ || distance(begin_, key) >= span_) return std::nullopt;
  return time_bucket(key);
}

std::size_t Grid::run_end(std::span<const XKey> keys, std::size_t at, std::size_t bucket) const {
  std::size_t end = at + 1;
  if (numbers_) {
    while (end < keys.size() && bucket_of(keys[end]) == bucket) ++end;
    return end;
  }
  // As differences to `begin`, unsigned: one comparison, whatever side a key lies on.
  const XKey begin = bucket_begin(bucket);
  const Wide next = (static_cast<Wide>(bucket + 1) * span_ + count_ - 1) / count_;
  const std::uint64_t length = static_cast<std::uint64_t>(next) - distance(begin_, begin);
  while (end < keys.size() && distance(begin, keys[end]) < length) ++end;
  return end;
}

void Grid::split(std::span<const XKey> keys, std::vector<BucketRun>& runs) const {
  runs.clear();
  std::size_t at = 0;
  while (at < keys.size()) {
    const auto bucket = bucket_of(keys[at]);
    if (!bucket.has_value()) {
      ++at;
      continue;
    }
    BucketRun run{at, run_end(keys, at, *bucket), *bucket, true};
    for (std::size_t i = run.begin + 1; i < run.end; ++i) run.ascending = run.ascending && keys[i - 1] < keys[i];
    runs.push_back(run);
    at = run.end;
  }
}

}  // namespace streamflow::analytics
