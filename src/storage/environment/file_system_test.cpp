// The contract of FileSystem, over every implementation.
#include "storage/environment/file_system.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

class FileSystemContract : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      files_ = &simulated_;
      folder_ = "data";
    } else {
      files_ = &local_file_system();
      std::string pattern = (fs::temp_directory_path() / "streamflow-files-XXXXXX").string();
      ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
      folder_ = pattern;
    }
    ASSERT_TRUE(files_->create_folders(folder_).has_value());
  }
  void TearDown() override {
    if (!GetParam()) { fs::remove_all(folder_); }
  }

  void write(const fs::path& path, std::string_view text) {
    auto file = files_->create(path);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    ASSERT_TRUE((*file)->append(bytes_of(text)).has_value());
    ASSERT_TRUE((*file)->sync().has_value());
  }
  std::string read(const fs::path& path) {
    auto file = files_->open(path);
    if (!file.has_value()) { return "error: " + file.error().message; }
    std::string text((*file)->size(), '\0');
    const Status status = (*file)->read(0, std::as_writable_bytes(std::span(text)));
    return status.has_value() ? text : "error: " + status.error().message;
  }
  std::vector<std::string> names() {
    auto listed = files_->list(folder_);
    return listed.has_value() ? *listed : std::vector<std::string>{"error"};
  }

  SimulatedFileSystem simulated_{1};
  FileSystem* files_ = nullptr;
  fs::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Over, FileSystemContract, ::testing::Values(false, true),
                         [](const auto& parameter) { return parameter.param ? "Simulated" : "Local"; });

TEST_P(FileSystemContract, AppendsAndReads) {
  auto file = files_->create(folder_ / "a");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ((*file)->size(), 0U);
  ASSERT_TRUE((*file)->append(bytes_of("hello ")).has_value());
  ASSERT_TRUE((*file)->append({}).has_value());
  ASSERT_TRUE((*file)->append(bytes_of("world")).has_value());
  EXPECT_EQ((*file)->size(), 11U);
  ASSERT_TRUE((*file)->sync().has_value());
  EXPECT_EQ(read(folder_ / "a"), "hello world");
}

TEST_P(FileSystemContract, ReadsAtOffsetsAndMapped) {
  write(folder_ / "a", "0123456789");
  auto file = files_->open(folder_ / "a");
  ASSERT_TRUE(file.has_value());
  std::string part(4, '\0');
  ASSERT_TRUE((*file)->read(3, std::as_writable_bytes(std::span(part))).has_value());
  EXPECT_EQ(part, "3456");
  const auto mapped = (*file)->mapped();
  ASSERT_EQ(mapped.size(), 10U);
  EXPECT_EQ(mapped[9], std::byte{'9'});
}

TEST_P(FileSystemContract, RefusesToReadPastTheEnd) {
  write(folder_ / "a", "0123");
  auto file = files_->open(folder_ / "a");
  ASSERT_TRUE(file.has_value());
  std::string part(4, '\0');
  for (const std::uint64_t offset : {std::uint64_t{1}, std::uint64_t{5}, ~std::uint64_t{0}}) {
    const Status status = (*file)->read(offset, std::as_writable_bytes(std::span(part)));
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
    EXPECT_NE(status.error().message.find("truncated"), std::string::npos);
  }
}

TEST_P(FileSystemContract, MapsNothingOfAnEmptyFile) {
  write(folder_ / "a", "");
  auto file = files_->open(folder_ / "a");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ((*file)->size(), 0U);
  EXPECT_TRUE((*file)->mapped().empty());
}

TEST_P(FileSystemContract, ReplacesUnderAReader) {
  write(folder_ / "a", "old");
  auto reader = files_->open(folder_ / "a");
  ASSERT_TRUE(reader.has_value());
  write(folder_ / "a", "newer");
  EXPECT_EQ(read(folder_ / "a"), "newer");
  ASSERT_EQ((*reader)->mapped().size(), 3U);
  EXPECT_EQ((*reader)->mapped()[0], std::byte{'o'});
}

