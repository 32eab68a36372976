// Reading a table: the contract between storage and whoever queries it (DuckDB, exports, tests).
//
// A TableScan is a plan over one consistent snapshot: rows acknowledged before it was made are in it, later ones are
// not, and it stays readable whatever flushes, compactions or drops happen meanwhile. Duplicate rows are resolved
// before a row is delivered. The work is cut into tasks that run in any order, in parallel, each delivering its rows
// sorted by (series, time).
// Threads: TableScan is immutable: any thread may open any task. A TaskCursor belongs to one thread at a time.
// Errors:  kCorrupt names the segment and block; kIo what the system said; kNotFound an unknown table or column.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/schema.h"
#include "model/time.h"
#include "storage/segment/storage_shares.h"

namespace streamflow::storage {

inline constexpr std::size_t kScanChunkRowsMax = 2048;  // one DuckDB vector

// Keeps the series whose value of `tag` satisfies `matches`, which is asked once per distinct value; nullopt stands
// for "the series lacks the tag" (SQL NULL). It must be pure and may be called from several threads.
struct TagPredicate {
  std::string tag;
  std::function<bool(std::optional<std::string_view>)> matches;
};

struct ScanRequest {
  std::string table;
  TimeRange range;                           // rows outside are never delivered
  std::vector<std::string> columns;          // tags, fields and "time", in delivery order; empty for count(*)
  std::vector<TagPredicate> tag_predicates;  // all must hold; applied exactly
};

// The distinct values of one tag at the moment of the snapshot. Codes index `values`; code 0 is always NULL.
// `id` names these contents for ever: a dictionary with other contents or size has another id.
struct TagDictionary {
  std::string id;
  std::vector<std::string> values;  // values[0] is "" and stands for NULL
};

// Up to kScanChunkRowsMax rows of the requested columns. Spans stay valid until the next call on the cursor.
struct ScanColumn {
  enum class Kind : std::uint8_t { kTime, kTag, kField } kind = Kind::kField;
  FieldType type = FieldType::kInt64;         // kField only
  std::span<const std::uint64_t> bits;        // kTime (int64 ns) and fixed-width fields, as in FieldVector
  std::span<const std::string_view> strings;  // kField of type kString
  std::span<const std::uint64_t> validity;    // kField: empty means all valid; else bit i of word i / 64
  std::span<const std::uint32_t> codes;       // kTag: one code per row; empty when the chunk is of one value...
  std::uint32_t constant_code = 0;            // ...which is this one
};
struct ScanChunk {
  std::size_t row_count = 0;
  std::vector<ScanColumn> columns;  // in the order of ScanRequest::columns
};

// What a scan did, for EXPLAIN ANALYZE and tests.
struct ScanCounters {
  std::uint64_t blocks_decoded = 0;
  std::uint64_t blocks_skipped = 0;
  std::uint64_t blocks_from_statistics = 0;  // answered without being decoded
  std::uint64_t bytes_read = 0;
  std::uint64_t rows = 0;
  std::uint64_t memtable_rows = 0;

  void add(const ScanCounters& more);
};

class TaskCursor {
 public:
  virtual ~TaskCursor() = default;
  // False when the task is exhausted; `chunk` is then unspecified.
  virtual Result<bool> next(ScanChunk& chunk) = 0;
  virtual ScanCounters counters() const = 0;
};

class Groups;  // aggregate.h

// How much a scan is about, before it runs: upper bounds.
struct ScanExtent {
  std::uint64_t rows = 0;    // before duplicates are resolved
  std::uint64_t series = 0;  // of the table
  TimeRange range;           // of the rows, within the request's
};

class TableScan {
 public:
  virtual ~TableScan() = default;
  virtual std::size_t task_count() const = 0;  // may be 0; stable
  virtual Result<std::unique_ptr<TaskCursor>> open(std::size_t task) const = 0;
  // All of a task's rows, aggregated instead of delivered. The base decodes every row.
  virtual Status aggregate(std::size_t task, Groups& groups, ScanCounters& counters) const;
  virtual ScanExtent extent() const = 0;
  // The dictionary of a requested tag column, by its position in ScanRequest::columns.
  virtual std::shared_ptr<const TagDictionary> dictionary(std::size_t column) const = 0;
};

// One project's tables as of a moment. What query/ is written against; the engine implements it, tests have a double.
class ProjectSnapshot {
 public:
  virtual ~ProjectSnapshot() = default;
  virtual std::vector<std::string> table_names() const = 0;                           // sorted
  virtual std::shared_ptr<const TableSchema> table(std::string_view name) const = 0;  // null when unknown
  virtual Result<std::unique_ptr<TableScan>> scan(ScanRequest request) const = 0;
  // What a scan of all series in `range` would say of itself, without planning one.
  virtual Result<ScanExtent> extent(std::string_view table, const TimeRange& range) const = 0;
  // Looks at the first bytes of every block: some 1 M blocks a second when they are in memory.
  virtual Result<std::vector<StorageShare>> storage() const = 0;
};

class ProjectReader {
 public:
  virtual ~ProjectReader() = default;
  // Cheap (no I/O): called for every statement.
  virtual std::shared_ptr<const ProjectSnapshot> snapshot() const = 0;
  // Changes whenever a table or column appears; lets prepared plans be reused while it stays the same.
  virtual std::uint64_t schema_version() const = 0;
};

}  // namespace streamflow::storage
