// A file system in memory, for tests: forgets what was not synced, fails when told to, flips bytes.
// Invariants: crash() leaves what a disk would: synced bytes of files whose names were made durable by sync_folder (or
//             that were there at the last crash). An open ReadableFile keeps the content it was opened with.
// Threads:    safe from any thread; one file object belongs to one thread at a time.
// Errors:     kNotFound for a missing file; kIo from fail_after() on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "storage/file_system.h"

namespace streamflow::storage {

struct MemoryFileSystemOptions {
  bool mapping = true;  // false: mapped() is empty and readers must use read()
  std::uint64_t free_bytes = std::uint64_t{1} << 40U;
};

class MemoryFileSystem final : public FileSystem {
 public:
  using Options = MemoryFileSystemOptions;

  explicit MemoryFileSystem(Options options = {}) : options_(options) {}

  Result<std::unique_ptr<WritableFile>> create(const std::filesystem::path& path) override;
  Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path) override;
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) override;
  Status create_folders(const std::filesystem::path& folder) override;
  Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status remove(const std::filesystem::path& path) override;
  Status truncate(const std::filesystem::path& path, std::uint64_t size) override;
  Status sync_folder(const std::filesystem::path& folder) override;
  Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) override;
  Result<std::unique_ptr<WritableFile>> lock(const std::filesystem::path& path) override;

  // Loses everything that is not durable, as if the power had gone. File objects from before must not be used again.
  void crash();
  // The next `count` changing calls succeed, every later one fails with kIo; nullopt heals.
  void fail_after(std::optional<std::uint64_t> count);
  // For tests that damage or inspect a file: its bytes now.
  Result<std::vector<std::byte>> content(const std::filesystem::path& path);
  void put(const std::filesystem::path& path, std::vector<std::byte> bytes);  // durable at once

 private:
  struct Node {
    std::vector<std::byte> bytes;
    std::size_t synced = 0;
  };
  using Nodes = std::map<std::string, std::shared_ptr<Node>>;
  class Writer;
  class Reader;
  class Lock;

  Status change(const char* operation, const std::filesystem::path& path);  // counts one; mutex_ held
  Result<std::shared_ptr<Node>> find(const char* operation, const std::filesystem::path& path);  // mutex_ held

  const Options options_;
  std::mutex mutex_;
  Nodes nodes_;    // what the process sees; guarded by mutex_
  Nodes durable_;  // names that survive a crash; guarded by mutex_
  std::set<std::string> locks_;
  std::optional<std::uint64_t> changes_left_;
};

}  // namespace streamflow::storage
