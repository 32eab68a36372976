// The engine's rules in the plainest form, to compare scans with; and random batches to feed both. Tests only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "model/row_batch.h"
#include "storage/engine/engine.h"

namespace streamflow::storage {

// A row as text: tag and field values by name, NULLs absent.
using PlainValues = std::map<std::string, std::string>;
struct PlainRow {
  std::int64_t time = 0;
  PlainValues tags, fields;
  friend auto operator<=>(const PlainRow&, const PlainRow&) = default;
};

class EngineOracle {
 public:
  void write(const RowBatch& batch);
  void write(const std::string& table, DuplicatePolicy duplicates, std::vector<PlainRow> rows);
  void erase(const Deletion& deletion);
  // Every row of a table, sorted.
  std::vector<PlainRow> rows(const std::string& table) const;
  std::vector<std::string> tables() const;

 private:
  struct Table {
    DuplicatePolicy duplicates = DuplicatePolicy::kMerge;
    std::vector<PlainRow> rows;  // in order of arrival
  };
  std::map<std::string, Table> tables_;
};

std::vector<PlainRow> plain_rows(const RowBatch& batch);

// Rows of a few tables ("merged", "last", "kept") with few series and times, so that duplicates and late rows abound.
RowBatch random_batch(std::mt19937_64& random, std::size_t rows_max);

struct ScanWanted {
  TimeRange range;
  std::optional<std::string> host;  // tag predicate host = ...
};
// Reads a whole table through the engine's scan, tasks in random order; checks what scan.h promises of each task.
std::vector<PlainRow> scan_rows(Engine& engine, const std::string& table, std::mt19937_64& random,
                                const ScanWanted& wanted = {});
// The same without checks, or what the scan said.
Result<std::vector<PlainRow>> try_scan(Engine& engine, const std::string& table);
std::vector<PlainRow> filtered(std::vector<PlainRow> rows, const ScanWanted& wanted);

inline WriteRequest request_of(RowBatch batch, Producer producer = {}) {
  WriteRequest request;
  request.batches.push_back(std::move(batch));
  request.producer = std::move(producer);
  return request;
}

}  // namespace streamflow::storage
