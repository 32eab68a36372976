// A shard's published segments: how they come, and how others take their place.
#include <algorithm>

#include "storage/engine/shard.h"

namespace streamflow::storage {

Status Shard::attach(const SegmentEntry& entry) {
  SF_TRY(segment, OpenSegment::attach(*context_.options->files, context_.options->data_folder, context_.database_id,
                                      entry, *context_.catalog));
  auto next = std::make_shared<std::vector<std::shared_ptr<const OpenSegment>>>(*segments_);
  next->push_back(std::move(segment));
  segments_ = std::move(next);
  return Ok{};
}

void Shard::publish_flushed(const FrozenMemtable& frozen, std::vector<std::shared_ptr<const OpenSegment>> segments) {
  std::shared_ptr<Memtable> freed;  // destroyed after the lock is given back
  {
    const std::lock_guard lock(view_mutex_);
    auto next = std::make_shared<std::vector<std::shared_ptr<const OpenSegment>>>(*segments_);
    next->insert(next->end(), segments.begin(), segments.end());
    segments_ = std::move(next);
    freed = std::move(frozen_.front().memtable);
    frozen_.pop_front();
  }
  {
    const std::lock_guard lock(queue_mutex_);
    removable_ = frozen.sequence_max;
    ++published_total_;
  }
  queue_changed_.notify_all();
  freed.reset();
  if (context_.on_room) { context_.on_room(); }
}

std::shared_ptr<const std::vector<std::shared_ptr<const OpenSegment>>> Shard::segments() const {
  const std::lock_guard lock(view_mutex_);
  return segments_;
}

void Shard::replace_segments(const std::vector<SegmentReplacement>& replacements) {
  auto next = std::make_shared<std::vector<std::shared_ptr<const OpenSegment>>>();
  const std::lock_guard lock(view_mutex_);
  for (const auto& segment : *segments_) {
    const auto replaced =
        std::ranges::find_if(replacements, [&](const auto& r) { return r.old_id == segment->entry.id; });
    if (replaced == replacements.end()) {
      next->push_back(segment);
    } else {
      next->insert(next->end(), replaced->segments.begin(), replaced->segments.end());
    }
  }
  segments_ = std::move(next);
}

std::shared_ptr<const std::vector<Tombstone>> Shard::tombstones() const {
  const std::lock_guard lock(view_mutex_);
  return tombstones_;
}

void Shard::restore_tombstones(std::vector<Tombstone> tombstones) {
  std::ranges::sort(tombstones, {}, &Tombstone::sequence);
  const std::lock_guard lock(view_mutex_);
  tombstones_ = std::make_shared<const std::vector<Tombstone>>(std::move(tombstones));
}

// Rows from before the delete go to a memtable of their own, so that a source is either older than it or not of its
// table; from the next view on they are hidden.
void Shard::apply_delete(const LogRecord& record) {
  const std::shared_ptr<TableEntry> table = context_.catalog->find(record.project, record.deletion.table);
  bool has_rows = false;
  if (table != nullptr) {
    const std::lock_guard lock(view_mutex_);
    const MemtableView rows = active_->view(table.get());
    has_rows = !rows.pages.empty() || !rows.arrived.empty();
  }
  if (has_rows) { freeze(); }
  has_new_delete_ = true;
  add_tombstone(record);
}

void Shard::add_tombstone(const LogRecord& record) {
  const std::lock_guard lock(view_mutex_);
  const bool known = std::ranges::any_of(*tombstones_, [&](const auto& t) { return t.sequence == record.sequence; });
  if (known) { return; }  // replayed
  auto next = std::make_shared<std::vector<Tombstone>>(*tombstones_);
  // One from the log may come after newer ones, while it is replayed.
  const auto place = std::ranges::upper_bound(*next, record.sequence, {}, &Tombstone::sequence);
  next->insert(place, {index_, record.sequence, record.commit_time, Timestamp(), record.project, record.deletion});
  tombstones_ = std::move(next);
}

void Shard::note_applied(const std::vector<SequenceNumber>& sequences, Timestamp when) {
  const std::lock_guard lock(view_mutex_);
  auto next = std::make_shared<std::vector<Tombstone>>(*tombstones_);
  std::size_t applied = 0;
  for (Tombstone& tombstone : *next) {
    if (std::ranges::find(sequences, tombstone.sequence) != sequences.end()) { tombstone.applied = when; }
    applied += tombstone.is_applied() ? 1U : 0U;
  }
  std::erase_if(*next, [&](const Tombstone& t) { return t.is_applied() && applied > kReceiptsMax && applied-- > 0; });
  tombstones_ = std::move(next);
}

}  // namespace streamflow::storage
