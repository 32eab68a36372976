#include "storage/compaction/compactor.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace streamflow::storage {
namespace {

constexpr std::chrono::milliseconds kLookInterval(500);
constexpr std::chrono::seconds kAfterFailure(10);
constexpr std::chrono::milliseconds kOverloadPause(50);
constexpr int kNiceness = 10;  // of the thread: ingest and queries go first

using Segments = std::vector<std::shared_ptr<const OpenSegment>>;

std::shared_ptr<const OpenSegment> find_open(const Segments& segments, SegmentId id) {
  const auto found = std::ranges::find_if(segments, [&](const auto& segment) { return segment->entry.id == id; });
  return found == segments.end() ? nullptr : *found;
}

// Whether rows that the tombstone hides may be in the segment's file; one that cannot be opened may hold anything.
bool may_hold(const SegmentEntry& entry, const OpenSegment* segment, const Tombstone& tombstone) {
  const bool is_older = entry.sequence_max <= tombstone.sequence && entry.deleted_through < tombstone.sequence &&
                        entry.range.overlaps(tombstone.deletion.range);
  if (!is_older || segment == nullptr) { return is_older; }
  const SegmentTable* table = segment->reader->find(tombstone.deletion.table);
  return table != nullptr && table->row_count() > 0 && table->range().overlaps(tombstone.deletion.range);
}

}  // namespace

Compactor::Compactor(Context context) : context_(std::move(context)) {}

Compactor::~Compactor() {
  stop();
}

void Compactor::start() {
  thread_ = std::thread([this] { run(); });
}

void Compactor::stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_changed_.notify_all();
  if (thread_.joinable()) { thread_.join(); }
}

bool Compactor::is_stopping() const {
  const std::lock_guard lock(stop_mutex_);
  return stopping_;
}

void Compactor::run() {
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);  // of this thread alone; going on without it is harmless
  std::chrono::milliseconds wait = kLookInterval;
  std::unique_lock lock(stop_mutex_);
  while (!stop_changed_.wait_for(lock, wait, [&] { return stopping_; })) {
    lock.unlock();
    const Result<bool> ran = run_one(std::nullopt, CompactionUrgency::kWhenQuiet);
    wait = kLookInterval;
    if (!ran.has_value()) { wait = kAfterFailure; }
    if (ran.has_value() && *ran) { wait = std::chrono::milliseconds(0); }
    lock.lock();
  }
}

// The manifest's segments, in its order, by project and shard.
std::vector<Compactor::Group> Compactor::groups(CompactionUrgency urgency) {
  std::vector<SegmentEntry> entries;
  {
    const std::lock_guard lock(*context_.manifest_mutex);
    entries = context_.manifest->current().segments;
    flushed_through_.clear();
    for (const ShardState& shard : context_.manifest->current().shards) {
      flushed_through_.push_back(shard.flushed_through);
    }
  }
  const Duration now = context_.options->clock->steady();
  std::map<SegmentId, Duration> seen;
  std::map<std::pair<ProjectName, ShardIndex>, Group> found;
  std::set<SegmentId> open;
  for (const auto& shard : context_.shards) {
    for (const auto& segment : *shard->segments()) { open.insert(segment->entry.id); }
  }
  for (SegmentEntry& entry : entries) {
    const auto before = seen_.find(entry.id);
    const Duration since = first_look_ ? Duration::min() / 2 : before == seen_.end() ? now : before->second;
    seen.emplace(entry.id, since);
    Group& group = found[{entry.project, entry.shard}];
    group.project = entry.project;
    group.shard = entry.shard;
    const bool is_open = open.contains(entry.id);
    group.segments.push_back({std::move(entry), now - since, is_open});
  }
  seen_ = std::move(seen);
  first_look_ = false;
  std::vector<Group> groups;
  CompactionDebt debt;
  for (auto& [key, group] : found) {
    const CompactionDebt more = compaction_debt(group.segments, context_.options->compaction);
    debt.segments += more.segments;
    debt.bytes += more.bytes;
    groups.push_back(std::move(group));
  }
  look_for_deleted_rows(groups, urgency);
  debt_segments_ = debt.segments;
  debt_bytes_ = debt.bytes;
  return groups;
}

