// A disk in memory that remembers what was synced, loses the rest when the power goes, and fails on demand: the test
// double under crash tests of anything that writes through FileSystem.
//
// What a crash does, at random from the seed: of a file's unsynced bytes it keeps nothing, all, a prefix, or a prefix
// some of whose sectors (512 or 4096 bytes) are zeros or garbage, so that a later write may survive an earlier one; of
// a folder's unsynced creates, renames and removes it keeps none, all, the first few or any subset. Synced bytes of a
// file whose name was never synced go with the name. A failed sync loses for good what it should have written, or some
// pages of it, even when a later sync succeeds, as Linux does. A failed append may have written a prefix. Other failed
// calls do nothing.
//
// Invariants: the same calls with the same seed give the same bytes. Readers see a file as it was when they opened it.
// Threads:    any. File objects must not outlive the file system.
// Errors:     as FileSystem; injected ones are kIo and say "simulated". After crash() or kill() open files are dead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/environment/file_system.h"

namespace streamflow::storage {

class SimulatedFileSystem final : public FileSystem {
 public:
  enum class Fault : std::uint8_t { kOnce, kFromThenOn };
  enum class Operation : std::uint8_t {
    kCreate,
    kAppend,
    kSync,
    kOpen,
    kRead,
    kList,
    kCreateFolders,
    kRename,
    kRemove,
    kTruncate,
    kSyncFolder,
    kFreeBytes,
    kLock
  };
  static constexpr std::size_t kOperations = 13;
  struct Options {
    bool mapping = true;  // false: mapped() is empty and readers must use read()
  };

  explicit SimulatedFileSystem(std::uint64_t seed, Options options);
  explicit SimulatedFileSystem(std::uint64_t seed = 0) : SimulatedFileSystem(seed, Options{}) {}
  ~SimulatedFileSystem() override;

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

  // Power loss: drops what was not synced, kills open files and locks, clears faults; the disk then serves again.
  // With threads still running: power_off() first (every call fails from then on), join them, then power_on().
  void crash();
  void power_off();
  void power_on();
  void kill();  // kill -9: open files and locks die and faults are cleared, but what was written stays, unsynced

  // Fails the n-th call from now (1 is the next) to this file system or any of its files.
  void fail_call(std::uint64_t n, Fault fault);
  void fail_call(Operation operation, std::uint64_t n, Fault fault);  // counts only calls of that kind
  void clear_faults();
  std::uint64_t call_count() const;                       // so far; to know how far a loop over n must go
  void fail_syncs(bool fail);                             // sync, sync_folder, truncate
  void set_capacity(std::optional<std::uint64_t> bytes);  // appends past it fail with "No space left on device"

  // Looking and meddling, outside the rules: no fault, not counted, durable at once.
  bool exists(const std::filesystem::path& path) const;
  std::vector<std::byte> bytes_of(const std::filesystem::path& path) const;  // empty when missing
  void put(const std::filesystem::path& path, std::span<const std::byte> bytes);
  void flip_bits(const std::filesystem::path& path, std::uint64_t offset, std::uint8_t mask);
  std::vector<std::filesystem::path> paths() const;  // of all files, sorted

 private:
  struct Node;
  struct EntryChanges;
  struct Folder;
  class Writer;
  class Reader;
  class Lock;

  struct Failure {         // which calls fail
    std::uint64_t at = 0;  // 0: none
    Fault fault = Fault::kOnce;
    bool hits(std::uint64_t call) const {
      return at != 0 && (call == at || (fault == Fault::kFromThenOn && call > at));
    }
  };
  std::optional<Error> enter(Operation operation, const std::string& path);
  Folder* folder_of(const std::filesystem::path& path);
  std::shared_ptr<Node> find(const std::filesystem::path& path) const;
  Status append(Node& node, const std::string& path, std::span<const std::byte> bytes);
  Status sync(Node& node, const std::string& path);
  std::uint64_t used_bytes() const;
  void restart();
  void forget_faults();
  void lose_entries(Folder& folder);
  void lose_pages(Node& node);
  void tear(Node& node);

  const Options options_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;                                  // guarded by mutex_, as all below
  std::map<std::string, std::unique_ptr<Folder>> folders_;  // by normalised path
  std::set<std::string> locks_;
  std::uint64_t epoch_ = 0;  // files opened in an older epoch are dead
  std::uint64_t calls_ = 0;
  Failure failure_;
  std::array<std::uint64_t, kOperations> calls_of_{};
  std::array<Failure, kOperations> failure_of_{};
  bool fail_syncs_ = false;
  bool off_ = false;
  std::optional<std::uint64_t> capacity_;
};

}  // namespace streamflow::storage
