// The local disk, over POSIX calls. Every descriptor is closed on exec.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "storage/environment/file_system.h"

namespace streamflow::storage {
namespace {

namespace fs = std::filesystem;

Error system_error(std::string_view operation, const fs::path& path, int number) {
  // All pass by themselves, or by somebody's making room; nothing was done.
  const bool full = number == ENOSPC || number == EDQUOT || number == EMFILE || number == ENFILE;
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : full ? ErrorCode::kOverloaded : ErrorCode::kIo;
  return {code, std::string(operation) + " " + path.string() + " failed: " + std::generic_category().message(number)};
}

class FileDescriptor {  // owns one open descriptor, or none (-1); move-only
 public:
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) { ::close(fd_); }
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<FileDescriptor> open_descriptor(std::string_view operation, const fs::path& path, int flags) {
  while (true) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd >= 0) { return FileDescriptor(fd); }
    if (errno != EINTR) { return system_error(operation, path, errno); }
  }
}

class LocalWritableFile final : public WritableFile {
 public:
  LocalWritableFile(FileDescriptor fd, fs::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Status append(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) { continue; }
      if (written < 0) { return system_error("appending to", path_, errno); }
      size_ += static_cast<std::uint64_t>(written);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return Ok{};
  }

  Status sync() override {
    if (::fdatasync(fd_.get()) != 0) { return system_error("syncing", path_, errno); }
    return Ok{};
  }

  std::uint64_t size() const override { return size_; }

 private:
  FileDescriptor fd_;
  fs::path path_;
  std::uint64_t size_ = 0;
};

class LocalReadableFile final : public ReadableFile {
 public:
  LocalReadableFile(FileDescriptor fd, fs::path path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {
    if (size_ == 0) { return; }
    void* address = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd_.get(), 0);
    if (address == MAP_FAILED) { return; }
    mapped_ = {static_cast<const std::byte*>(address), size_};
    fd_ =
        FileDescriptor(-1);  // a mapping needs no descriptor: there may be more segments than a process may open files
  }
  LocalReadableFile(const LocalReadableFile&) = delete;
  LocalReadableFile& operator=(const LocalReadableFile&) = delete;
  ~LocalReadableFile() override {
    if (!mapped_.empty()) { ::munmap(const_cast<std::byte*>(mapped_.data()), mapped_.size()); }
  }

  std::uint64_t size() const override { return size_; }
  std::span<const std::byte> mapped() const override { return mapped_; }

  Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset > size_ || out.size() > size_ - offset) { return truncated(offset, out.size()); }
    if (!mapped_.empty() && !out.empty()) {
      std::memcpy(out.data(), mapped_.data() + offset, out.size());
      return Ok{};
    }
    while (!out.empty()) {
      const ssize_t count = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) { continue; }
      if (count < 0) { return system_error("reading", path_, errno); }
      if (count == 0) { return truncated(offset, out.size()); }
      offset += static_cast<std::uint64_t>(count);
      out = out.subspan(static_cast<std::size_t>(count));
    }
    return Ok{};
  }

 private:
  Error truncated(std::uint64_t offset, std::size_t count) const {
    return {ErrorCode::kCorrupt, "truncated file " + path_.string() + ": wanted " + std::to_string(count) +
                                     " bytes at offset " + std::to_string(offset) + " of " + std::to_string(size_)};
  }

  FileDescriptor fd_;
  fs::path path_;
  std::uint64_t size_;
  std::span<const std::byte> mapped_;
};

// Says in a lock file who holds it, for the message that the next process shows.
void write_holder(int fd) {
  const std::string text = "process " + std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) < 0) {
    return;  // the lock holds without it
  }
}

