// What a delete says: which rows of a table, by tags and time; and the tombstone that it leaves in each shard.
// Format:     docs/format/wal.md (record kind 2) and manifest.md (section 5) share the bytes of a deletion.
// Invariants: a tombstone hides rows of its shard whose sequence is at most its own; later rows are seen.
// Threads:    values and pure functions.
// Errors:     kInvalidArgument and kTooLarge name what is wrong; reading fails the ByteReader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/schema.h"
#include "model/strong_id.h"
#include "model/time.h"

namespace streamflow::storage {

class ByteReader;
class ByteWriter;

// The series whose value of `tag` is one of `values`; "" stands for "lacks the tag".
struct TagTerm {
  std::string tag;
  std::vector<std::string> values;
  friend bool operator==(const TagTerm&, const TagTerm&) = default;
};

struct Deletion {
  std::string table;
  TimeRange range;
  std::vector<TagTerm> terms;  // all must hold; none: every series
  friend bool operator==(const Deletion&, const Deletion&) = default;
};

struct Tombstone {
  ShardIndex shard;
  SequenceNumber sequence;
  Timestamp asked;    // when the delete was logged
  Timestamp applied;  // when its rows had left every segment; the epoch: not yet
  ProjectName project;
  Deletion deletion;

  bool is_applied() const { return applied != Timestamp(); }
  friend bool operator==(const Tombstone&, const Tombstone&) = default;
};

inline constexpr std::size_t kDeletionValuesMax = 65536;  // of all terms
inline constexpr std::size_t kReceiptsMax = 1000;         // applied tombstones that are remembered, per shard

// Whether the deletion has limits that a reader takes back, a range and a table.
Status check_deletion(const Deletion& deletion);
void write_deletion(ByteWriter& out, const Deletion& deletion);
Deletion read_deletion(ByteReader& in);

}  // namespace streamflow::storage
