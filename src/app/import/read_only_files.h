// A FileSystem that looks and does not touch: every change seems to work and changes nothing. So doctor can run the
// very code that recovery runs, and leave a damaged folder as it found it.
// Invariants: a folder that was "created" can be listed, and is empty.
// Threads:    one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "storage/environment/file_system.h"

namespace streamflow::app {

class ReadOnlyFiles final : public storage::FileSystem {
 public:
  explicit ReadOnlyFiles(storage::FileSystem& files) : files_(files) {}

  Result<std::unique_ptr<storage::WritableFile>> create(const std::filesystem::path& path) override;
  Result<std::unique_ptr<storage::ReadableFile>> open(const std::filesystem::path& path) override;
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) override;
  Status create_folders(const std::filesystem::path& folder) override;
  Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status remove(const std::filesystem::path& path) override;
  Status truncate(const std::filesystem::path& path, std::uint64_t size) override;
  Status sync_folder(const std::filesystem::path& folder) override;
  Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) override;
  Result<std::unique_ptr<storage::WritableFile>> lock(const std::filesystem::path& path) override;  // really locks

 private:
  storage::FileSystem& files_;
  std::set<std::filesystem::path> created_;  // folders that do not exist
};

}  // namespace streamflow::app
