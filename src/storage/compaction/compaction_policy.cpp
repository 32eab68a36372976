#include "storage/compaction/compaction_policy.h"

#include <algorithm>
#include <map>

#include "storage/engine/partition.h"

namespace streamflow::storage {
namespace {

using Candidates = std::span<const CompactionCandidate>;
using Members = std::vector<std::size_t>;  // candidates, oldest first

constexpr std::uint64_t kTierBytes = 1U << 20U;   // segments up to this size are of the lowest tier
constexpr std::uint64_t kLateRowsShare = 8;       // late rows wait longer when they are less than this share
constexpr std::uint64_t kLateRowsWaitsMax = 240;  // ...but at most so many times quiet_after

double rows_inside(const SegmentEntry& entry, const TimeRange& range) {
  const TimeRange inside = entry.range.intersect(range);
  if (inside.empty()) { return 0; }
  const auto width = [](const TimeRange& r) {
    return static_cast<double>(to_ns(r.end)) - static_cast<double>(to_ns(r.begin));
  };
  return static_cast<double>(entry.row_count) * width(inside) / std::max(width(entry.range), 1.0);
}

void cut_partition(Candidates segments, LadderPartition whole, std::size_t level, double rows_max,
                   std::vector<LadderPartition>& out) {
  double rows = 0;
  for (const std::size_t m : whole.members) { rows += rows_inside(segments[m].entry, whole.range); }
  if (rows <= rows_max || level == 0) {
    out.push_back(std::move(whole));
    return;
  }
  // A month does not end where a year does: each is cut off at its parent's ends.
  std::map<Timestamp, LadderPartition> parts;
  for (const std::size_t m : whole.members) {
    const TimeRange inside = segments[m].entry.range.intersect(whole.range);
    for (Timestamp at = inside.begin; at < inside.end;) {
      const TimeRange range = partition_of(at, kPartitionLadder[level - 1]).intersect(whole.range);
      LadderPartition& part = parts[range.begin];
      part.range = range;
      part.members.push_back(m);
      at = range.end;
    }
  }
  for (auto& [begin, part] : parts) { cut_partition(segments, std::move(part), level - 1, rows_max, out); }
}

bool all_open(Candidates segments, const Members& members) {
  return std::ranges::all_of(members, [&](std::size_t m) { return segments[m].is_open; });
}

std::uint64_t bytes_of(Candidates segments, const Members& members) {
  std::uint64_t bytes = 0;
  for (const std::size_t m : members) { bytes += segments[m].entry.bytes; }
  return bytes;
}

// One segment for the partition, and for each member that reaches beyond it what it has there. `members` follow one
// another among those that meet the partition.
CompactionChoice merge_and_cut(Candidates segments, const Members& members, const TimeRange& partition) {
  CompactionChoice choice{members, {{partition, members}}};
  for (const std::size_t m : members) {
    const TimeRange& range = segments[m].entry.range;
    if (range.begin < partition.begin) { choice.outputs.push_back({{range.begin, partition.begin}, {m}}); }
    if (range.end > partition.end) { choice.outputs.push_back({{partition.end, range.end}, {m}}); }
  }
  return choice;
}

bool is_quiet(Candidates segments, const Members& members, const CompactionOptions& options) {
  std::uint64_t largest = 0;
  Duration youngest = Duration::max();
  for (const std::size_t m : members) {
    largest = std::max(largest, segments[m].entry.bytes);
    youngest = std::min(youngest, segments[m].age);
  }
  const std::uint64_t rest = bytes_of(segments, members) - largest;
  const std::uint64_t waits =
      std::clamp<std::uint64_t>(largest / std::max<std::uint64_t>(rest * kLateRowsShare, 1), 1, kLateRowsWaitsMax);
  return youngest / static_cast<std::int64_t>(waits) >= options.quiet_after;
}

std::uint32_t tier_of(std::uint64_t bytes, std::uint32_t fan_out) {
  std::uint32_t tier = 0;
  for (; bytes > kTierBytes; bytes /= fan_out) { ++tier; }
  return tier;
}

// The first run, in age, of members of at most `tier`, with fan_out of that very tier: so no large segment is written
// again for a few small ones.
std::optional<Members> run_of_tier(Candidates segments, const Members& members, const CompactionOptions& options,
                                   std::uint32_t tier) {
  Members run;
  for (std::size_t i = 0; i <= members.size(); ++i) {
    const bool goes_on = i < members.size() && run.size() < kCompactionSourcesMax &&
                         tier_of(segments[members[i]].entry.bytes, options.fan_out) <= tier;
    if (goes_on) {
      run.push_back(members[i]);
      continue;
    }
    const auto of_tier = std::ranges::count_if(
        run, [&](std::size_t m) { return tier_of(segments[m].entry.bytes, options.fan_out) == tier; });
    if (of_tier >= options.fan_out && all_open(segments, run)) { return run; }
    run.clear();
  }
  return std::nullopt;
}

std::optional<CompactionChoice> choose_tier(Candidates segments, const Members& members, const TimeRange& partition,
                                            const CompactionOptions& options) {
  std::uint32_t highest = 0;
  for (const std::size_t m : members) {
    highest = std::max(highest, tier_of(segments[m].entry.bytes, options.fan_out));
  }
  for (std::uint32_t tier = 0; tier <= highest; ++tier) {
    const std::optional<Members> run = run_of_tier(segments, members, options, tier);
    if (run && bytes_of(segments, *run) <= kCompactionBytesMax) { return merge_and_cut(segments, *run, partition); }
  }
  return std::nullopt;
}

std::optional<CompactionChoice> choose_in(Candidates segments, const LadderPartition& partition,
                                          const CompactionOptions& options, CompactionUrgency urgency) {
  Members members = partition.members;
  const bool stale = std::ranges::any_of(members, [&](std::size_t m) { return segments[m].is_stale; });
  if (members.size() < 2 && !stale) { return std::nullopt; }
  if (members.size() > kCompactionSourcesMax) { members.resize(kCompactionSourcesMax); }  // the rest comes after
  if (stale && bytes_of(segments, members) > kCompactionBytesMax) {  // too much for one file: the first of them alone
    std::erase_if(members, [&](std::size_t m) { return !segments[m].is_stale; });
    members.resize(1);
  }
  const bool is_time = stale || urgency == CompactionUrgency::kNow || is_quiet(segments, members, options);
  if (!is_time || bytes_of(segments, members) > kCompactionBytesMax) {
    return choose_tier(segments, members, partition.range, options);
  }
  return all_open(segments, members) ? std::optional(merge_and_cut(segments, members, partition.range)) : std::nullopt;
}

}  // namespace

std::vector<LadderPartition> ladder_partitions(Candidates segments, std::uint64_t partition_rows) {
  LadderPartition all;
  for (std::size_t s = 0; s < segments.size(); ++s) { all.members.push_back(s); }
  std::vector<LadderPartition> partitions;
  if (segments.empty()) { return partitions; }
  cut_partition(segments, std::move(all), kPartitionLadder.size() - 1, static_cast<double>(partition_rows), partitions);
  return partitions;
}

std::optional<CompactionChoice> choose_compaction(Candidates segments, const CompactionOptions& options,
                                                  CompactionUrgency urgency) {
  for (const LadderPartition& partition : ladder_partitions(segments, options.partition_rows)) {
    auto choice = choose_in(segments, partition, options, urgency);
    if (choice) { return choice; }
  }
  return std::nullopt;
}

CompactionDebt compaction_debt(Candidates segments, const CompactionOptions& options) {
  Members waiting;
  for (const LadderPartition& partition : ladder_partitions(segments, options.partition_rows)) {
    if (partition.members.size() < 2) { continue; }
    waiting.insert(waiting.end(), partition.members.begin(), partition.members.end());
  }
  std::ranges::sort(waiting);
  waiting.erase(std::unique(waiting.begin(), waiting.end()), waiting.end());
  return {waiting.size(), bytes_of(segments, waiting)};
}

}  // namespace streamflow::storage
