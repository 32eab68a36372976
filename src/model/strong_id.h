// Integers that mean one thing: a SeriesId never passes for a segment's, nor for a plain number.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace streamflow {

template <class Tag, class Integer = std::uint64_t>
struct StrongId {
  Integer value{};
  friend constexpr auto operator<=>(StrongId, StrongId) = default;  // NOLINT(modernize-use-nullptr)
};

using SeriesId =
    StrongId<struct SeriesTag, std::uint32_t>;        // local to a shard, in memory only: never written to a file
using SegmentId = StrongId<struct SegmentTag>;        // unique within a data folder, ascending
using SequenceNumber = StrongId<struct SequenceTag>;  // per shard; 0 means "none yet"
using ShardIndex = StrongId<struct ShardTag, std::uint32_t>;

}  // namespace streamflow

template <class Tag, class Integer>
struct std::hash<streamflow::StrongId<Tag, Integer>> {
  std::size_t operator()(streamflow::StrongId<Tag, Integer> id) const noexcept {
    return std::hash<Integer>{}(id.value);
  }
};
