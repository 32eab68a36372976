// FakeProject: a project in memory that keeps storage/scan/scan.h's contract, for tests and measurements of this
// folder. Invariants: every appended RowBatch is one task, its rows sorted by (series, time); batches are not merged,
// so tests
//             that want duplicates resolved append none. Snapshots never change.
// Threads:    append() and create_table() may run beside snapshot() and scans.
// Errors:     kNotFound names an unknown table or column; set_failure() makes any task end in the given error.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"
#include "storage/scan/scan.h"

namespace streamflow::query {

struct FakeTable;

class FakeProject : public storage::ProjectReader {
 public:
  FakeProject();
  ~FakeProject() override;

  // Declares a table without rows, or widens it.
  void create_table(const TableSchema& schema);
  // One more task; the table and its columns appear as needed.
  void append(const RowBatch& batch);
  // From now on, every task of `table` fails with `error` after `rows` rows; nullopt heals it.
  void set_failure(const std::string& table, std::optional<Error> error, std::uint64_t rows = 0);

  std::shared_ptr<const storage::ProjectSnapshot> snapshot() const override;
  std::uint64_t schema_version() const override;

  // The last request any scan of this project was made from, its predicates without their functions; how many scans
  // there were.
  storage::ScanRequest last_request() const;
  std::uint64_t scan_count() const;

 private:
  FakeTable& table_for(const TableSchema& schema);  // mutex_ is held

  struct Recorder;
  std::shared_ptr<Recorder> recorder_;  // shared with the snapshots
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<FakeTable>, std::less<>> tables_;
  std::uint64_t schema_version_ = 1;
  friend class FakeSnapshot;
};

// A batch built row by row, for tests: `FakeRows rows("cpu", {"host"}, {{"usage", FieldType::kFloat64}})`.
using FakeValue = std::variant<std::monostate, bool, double, std::int64_t, std::uint64_t, std::string>;

class FakeRows {
 public:
  FakeRows(std::string table, std::vector<std::string> tags, std::vector<FieldColumn> fields);
  // An empty tag value is a missing tag. `values` has one entry per field, monostate for NULL.
  FakeRows& add(const std::vector<std::string>& tag_values, std::int64_t time_ns, const std::vector<FakeValue>& values);
  const RowBatch& batch() const { return batch_; }

 private:
  RowBatch batch_;
  std::map<std::vector<std::string>, std::uint32_t> series_;
};

}  // namespace streamflow::query
