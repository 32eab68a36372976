#include "storage/environment/simulated_file_system.h"

#include <algorithm>

#include "storage/environment/simulated_file_system_nodes.h"

namespace streamflow::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kFreeBytesUnlimited = std::uint64_t{1} << 40U;
constexpr std::uint64_t kPageBytes = 4096;

constexpr std::array<std::string_view, SimulatedFileSystem::kOperations> kOperationWords{
    "creating",       "appending to",         "syncing",  "opening",  "reading",
    "listing",        "creating folder",      "renaming", "removing", "truncating",
    "syncing folder", "asking free space of", "locking"};

std::string key_of(const fs::path& path) {
  std::string key = path.lexically_normal().string();
  while (key.size() > 1 && key.back() == '/') { key.pop_back(); }
  return key.empty() ? "." : key;
}

std::string folder_key(const fs::path& path) {
  return key_of(path.lexically_normal().parent_path());
}

Error io_error(std::string_view operation, const std::string& path, std::string_view why) {
  return {ErrorCode::kIo, std::string(operation) + " " + path + " failed: " + std::string(why)};
}

Error missing(std::string_view operation, const std::string& path) {
  return {ErrorCode::kNotFound, std::string(operation) + " " + path + " failed: No such file or directory"};
}

}  // namespace

class SimulatedFileSystem::Writer final : public WritableFile {
 public:
  Writer(SimulatedFileSystem& files, std::shared_ptr<Node> node, std::string path)
      : files_(files), node_(std::move(node)), path_(std::move(path)), epoch_(files.epoch_) {}

  Status append(std::span<const std::byte> bytes) override {
    const std::lock_guard lock(files_.mutex_);
    if (epoch_ != files_.epoch_) { return io_error("appending to", path_, "simulated crash: the file is dead"); }
    return files_.append(*node_, path_, bytes);
  }
  Status sync() override {
    const std::lock_guard lock(files_.mutex_);
    if (epoch_ != files_.epoch_) { return io_error("syncing", path_, "simulated crash: the file is dead"); }
    return files_.sync(*node_, path_);
  }
  std::uint64_t size() const override {
    const std::lock_guard lock(files_.mutex_);
    return node_->bytes->size();
  }

 private:
  SimulatedFileSystem& files_;
  std::shared_ptr<Node> node_;
  std::string path_;
  std::uint64_t epoch_;
};

class SimulatedFileSystem::Reader final : public ReadableFile {
 public:
  Reader(SimulatedFileSystem& files, std::shared_ptr<const Bytes> bytes, std::string path)
      : files_(files), bytes_(std::move(bytes)), path_(std::move(path)), epoch_(files.epoch_) {}

  std::uint64_t size() const override { return bytes_->size(); }
  std::span<const std::byte> mapped() const override {
    return files_.options_.mapping ? std::span<const std::byte>(*bytes_) : std::span<const std::byte>();
  }
  Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::lock_guard lock(files_.mutex_);
    if (epoch_ != files_.epoch_) { return io_error("reading", path_, "simulated crash: the file is dead"); }
    if (auto error = files_.enter(Operation::kRead, path_)) { return *std::move(error); }
    if (offset > bytes_->size() || out.size() > bytes_->size() - offset) {
      return Error{ErrorCode::kCorrupt, "truncated file " + path_ + ": wanted " + std::to_string(out.size()) +
                                            " bytes at offset " + std::to_string(offset) + " of " +
                                            std::to_string(bytes_->size())};
    }
    std::copy_n(bytes_->begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return Ok{};
  }

 private:
  SimulatedFileSystem& files_;
  std::shared_ptr<const Bytes> bytes_;
  std::string path_;
  std::uint64_t epoch_;
};

class SimulatedFileSystem::Lock final : public WritableFile {
 public:
  Lock(SimulatedFileSystem& files, std::string path) : files_(files), path_(std::move(path)), epoch_(files.epoch_) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() override {
    const std::lock_guard lock(files_.mutex_);
    if (epoch_ == files_.epoch_) { files_.locks_.erase(path_); }
  }
  Status append(std::span<const std::byte>) override { return io_error("appending to", path_, "it is a lock file"); }
  Status sync() override { return Ok{}; }
  std::uint64_t size() const override { return 0; }

 private:
  SimulatedFileSystem& files_;
  std::string path_;
  std::uint64_t epoch_;
};

SimulatedFileSystem::SimulatedFileSystem(std::uint64_t seed, Options options) : options_(options), random_(seed) {
  folders_["."] = std::make_unique<Folder>();
  folders_["/"] = std::make_unique<Folder>();
}

