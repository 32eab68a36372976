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

}  // namespace streamflow::storage
