// Checks a data folder offline, byte by byte, with the code that recovery runs, and changes nothing.
// Invariants: holds the folder's lock meanwhile, so that no server changes it; a folder in use is not checked.
// Threads:    one.
// Errors:     kUnavailable when a server holds the folder. Damage is no error here: it is in the report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/result.h"
#include "storage/environment/file_system.h"

namespace streamflow::app {

struct Finding {
  enum class Severity { kNote, kDamage } severity = Severity::kNote;
  std::string what;  // what is wrong, and where
  std::string lost;  // what it costs; empty when nothing
  std::string advice;
  std::string segment;  // the segment file of the manifest that is lost, relative to the folder; else empty
};

struct FolderReport {
  bool exists = false;  // a folder that never held data is fine
  std::uint64_t manifest_generation = 0;
  std::uint64_t table_count = 0;
  std::uint64_t segment_count = 0, segment_bytes = 0, segment_rows = 0;
  std::uint64_t log_records = 0, log_rows = 0, log_bytes = 0, torn_bytes = 0;
  std::vector<Finding> findings;

  bool damaged() const;
};

Result<FolderReport> check_folder(storage::FileSystem& files, const std::filesystem::path& folder);

// The same for a caller that holds the folder's lock and knows that the folder holds data.
FolderReport examine_folder(storage::FileSystem& files, const std::filesystem::path& folder);

}  // namespace streamflow::app