SimulatedFileSystem::~SimulatedFileSystem() = default;

std::optional<Error> SimulatedFileSystem::enter(Operation operation, const std::string& path) {
  const auto kind = static_cast<std::size_t>(operation);
  ++calls_;
  ++calls_of_[kind];
  if (off_) { return io_error(kOperationWords[kind], path, "simulated power loss"); }
  if (failure_.hits(calls_) || failure_of_[kind].hits(calls_of_[kind])) {
    return io_error(kOperationWords[kind], path, "simulated input/output error");
  }
  return std::nullopt;
}

SimulatedFileSystem::Folder* SimulatedFileSystem::folder_of(const fs::path& path) {
  const auto found = folders_.find(folder_key(path));
  return found == folders_.end() ? nullptr : found->second.get();
}

std::shared_ptr<SimulatedFileSystem::Node> SimulatedFileSystem::find(const fs::path& path) const {
  const auto folder = folders_.find(folder_key(path));
  if (folder == folders_.end()) { return nullptr; }
  const auto found = folder->second->now.find(path.filename().string());
  return found == folder->second->now.end() ? nullptr : found->second;
}

Result<std::unique_ptr<WritableFile>> SimulatedFileSystem::create(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kCreate, path.string())) { return *std::move(error); }
  Folder* folder = folder_of(path);
  if (folder == nullptr) { return missing("creating", path.string()); }
  auto node = std::make_shared<Node>();
  folder->change({{{path.filename().string(), node}}});
  return std::unique_ptr<WritableFile>(std::make_unique<Writer>(*this, std::move(node), path.string()));
}

Result<std::unique_ptr<ReadableFile>> SimulatedFileSystem::open(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kOpen, path.string())) { return *std::move(error); }
  const auto node = find(path);
  if (node == nullptr) { return missing("opening", path.string()); }
  return std::unique_ptr<ReadableFile>(std::make_unique<Reader>(*this, node->bytes, path.string()));
}

Result<std::vector<std::string>> SimulatedFileSystem::list(const fs::path& folder) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kList, folder.string())) { return *std::move(error); }
  const auto found = folders_.find(key_of(folder));
  if (found == folders_.end()) { return missing("listing", folder.string()); }
  std::vector<std::string> names;
  for (const auto& [name, node] : found->second->now) { names.push_back(name); }
  return names;
}

Status SimulatedFileSystem::create_folders(const fs::path& folder) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kCreateFolders, folder.string())) { return *std::move(error); }
  fs::path built;
  for (const fs::path& part : fs::path(key_of(folder))) {
    built /= part;
    auto& entry = folders_[key_of(built)];
    if (entry == nullptr) { entry = std::make_unique<Folder>(); }
  }
  return Ok{};
}

Status SimulatedFileSystem::rename(const fs::path& from, const fs::path& to) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kRename, from.string())) { return *std::move(error); }
  const auto node = find(from);
  Folder* source = folder_of(from);
  Folder* target = folder_of(to);
  if (node == nullptr || target == nullptr) { return missing("renaming", from.string()); }
  const std::string name_from = from.filename().string();
  const std::string name_to = to.filename().string();
  if (source == target) {
    if (name_from != name_to) { source->change({{{name_from, nullptr}, {name_to, node}}}); }
  } else {  // two folders sync separately: after a crash the file may have both names, or the old one, or the new one
    target->change({{{name_to, node}}});
    source->change({{{name_from, nullptr}}});
  }
  return Ok{};
}

Status SimulatedFileSystem::remove(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kRemove, path.string())) { return *std::move(error); }
  if (find(path) == nullptr) { return missing("removing", path.string()); }
  folder_of(path)->change({{{path.filename().string(), nullptr}}});
  return Ok{};
}

Status SimulatedFileSystem::truncate(const fs::path& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kTruncate, path.string())) { return *std::move(error); }
  const auto node = find(path);
  if (node == nullptr) { return missing("truncating", path.string()); }
  if (fail_syncs_) { return io_error("truncating", path.string(), "simulated sync failure"); }
  if (size > node->bytes->size()) {
    return Error{ErrorCode::kInvalidArgument, "truncating " + path.string() + " to " + std::to_string(size) +
                                                  " bytes: it has only " + std::to_string(node->bytes->size())};
  }
  node->writable().resize(size);
  node->synced = size;
  return Ok{};
}

