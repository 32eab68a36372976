#include "app/doctor/folder_repair.h"

#include <algorithm>

#include "storage/manifest/manifest.h"

namespace streamflow::app {

namespace {

namespace fs = std::filesystem;

// A name in quarantine/ that no earlier repair has taken.
fs::path free_name(const fs::path& quarantine, const fs::path& name) {
  fs::path path = quarantine / name;
  std::error_code unknown;
  for (int copy = 1; fs::exists(path, unknown); ++copy) {
    path = quarantine / (name.string() + "." + std::to_string(copy));
  }
  return path;
}

Status put_aside(storage::FileSystem& files, const fs::path& folder, const std::string& segment, FolderRepair& repair) {
  const fs::path from = folder / segment;
  std::error_code unknown;
  if (!fs::exists(from, unknown)) { return Ok{}; }
  const fs::path quarantine = folder / "quarantine";
  SF_CHECK(files.create_folders(quarantine));
  const fs::path to = free_name(quarantine, from.filename());
  SF_CHECK(files.rename(from, to));
  SF_CHECK(files.sync_folder(quarantine));
  SF_CHECK(files.sync_folder(from.parent_path()));
  repair.quarantined.push_back(to.lexically_relative(folder).string());
  return Ok{};
}

Status forget(storage::FileSystem& files, const fs::path& folder, const std::vector<Finding>& lost) {
  SF_TRY(store, storage::ManifestStore::open(files, folder / "manifest"));
  storage::Manifest next = store.current();
  std::erase_if(next.segments, [&](const storage::SegmentEntry& entry) {
    return std::any_of(lost.begin(), lost.end(),
                       [&](const Finding& finding) { return finding.segment == entry.file_name; });
  });
  return store.publish(std::move(next));
}

}  // namespace

Result<FolderRepair> repair_folder(storage::FileSystem& files, const fs::path& folder) {
  SF_TRY(checked, check_folder(files, folder));
  FolderRepair repair;
  repair.before = std::move(checked);
  repair.after = repair.before;
  if (!repair.before.damaged()) { return repair; }
  SF_TRY(lock, files.lock(folder / "lock"));
  repair.before = examine_folder(files, folder);
  if (repair.before.manifest_generation == 0) {
    return Error{ErrorCode::kCorrupt,
                 "nothing was changed: " + repair.before.findings.front().what + "; restore manifest/ from a backup"};
  }
  for (const Finding& finding : repair.before.findings) {
    if (finding.segment.empty()) { continue; }
    SF_CHECK(put_aside(files, folder, finding.segment, repair));
    repair.lost.push_back(finding);
  }
  if (!repair.lost.empty()) { SF_CHECK(forget(files, folder, repair.lost)); }
  repair.after = examine_folder(files, folder);
  lock.reset();
  return repair;
}

}  // namespace streamflow::app