TEST_P(FileSystemContract, ListsFilesOnlySorted) {
  for (const char* name : {"c", "a", "b"}) { write(folder_ / name, "x"); }
  ASSERT_TRUE(files_->create_folders(folder_ / "sub").has_value());
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_P(FileSystemContract, RenamesOverAnOldFile) {
  write(folder_ / "a", "one");
  write(folder_ / "b", "two");
  ASSERT_TRUE(files_->rename(folder_ / "a", folder_ / "b").has_value());
  EXPECT_EQ(read(folder_ / "b"), "one");
  EXPECT_EQ(names(), std::vector<std::string>{"b"});
}

TEST_P(FileSystemContract, RenamesIntoAnotherFolder) {
  write(folder_ / "a", "one");
  ASSERT_TRUE(files_->create_folders(folder_ / "sub").has_value());
  ASSERT_TRUE(files_->rename(folder_ / "a", folder_ / "sub" / "b").has_value());
  EXPECT_EQ(read(folder_ / "sub" / "b"), "one");
  EXPECT_TRUE(names().empty());
}

TEST_P(FileSystemContract, RemovesAndTruncates) {
  write(folder_ / "a", "0123456789");
  ASSERT_TRUE(files_->truncate(folder_ / "a", 4).has_value());
  EXPECT_EQ(read(folder_ / "a"), "0123");
  EXPECT_FALSE(files_->truncate(folder_ / "a", 5).has_value());
  ASSERT_TRUE(files_->remove(folder_ / "a").has_value());
  EXPECT_TRUE(names().empty());
}

TEST_P(FileSystemContract, NamesWhatIsMissing) {
  const fs::path gone = folder_ / "gone" / "file";
  const auto expect_missing = [](const auto& result) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
    EXPECT_NE(result.error().message.find("gone"), std::string::npos) << result.error().message;
  };
  expect_missing(files_->open(gone));
  expect_missing(files_->create(gone));
  expect_missing(files_->list(folder_ / "gone"));
  expect_missing(files_->remove(gone));
  expect_missing(files_->truncate(gone, 0));
  expect_missing(files_->rename(gone, folder_ / "x"));
  expect_missing(files_->sync_folder(folder_ / "gone"));
  expect_missing(files_->lock(gone));
}

TEST_P(FileSystemContract, CreatesFoldersRepeatedly) {
  const fs::path deep = folder_ / "x" / "y" / "z";
  ASSERT_TRUE(files_->create_folders(deep).has_value());
  ASSERT_TRUE(files_->create_folders(deep / "").has_value());
  write(deep / "file", "1");
  EXPECT_EQ(read(deep / "file"), "1");
  EXPECT_TRUE(files_->sync_folder(deep).has_value());
}

TEST_P(FileSystemContract, AnswersFreeBytes) {
  const auto free = files_->free_bytes(folder_);
  ASSERT_TRUE(free.has_value());
  EXPECT_GT(*free, 0U);
}

TEST_P(FileSystemContract, LocksOnceAtATime) {
  auto first = files_->lock(folder_ / "LOCK");
  ASSERT_TRUE(first.has_value());
  const auto second = files_->lock(folder_ / "LOCK");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message.find("process"), std::string::npos) << second.error().message;
  first->reset();
  EXPECT_TRUE(files_->lock(folder_ / "LOCK").has_value());
}

TEST_P(FileSystemContract, ReplaceFileReplacesWhole) {
  ASSERT_TRUE(replace_file(*files_, folder_ / "a", bytes_of("first")).has_value());
  ASSERT_TRUE(replace_file(*files_, folder_ / "a", bytes_of("2")).has_value());
  EXPECT_EQ(read(folder_ / "a"), "2");
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST(LocalFileSystem, NamesTheLockHolder) {
  std::string pattern = (fs::temp_directory_path() / "streamflow-files-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  const auto lock = local_file_system().lock(fs::path(pattern) / "LOCK");
  ASSERT_TRUE(lock.has_value());
  const auto second = local_file_system().lock(fs::path(pattern) / "LOCK");
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
      << second.error().message;
  fs::remove_all(pattern);
}

TEST(LocalFileSystem, RefusesAFileWhereAFolderShouldBe) {
  std::string pattern = (fs::temp_directory_path() / "streamflow-files-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  FileSystem& files = local_file_system();
  ASSERT_TRUE(files.create(fs::path(pattern) / "file").has_value());
  const Status status = files.create_folders(fs::path(pattern) / "file");
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_FALSE(files.open(pattern).has_value());
  fs::remove_all(pattern);
}

TEST(LocalFileSystem, ReportsAnAppendThatDoesNotFit) {
  std::string pattern = (fs::temp_directory_path() / "streamflow-files-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  auto file = local_file_system().create(fs::path(pattern) / "a");
  ASSERT_TRUE(file.has_value());
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 4, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = (*file)->append(bytes_of("0123456789"));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_NE(status.error().message.find("appending to " + pattern), std::string::npos) << status.error().message;
  EXPECT_EQ((*file)->size(), 4U);
  fs::remove_all(pattern);
}

}  // namespace
}  // namespace streamflow::storage
