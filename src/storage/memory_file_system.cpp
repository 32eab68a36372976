#include "storage/memory_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace streamflow::storage {
namespace {

std::string key_of(const std::filesystem::path& path) {
  return path.lexically_normal().string();
}

Error failure(ErrorCode code, const char* operation, const std::filesystem::path& path, const char* why) {
  return {code, std::string(operation) + " " + path.string() + ": " + why};
}

}  // namespace

class MemoryFileSystem::Writer final : public WritableFile {
 public:
  Writer(MemoryFileSystem& files, std::filesystem::path path, std::shared_ptr<Node> node)
      : files_(files), path_(std::move(path)), node_(std::move(node)) {}

  Status append(std::span<const std::byte> bytes) override {
    const std::lock_guard lock(files_.mutex_);
    SF_CHECK(files_.change("append", path_));
    node_->bytes.insert(node_->bytes.end(), bytes.begin(), bytes.end());
    return Ok{};
  }
  Status sync() override {
    const std::lock_guard lock(files_.mutex_);
    SF_CHECK(files_.change("sync", path_));
    node_->synced = node_->bytes.size();
    return Ok{};
  }
  std::uint64_t size() const override {
    const std::lock_guard lock(files_.mutex_);
    return node_->bytes.size();
  }

 private:
  MemoryFileSystem& files_;
  const std::filesystem::path path_;
  const std::shared_ptr<Node> node_;
};

class MemoryFileSystem::Reader final : public ReadableFile {
 public:
  Reader(std::filesystem::path path, std::vector<std::byte> bytes, bool mapping)
      : path_(std::move(path)), bytes_(std::move(bytes)), mapping_(mapping) {}

  std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
      return failure(ErrorCode::kCorrupt, "read", path_, "truncated");
    }
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return Ok{};
  }
  std::span<const std::byte> mapped() const override {
    return mapping_ ? std::span<const std::byte>(bytes_) : std::span<const std::byte>();
  }

 private:
  const std::filesystem::path path_;
  const std::vector<std::byte> bytes_;
  const bool mapping_;
};

class MemoryFileSystem::Lock final : public WritableFile {
 public:
  Lock(MemoryFileSystem& files, std::string key) : files_(files), key_(std::move(key)) {}
  ~Lock() override {
    const std::lock_guard lock(files_.mutex_);
    files_.locks_.erase(key_);
  }
  Status append(std::span<const std::byte>) override { return Ok{}; }
  Status sync() override { return Ok{}; }
  std::uint64_t size() const override { return 0; }

 private:
  MemoryFileSystem& files_;
  const std::string key_;
};

Status MemoryFileSystem::change(const char* operation, const std::filesystem::path& path) {
  if (!changes_left_.has_value()) { return Ok{}; }
  if (*changes_left_ == 0) { return failure(ErrorCode::kIo, operation, path, "failed on purpose"); }
  --*changes_left_;
  return Ok{};
}

Result<std::shared_ptr<MemoryFileSystem::Node>> MemoryFileSystem::find(const char* operation,
                                                                       const std::filesystem::path& path) {
  const auto found = nodes_.find(key_of(path));
  if (found == nodes_.end()) { return failure(ErrorCode::kNotFound, operation, path, "no such file"); }
  return found->second;
}

Result<std::unique_ptr<WritableFile>> MemoryFileSystem::create(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  SF_CHECK(change("create", path));
  auto node = std::make_shared<Node>();
  nodes_[key_of(path)] = node;
  return std::unique_ptr<WritableFile>(std::make_unique<Writer>(*this, path, std::move(node)));
}

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::open(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  SF_TRY(node, find("open", path));
  return std::unique_ptr<ReadableFile>(std::make_unique<Reader>(path, node->bytes, options_.mapping));
}

Result<std::vector<std::string>> MemoryFileSystem::list(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [key, node] : nodes_) {
    const std::filesystem::path path(key);
    if (path.parent_path() == std::filesystem::path(key_of(folder / "")).parent_path()) {
      names.push_back(path.filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status MemoryFileSystem::create_folders(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  return change("create folders", folder);  // folders exist as soon as a file is in them
}

Status MemoryFileSystem::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::lock_guard lock(mutex_);
  SF_TRY(node, find("rename", from));
  SF_CHECK(change("rename", from));
  nodes_[key_of(to)] = node;
  nodes_.erase(key_of(from));
  return Ok{};
}

Status MemoryFileSystem::remove(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  SF_CHECK(find("remove", path));
  SF_CHECK(change("remove", path));
  nodes_.erase(key_of(path));
  return Ok{};
}

Status MemoryFileSystem::truncate(const std::filesystem::path& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  SF_TRY(node, find("truncate", path));
  SF_CHECK(change("truncate", path));
  node->bytes.resize(static_cast<std::size_t>(size));
  node->synced = node->bytes.size();  // as the local file system does: a cut is synced before the call returns
  return Ok{};
}

Status MemoryFileSystem::sync_folder(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  SF_CHECK(change("sync folder", folder));
  const std::filesystem::path parent = std::filesystem::path(key_of(folder / "")).parent_path();
  const auto inside = [&](const auto& entry) { return std::filesystem::path(entry.first).parent_path() == parent; };
  std::erase_if(durable_, inside);
  std::copy_if(nodes_.begin(), nodes_.end(), std::inserter(durable_, durable_.end()), inside);
  return Ok{};
}

Result<std::uint64_t> MemoryFileSystem::free_bytes(const std::filesystem::path& /*folder*/) {
  return options_.free_bytes;
}

Result<std::unique_ptr<WritableFile>> MemoryFileSystem::lock(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  if (!locks_.insert(key_of(path)).second) {
    return failure(ErrorCode::kUnavailable, "lock", path, "held by this process");
  }
  return std::unique_ptr<WritableFile>(std::make_unique<Lock>(*this, key_of(path)));
}

void MemoryFileSystem::crash() {
  const std::lock_guard lock(mutex_);
  nodes_.clear();
  for (auto& [key, node] : durable_) {
    auto survivor = std::make_shared<Node>(*node);
    survivor->bytes.resize(survivor->synced);
    nodes_[key] = survivor;
    node = survivor;
  }
  locks_.clear();
  changes_left_.reset();
}

void MemoryFileSystem::fail_after(std::optional<std::uint64_t> count) {
  const std::lock_guard lock(mutex_);
  changes_left_ = count;
}

Result<std::vector<std::byte>> MemoryFileSystem::content(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  SF_TRY(node, find("content", path));
  return node->bytes;
}

void MemoryFileSystem::put(const std::filesystem::path& path, std::vector<std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  auto node = std::make_shared<Node>();
  node->synced = bytes.size();
  node->bytes = std::move(bytes);
  nodes_[key_of(path)] = node;
  durable_[key_of(path)] = node;
}

}  // namespace streamflow::storage