// Tombstones that the manifest, not only the log, is sure to keep: what is marked with their numbers must mean them.
std::shared_ptr<const std::vector<Tombstone>> Compactor::lasting_tombstones(ShardIndex shard) const {
  auto lasting = std::make_shared<std::vector<Tombstone>>();
  for (const Tombstone& tombstone : *context_.shards[shard.value]->tombstones()) {
    const bool lasts = tombstone.sequence <= flushed_through_[shard.value];
    if (lasts && !tombstone.is_applied()) { lasting->push_back(tombstone); }
  }
  return lasting;
}

// Marks segments with deleted rows, and tombstones whose rows are in no segment any more.
void Compactor::look_for_deleted_rows(std::vector<Group>& groups, CompactionUrgency urgency) {
  const Timestamp now = context_.options->clock->now();
  for (const auto& shard : context_.shards) {
    const auto tombstones = lasting_tombstones(shard->index());
    if (tombstones->empty()) { continue; }
    std::set<SequenceNumber> at_work;
    for (Group& group : groups) {
      if (group.shard != shard->index()) { continue; }
      const auto open = shard->segments();
      for (CompactionCandidate& candidate : group.segments) {
        const auto segment = find_open(*open, candidate.entry.id);
        for (const Tombstone& tombstone : *tombstones) {
          if (tombstone.project != group.project || !may_hold(candidate.entry, segment.get(), tombstone)) { continue; }
          at_work.insert(tombstone.sequence);
          const bool due = now - tombstone.asked >= context_.options->compaction.deletes_after;
          candidate.is_stale = candidate.is_stale || due || urgency == CompactionUrgency::kNow;
        }
      }
    }
    std::vector<SequenceNumber> applied;
    for (const Tombstone& tombstone : *tombstones) {
      if (!at_work.contains(tombstone.sequence)) { applied.push_back(tombstone.sequence); }
    }
    if (!applied.empty()) { shard->note_applied(applied, now); }
  }
}

Result<bool> Compactor::run_one(const std::optional<ProjectName>& only, CompactionUrgency urgency) {
  const std::lock_guard lock(mutex_);
  {
    const std::lock_guard manifest_lock(*context_.manifest_mutex);
    SF_CHECK(context_.manifest->check_running());  // else neither may files go nor new ones be named
  }
  remove_retired();
  for (const Group& group : groups(urgency)) {
    if (only && group.project != *only) { continue; }
    const auto choice = choose_compaction(group.segments, context_.options->compaction, urgency);
    if (!choice) { continue; }
    const auto begin = std::chrono::steady_clock::now();
    Status done = compact(group, *choice, urgency);
    nanoseconds_ += static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count());
    if (!done.has_value()) {
      failures_ += is_stopping() ? 0 : 1;
      return std::move(done).error();
    }
    ++runs_;
    remove_retired();
    (void)groups(urgency);  // what is left to do
    return true;
  }
  return false;
}

Status Compactor::compact(const Group& group, const CompactionChoice& choice, CompactionUrgency urgency) {
  const auto open = context_.shards[group.shard.value]->segments();
  Segments sources;
  for (const std::size_t s : choice.sources) {
    sources.push_back(find_open(*open, group.segments[s].entry.id));
    if (sources.back() == nullptr) { return Error{ErrorCode::kUnavailable, "a segment went while it was chosen"}; }
  }
  Outcome outcome;
  Status done = merge_outputs(group, choice, sources, urgency, outcome);
  if (done.has_value()) { done = publish(sources, outcome); }
  if (!done.has_value()) {
    const std::lock_guard lock(*context_.manifest_mutex);
    // After a publish that ended nobody knows how, a restart may find a manifest that names them.
    if (context_.manifest->check_running().has_value()) { remove_files(outcome.entries); }
    return done;
  }
  for (const auto& source : sources) { bytes_in_ += source->entry.bytes; }
  for (const SegmentEntry& entry : outcome.entries) { bytes_out_ += entry.bytes; }
  retired_.insert(retired_.end(), sources.begin(), sources.end());
  return Ok{};
}

