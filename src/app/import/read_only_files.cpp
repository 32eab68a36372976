#include "app/import/read_only_files.h"

namespace streamflow::app {

namespace {

class ForgetfulFile final : public storage::WritableFile {
 public:
  Status append(std::span<const std::byte> bytes) override {
    size_ += bytes.size();
    return Ok{};
  }
  Status sync() override { return Ok{}; }
  std::uint64_t size() const override { return size_; }

 private:
  std::uint64_t size_ = 0;
};

}  // namespace

Result<std::unique_ptr<storage::WritableFile>> ReadOnlyFiles::create(const std::filesystem::path&) {
  return std::unique_ptr<storage::WritableFile>(std::make_unique<ForgetfulFile>());
}
Result<std::unique_ptr<storage::ReadableFile>> ReadOnlyFiles::open(const std::filesystem::path& path) {
  return files_.open(path);
}
Result<std::vector<std::string>> ReadOnlyFiles::list(const std::filesystem::path& folder) {
  if (created_.contains(folder.lexically_normal())) return std::vector<std::string>{};
  return files_.list(folder);
}

Status ReadOnlyFiles::create_folders(const std::filesystem::path& folder) {
  std::error_code unknown;
  if (!std::filesystem::exists(folder, unknown)) created_.insert(folder.lexically_normal());
  return Ok{};
}

Status ReadOnlyFiles::rename(const std::filesystem::path&, const std::filesystem::path&) {
  return Ok{};
}
Status ReadOnlyFiles::remove(const std::filesystem::path&) {
  return Ok{};
}
Status ReadOnlyFiles::truncate(const std::filesystem::path&, std::uint64_t) {
  return Ok{};
}
Status ReadOnlyFiles::sync_folder(const std::filesystem::path&) {
  return Ok{};
}
Result<std::uint64_t> ReadOnlyFiles::free_bytes(const std::filesystem::path& folder) {
  return files_.free_bytes(folder);
}
Result<std::unique_ptr<storage::WritableFile>> ReadOnlyFiles::lock(const std::filesystem::path& path) {
  return files_.lock(path);
}

}  // namespace streamflow::app