Status SimulatedFileSystem::sync_folder(const fs::path& folder) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kSyncFolder, folder.string())) { return *std::move(error); }
  if (fail_syncs_) { return io_error("syncing folder", folder.string(), "simulated sync failure"); }
  const auto found = folders_.find(key_of(folder));
  if (found == folders_.end()) { return missing("syncing folder", folder.string()); }
  found->second->durable = found->second->now;
  found->second->pending.clear();
  return Ok{};
}

Result<std::uint64_t> SimulatedFileSystem::free_bytes(const fs::path& folder) {
  const std::lock_guard lock(mutex_);
  if (auto error = enter(Operation::kFreeBytes, folder.string())) { return *std::move(error); }
  if (!capacity_) { return kFreeBytesUnlimited; }
  return *capacity_ - std::min(*capacity_, used_bytes());
}

Result<std::unique_ptr<WritableFile>> SimulatedFileSystem::lock(const fs::path& path) {
  const std::lock_guard guard(mutex_);
  if (auto error = enter(Operation::kLock, path.string())) { return *std::move(error); }
  if (folder_of(path) == nullptr) { return missing("locking", path.string()); }
  if (!locks_.insert(key_of(path)).second) {
    return Error{ErrorCode::kUnavailable,
                 path.string() + " is locked by this process: stop it first, or use another data folder"};
  }
  return std::unique_ptr<WritableFile>(std::make_unique<Lock>(*this, key_of(path)));
}

Status SimulatedFileSystem::append(Node& node, const std::string& path, std::span<const std::byte> bytes) {
  std::optional<Error> error = enter(Operation::kAppend, path);
  if (off_) { return *std::move(error); }
  if (error && !bytes.empty()) { bytes = bytes.first(random_() % bytes.size()); }
  if (capacity_) {
    const std::uint64_t left = *capacity_ - std::min(*capacity_, used_bytes());
    if (bytes.size() > left) {
      if (!error) {
        error = io_error("appending to", path, "No space left on device (simulated)");
        error->code = ErrorCode::kOverloaded;
      }
      bytes = bytes.first(left);
    }
  }
  Bytes& content = node.writable();
  content.insert(content.end(), bytes.begin(), bytes.end());
  if (error) { return *std::move(error); }
  return Ok{};
}

Status SimulatedFileSystem::sync(Node& node, const std::string& path) {
  std::optional<Error> error = enter(Operation::kSync, path);
  if (off_) { return *std::move(error); }
  if (!error && fail_syncs_) { error = io_error("syncing", path, "simulated sync failure"); }
  if (error) { lose_pages(node); }
  node.synced = node.bytes->size();
  if (error) { return *std::move(error); }
  return Ok{};
}

// All of what the sync should have written, or each page by chance.
void SimulatedFileSystem::lose_pages(Node& node) {
  const bool all = random_() % 2 == 0;
  const std::uint64_t size = node.bytes->size();
  for (std::uint64_t at = node.synced; at < size;) {
    const std::uint64_t end = std::min((at / kPageBytes + 1) * kPageBytes, size);
    if (all || random_() % 2 == 0) { node.lost.emplace_back(at, end); }
    at = end;
  }
}

std::uint64_t SimulatedFileSystem::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [path, folder] : folders_) {
    for (const auto& [name, node] : folder->now) { used += node->bytes->size(); }
  }
  return used;
}

bool SimulatedFileSystem::exists(const fs::path& path) const {
  const std::lock_guard lock(mutex_);
  return find(path) != nullptr;
}

std::vector<std::byte> SimulatedFileSystem::bytes_of(const fs::path& path) const {
  const std::lock_guard lock(mutex_);
  const auto node = find(path);
  return node == nullptr ? Bytes{} : *node->bytes;
}

void SimulatedFileSystem::put(const fs::path& path, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  auto& folder = folders_[folder_key(path)];
  if (folder == nullptr) { folder = std::make_unique<Folder>(); }
  auto node = std::make_shared<Node>();
  node->bytes->assign(bytes.begin(), bytes.end());
  node->synced = bytes.size();
  folder->now[path.filename().string()] = node;
  folder->durable[path.filename().string()] = node;
}

void SimulatedFileSystem::flip_bits(const fs::path& path, std::uint64_t offset, std::uint8_t mask) {
  const std::lock_guard lock(mutex_);
  const auto node = find(path);
  if (node != nullptr && offset < node->bytes->size()) { node->writable()[offset] ^= static_cast<std::byte>(mask); }
}

std::vector<fs::path> SimulatedFileSystem::paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<fs::path> all;
  for (const auto& [path, folder] : folders_) {
    for (const auto& [name, node] : folder->now) { all.push_back(fs::path(path) / name); }
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace streamflow::storage