Status Compactor::merge_outputs(const Group& group, const CompactionChoice& choice, const Segments& sources,
                                CompactionUrgency urgency, Outcome& outcome) {
  const EngineOptions& options = *context_.options;
  paced_since_ = options.clock->steady();
  paced_bytes_ = 0;
  for (const std::size_t s : choice.sources) {
    outcome.replacements.push_back({group.segments[s].entry.id, {}});  // goes, whatever takes its place
  }
  for (const CompactionOutput& output : choice.outputs) {
    SegmentMerge merge;
    merge.files = options.files;
    merge.data_folder = options.data_folder;
    merge.database_id = context_.database_id;
    merge.range = output.range;
    merge.tombstones = lasting_tombstones(group.shard);
    merge.id = context_.next_id();
    merge.pace = [&](std::uint64_t bytes) { return pace(bytes, urgency); };
    for (const std::size_t s : output.sources) {
      const auto at = std::ranges::find(choice.sources, s) - choice.sources.begin();
      merge.sources.push_back(sources[static_cast<std::size_t>(at)]);
    }
    SF_TRY(entry, merge_segments(merge));
    if (!entry) { continue; }
    outcome.entries.push_back(*entry);
    SF_TRY(segment,
           OpenSegment::attach(*options.files, options.data_folder, merge.database_id, *entry, *context_.catalog));
    const SegmentId place = merge.sources.back()->entry.id;
    const auto replaced = std::ranges::find_if(outcome.replacements, [&](const auto& r) { return r.old_id == place; });
    replaced->segments.push_back(std::move(segment));
  }
  return Ok{};
}

Status Compactor::publish(const Segments& sources, const Outcome& outcome) {
  const std::lock_guard lock(*context_.manifest_mutex);
  Manifest next = context_.manifest->current();
  for (const auto& source : sources) {
    const bool named = std::ranges::any_of(next.segments, [&](const auto& e) { return e.id == source->entry.id; });
    if (!named) { return Error{ErrorCode::kUnavailable, "a segment went while it was merged"}; }
  }
  std::vector<SegmentEntry> entries;
  for (SegmentEntry& entry : next.segments) {
    const auto replaced =
        std::ranges::find_if(outcome.replacements, [&](const auto& r) { return r.old_id == entry.id; });
    if (replaced == outcome.replacements.end()) {
      entries.push_back(std::move(entry));
    } else {
      for (const auto& segment : replaced->segments) { entries.push_back(segment->entry); }
    }
  }
  next.segments = std::move(entries);
  SF_CHECK(context_.publish(std::move(next)));
  context_.shards[sources.front()->entry.shard.value]->replace_segments(outcome.replacements);
  return Ok{};
}

// Keeps to the configured rate, and lets who is overloaded go first.
Status Compactor::pace(std::uint64_t bytes, CompactionUrgency urgency) {
  const Error stopped{ErrorCode::kUnavailable, "the server is stopping; the compaction begins anew after the restart"};
  const EngineOptions& options = *context_.options;
  paced_bytes_ += bytes;
  if (is_stopping()) { return stopped; }
  if (urgency == CompactionUrgency::kNow || options.background == Background::kStepped) { return Ok{}; }
  Duration due = paced_since_;
  if (const std::uint64_t rate = options.compaction.bytes_per_second; rate > 0) {
    due += Duration(static_cast<std::int64_t>(static_cast<double>(paced_bytes_) * 1e9 / static_cast<double>(rate)));
  }
  std::unique_lock lock(stop_mutex_);
  while (!stopping_) {
    const Duration wait = due - options.clock->steady();
    lock.unlock();
    const bool overloaded = context_.is_overloaded();
    lock.lock();
    if (wait <= Duration(0) && !overloaded) { return Ok{}; }
    stop_changed_.wait_for(lock, overloaded ? Duration(kOverloadPause) : wait, [&] { return stopping_; });
  }
  return stopped;
}

void Compactor::remove_files(const std::vector<SegmentEntry>& entries) {
  for (const SegmentEntry& entry : entries) {
    (void)context_.options->files->remove(context_.options->data_folder / entry.file_name);
  }
}

// What cannot be removed goes when the folder is opened again.
void Compactor::remove_retired() {
  std::erase_if(retired_, [&](std::shared_ptr<const OpenSegment>& segment) {
    if (segment.use_count() > 1) { return false; }  // a snapshot still reads it, and no new one can come
    const SegmentEntry entry = segment->entry;
    segment.reset();
    remove_files({entry});
    return true;
  });
}

void Compactor::add_to(EngineStatistics& statistics) const {
  statistics.compactions = runs_;
  statistics.compaction_failures = failures_;
  statistics.compaction_ns = nanoseconds_;
  statistics.compaction_bytes_in = bytes_in_;
  statistics.compaction_bytes_out = bytes_out_;
  statistics.compaction_debt_segments = debt_segments_;
  statistics.compaction_debt_bytes = debt_bytes_;
}

}  // namespace streamflow::storage
