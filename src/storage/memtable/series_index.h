// The series of one table in one shard: tag set -> SeriesId, and each series' tag codes.
// Invariants: ids are dense from 0 and never reused; rebuilt from segments and log at start.
// Threads:    find_or_add: one thread at a time (the shard's writer, or recovery); the rest: any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/strong_id.h"
#include "storage/memtable/tag_values.h"

namespace streamflow::storage {

// A tag set's hash: the same for any order of the tags, and whether or not tags without a value are listed. It also
// places the series in its shard, so it must never change (docs/format/segment.md).
std::uint64_t hash_tag_name(std::string_view name);
std::uint64_t hash_tag_set(std::span<const std::uint64_t> name_hashes, std::span<const std::string> values);
std::uint64_t hash_tag_set(std::span<const std::uint64_t> name_hashes, std::span<const std::string_view> values);

class SeriesIndex {
 public:
  // `values_by_tag[t]` is the value of the table's tag t, `tags[t]` its dictionary.
  SeriesId find_or_add(std::uint64_t hash, std::span<const std::string_view> values_by_tag, const TagColumns& tags);
  std::optional<SeriesId> find(std::uint64_t hash, std::span<const std::string_view> values_by_tag,
                               const TagColumns& tags) const;

  // Begins to load what find_or_add(hash, …) will look at; for the thread that calls that.
  void prefetch(std::uint64_t hash) const;

  std::uint32_t size() const;
  // The code of tag `tag` for each series; 0 (missing) when the tag came later.
  std::vector<std::uint32_t> codes(std::size_t tag) const;

 private:
  bool equal(SeriesId id, std::span<const std::string_view> values_by_tag, const TagColumns& tags) const;
  std::optional<SeriesId> look_up(std::uint64_t hash, std::span<const std::string_view> values_by_tag,
                                  const TagColumns& tags) const;
  void grow_slots();
  void widen_rows(std::size_t tag_count);

  mutable std::shared_mutex mutex_;    // taken by readers, and by the writer when it adds
  std::size_t row_width_ = 0;          // tags known here
  std::vector<std::uint32_t> codes_;   // [series × row_width_ + tag]: one look at memory compares a tag set
  std::vector<std::uint64_t> hashes_;  // [series]
  std::vector<std::uint32_t> slots_;   // open addressing: series + 1, or 0; a power of two
};

}  // namespace streamflow::storage
