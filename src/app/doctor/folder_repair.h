// Makes a damaged data folder whole again, losing nothing that can still be read: segments that are damaged or
// missing leave the manifest, and their files move to quarantine/, for whoever wants to look at them or has a backup.
// Invariants: no byte of a file is changed or deleted. A file moves before the manifest forgets it: after a crash in
//             between, the next repair finishes. The log needs no repair: the next start keeps every intact record.
// Threads:    one; holds the folder's lock.
// Errors:     kUnavailable when a server holds the folder; kCorrupt when the manifest itself is damaged, which only a
//             backup mends; kIo.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/doctor/folder_check.h"
#include "model/result.h"
#include "storage/environment/file_system.h"

namespace streamflow::app {

struct FolderRepair {
  FolderReport before;
  std::vector<Finding> lost;             // the segments that left the manifest
  std::vector<std::string> quarantined;  // their files' new paths, relative to the folder; a missing file has none
  FolderReport after;
};

Result<FolderRepair> repair_folder(storage::FileSystem& files, const std::filesystem::path& folder);

}  // namespace streamflow::app
