// One record of the write-ahead log: what one request changed in one shard, for all its tables, self-describing.
// Format:     docs/format/wal.md, version 1. The bytes here are a record's payload and header fields; framing and
//             checksums are wal.h's.
// Invariants: applying a record is total and deterministic: everything that can refuse has happened before.
// Threads:    values and pure functions.
// Errors:     decode answers kCorrupt and says at which byte of the payload; it never reads outside `payload` and takes
//             at most kRecordMemoryBytesMax for columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "model/strong_id.h"
#include "model/time.h"
#include "storage/deletes/deletion.h"

namespace streamflow::storage {

// Who sent a record, so that a retry counts once: (producer, epoch, sequence) is remembered per shard. An empty
// producer asks for no such check.
struct Producer {
  std::string id;              // an Idempotency-Key's scope, a Kafka topic-partition, a client's id; at most 255 bytes
  std::uint64_t epoch = 0;     // a higher epoch of the same producer starts a new sequence
  std::uint64_t sequence = 0;  // strictly increasing within an epoch
  friend bool operator==(const Producer&, const Producer&) = default;
};

enum class RecordKind : std::uint8_t {
  kRows = 1,
  kDelete = 2,
  // Later kinds (schema changes, retention, roll-ups) get numbers from here on; readers refuse unknown ones.
};

struct LogRecord {
  RecordKind kind = RecordKind::kRows;
  SequenceNumber sequence;  // per shard, consecutive from 1
  Timestamp commit_time;    // monotonic per shard
  ProjectName project;
  Producer producer;
  std::vector<std::shared_ptr<const RowBatch>> batches;  // kRows: one per table; only this shard's rows
  Deletion deletion;                                     // kDelete
};

inline constexpr std::size_t kProducerIdBytesMax = 255;
inline constexpr std::uint64_t kRecordBytesMax = 256U << 20U;        // of a payload, encoded
inline constexpr std::uint64_t kRecordMemoryBytesMax = 512U << 20U;  // of a record's columns, decoded

// Whether `record` can be encoded such that decode_record takes it back: kTooLarge past the limits above (split the
// request), kInvalidArgument for a batch against RowBatch's invariants. Ask before encoding what was not checked
// before.
Status check_record(const LogRecord& record);

// Payload bytes of `record`, which check_record accepts. LZ4 is applied by the framing when it helps.
std::vector<std::byte> encode_record(const LogRecord& record);
// Writes sequence and commit time into an encoded payload: encoding may so run before, and beside others, and only
// this under the writer's lock.
void stamp_record(std::span<std::byte> payload, SequenceNumber sequence, Timestamp commit_time);
// kOutline: what a record means for the catalog and for retries, at a fraction of the cost: its batches have their
// table, tags and fields, and neither series nor rows. Whatever only the rows' own bytes show wrong goes unnoticed
// then.
enum class RecordDetail : std::uint8_t { kWhole, kOutline };
Result<LogRecord> decode_record(std::span<const std::byte> payload,  // kUnsupported: written by a newer version
                                RecordDetail detail = RecordDetail::kWhole);

}  // namespace streamflow::storage
