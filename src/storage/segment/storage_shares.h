// Where a project's bytes on disk go: by table, column and codec. What SHOW STORAGE prints.
// Invariants: the shares of a snapshot add up to the bytes of its segment files, to the byte. The log and the memtable
//             are not in it: their rows have no codec yet.
// Threads:    values; storage_shares() from any thread.
// Errors:     kIo and kCorrupt from reading blocks' first bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/schema.h"

namespace streamflow::storage {

enum class ShareKind : std::uint8_t {
  kTime,
  kField,
  kStatistics,  // of all columns of a table
  kDirectory,   // a table's schema, tag dictionaries, series and block directory
  kFile,        // headers, footers and trailers of the files
};

struct StorageShare {
  ShareKind kind = ShareKind::kField;
  std::string table{};   // empty: kFile
  std::string column{};  // kTime, kField
  std::optional<FieldType> type{};
  std::string codec{};       // "delta, split Rice": kTime, kField
  std::uint64_t blocks = 0;  // kTime, kField: blocks that have bytes
  std::uint64_t rows = 0;    // in those blocks; kDirectory: series; kFile: files
  std::uint64_t bytes = 0;
};

}  // namespace streamflow::storage
