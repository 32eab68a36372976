// The disk as storage sees it: the one door to files, so that tests can break it.
// The local implementation is local_file_system(); tests use a double that forgets what was not synced and fails calls.
// Threads: FileSystem is safe from any thread; one file object belongs to one thread at a time, except pread.
// Errors:  kIo with the operation, the path and the system's words; kNotFound for a missing file; kOverloaded when the
//          disk or a quota is full: an append may then have written a part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/result.h"

namespace streamflow::storage {

class WritableFile {  // created empty, grows by append; the destructor closes without syncing
 public:
  virtual ~WritableFile() = default;
  virtual Status append(std::span<const std::byte> bytes) = 0;
  virtual Status sync() = 0;  // fdatasync. After a failure the file must not be used again: its pages may be lost
  virtual std::uint64_t size() const = 0;
};

class ReadableFile {  // immutable content; positioned reads from any thread
 public:
  virtual ~ReadableFile() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` whole; a shorter file is kCorrupt ("truncated").
  virtual Status read(std::uint64_t offset, std::span<std::byte> out) const = 0;
  // The whole file mapped or loaded, valid while this object lives. Empty when the implementation has no mapping.
  virtual std::span<const std::byte> mapped() const = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Replaces an old file of that name; who has the old one open keeps reading it. Durable after sync() and sync_folder.
  virtual Result<std::unique_ptr<WritableFile>> create(const std::filesystem::path& path) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& folder) = 0;  // names, sorted; files only
  virtual Status create_folders(const std::filesystem::path& folder) = 0;                  // and syncs their parents
  virtual Status rename(const std::filesystem::path& from,
                        const std::filesystem::path& to) = 0;  // atomic; not yet durable
  virtual Status remove(const std::filesystem::path& path) = 0;
  // Shortens the file to `size`, at most its present size. What is left, written by whomever, is durable when it
  // returns.
  virtual Status truncate(const std::filesystem::path& path, std::uint64_t size) = 0;
  virtual Status sync_folder(const std::filesystem::path& folder) = 0;  // makes creates, renames, removes in it durable
  virtual Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) = 0;
  // Takes the lock file `path` until the result is destroyed or the process ends; kUnavailable names the holder when
  // somebody else has it.
  virtual Result<std::unique_ptr<WritableFile>> lock(const std::filesystem::path& path) = 0;
};

FileSystem& local_file_system();

// Creates `path` with `bytes` so that after a crash either the old content or the new one is there: writes
// `path`.tmp, syncs it, renames it, syncs the folder.
Status replace_file(FileSystem& files, const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace streamflow::storage