std::string read_holder(int fd) {
  char text[64];
  const ssize_t count = ::pread(fd, text, sizeof text, 0);
  const std::string_view all(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  const std::string_view line = all.substr(0, all.find('\n'));
  const bool printable = std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return line.empty() || !printable ? "another process" : std::string(line);
}

class LocalFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> create(const fs::path& path) override {
    // A new file rather than a truncated one, so that whoever has the old one mapped keeps its pages.
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) { return system_error("replacing", path, errno); }
    SF_TRY(fd, open_descriptor("creating", path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND));
    return std::unique_ptr<WritableFile>(std::make_unique<LocalWritableFile>(std::move(fd), path));
  }

  Result<std::unique_ptr<ReadableFile>> open(const fs::path& path) override {
    SF_TRY(fd, open_descriptor("opening", path, O_RDONLY));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) { return system_error("opening", path, errno); }
    if (!S_ISREG(status.st_mode)) {
      return Error{ErrorCode::kIo, "opening " + path.string() + " failed: not a regular file"};
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    return std::unique_ptr<ReadableFile>(std::make_unique<LocalReadableFile>(std::move(fd), path, size));
  }

  Result<std::vector<std::string>> list(const fs::path& folder) override {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator(); at.increment(error)) {
      std::error_code gone;  // removed between listing and asking: not there
      if (at->is_regular_file(gone)) { names.push_back(at->path().filename().string()); }
    }
    if (error) { return system_error("listing", folder, error.value()); }
    std::sort(names.begin(), names.end());
    return names;
  }

  Status create_folders(const fs::path& folder) override {
    fs::path absolute = fs::path(folder).lexically_normal();
    if (!absolute.has_filename()) { absolute = absolute.parent_path(); }  // a trailing slash
    fs::path built;
    for (const fs::path& part : absolute) {
      built /= part;
      if (built == built.root_path() || part == "." || part == "..") { continue; }
      const bool made = ::mkdir(built.c_str(), 0755) == 0;
      if (!made && errno != EEXIST) { return system_error("creating folder", built, errno); }
      // The last one is synced even when it was there: a crash may have come between its making and its syncing.
      if (made || built == absolute) { SF_CHECK(sync_folder(built.has_parent_path() ? built.parent_path() : ".")); }
    }
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      return system_error("creating folder", folder, error ? error.value() : ENOTDIR);
    }
    return Ok{};
  }

  Status rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) { return system_error("renaming", from, errno); }
    return Ok{};
  }

  Status remove(const fs::path& path) override {
    if (::unlink(path.c_str()) != 0) { return system_error("removing", path, errno); }
    return Ok{};
  }

  Status truncate(const fs::path& path, std::uint64_t size) override {
    SF_TRY(fd, open_descriptor("truncating", path, O_WRONLY));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) { return system_error("truncating", path, errno); }
    if (size > static_cast<std::uint64_t>(status.st_size)) {
      return Error{ErrorCode::kInvalidArgument, "truncating " + path.string() + " to " + std::to_string(size) +
                                                    " bytes: it has only " + std::to_string(status.st_size)};
    }
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0) { return system_error("truncating", path, errno); }
    if (::fdatasync(fd.get()) != 0) { return system_error("syncing", path, errno); }
    return Ok{};
  }

  Status sync_folder(const fs::path& folder) override {
    SF_TRY(fd, open_descriptor("syncing folder", folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY));
    if (::fsync(fd.get()) != 0) { return system_error("syncing folder", folder, errno); }
    return Ok{};
  }

  Result<std::uint64_t> free_bytes(const fs::path& folder) override {
    struct statvfs status {};
    if (::statvfs(folder.c_str(), &status) != 0) { return system_error("asking free space of", folder, errno); }
    return std::uint64_t{status.f_bavail} * status.f_frsize;
  }

  Result<std::unique_ptr<WritableFile>> lock(const fs::path& path) override {
    SF_TRY(fd, open_descriptor("locking", path, O_RDWR | O_CREAT));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) { return system_error("locking", path, errno); }
      return Error{ErrorCode::kUnavailable, path.string() + " is locked by " + read_holder(fd.get()) +
                                                ": stop it first, or use another data folder"};
    }
    write_holder(fd.get());
    return std::unique_ptr<WritableFile>(std::make_unique<LocalWritableFile>(std::move(fd), path));
  }
};

}  // namespace

FileSystem& local_file_system() {
  static LocalFileSystem files;
  return files;
}

}  // namespace streamflow::storage
