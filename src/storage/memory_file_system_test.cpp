#include "storage/memory_file_system.h"

#include <gtest/gtest.h>

#include <string_view>

namespace streamflow::storage {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(MemoryFileSystem& files, const char* path) {
  const auto content = files.content(path);
  return content.has_value() ? std::string(reinterpret_cast<const char*>(content->data()), content->size()) : "missing";
}

TEST(MemoryFileSystem, KeepsOnlyWhatWasSyncedUnderDurableNames) {
  MemoryFileSystem files;
  const auto kept = files.create("d/kept");
  ASSERT_TRUE((*kept)->append(bytes_of("abc")));
  ASSERT_TRUE((*kept)->sync());
  ASSERT_TRUE(files.sync_folder("d"));
  ASSERT_TRUE((*kept)->append(bytes_of("def")));
  const auto unnamed = files.create("d/unnamed");
  ASSERT_TRUE((*unnamed)->append(bytes_of("x")));
  ASSERT_TRUE((*unnamed)->sync());
  EXPECT_EQ(text_of(files, "d/kept"), "abcdef");
  files.crash();
  EXPECT_EQ(text_of(files, "d/kept"), "abc");
  EXPECT_EQ(text_of(files, "d/unnamed"), "missing");
}

TEST(MemoryFileSystem, UndoesRenamesAndRemovalsThatWereNotSynced) {
  MemoryFileSystem files;
  files.put("d/a", {std::byte{'a'}});
  files.put("d/b", {std::byte{'b'}});
  ASSERT_TRUE(files.rename("d/a", "d/c"));
  ASSERT_TRUE(files.remove("d/b"));
  EXPECT_EQ(*files.list("d"), std::vector<std::string>{"c"});
  files.crash();
  EXPECT_EQ(*files.list("d"), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(files.rename("d/a", "d/b"));
  ASSERT_TRUE(files.sync_folder("d"));
  files.crash();
  EXPECT_EQ(*files.list("d"), std::vector<std::string>{"b"});
  EXPECT_EQ(text_of(files, "d/b"), "a");
}

TEST(MemoryFileSystem, FailsOnPurpose) {
  MemoryFileSystem files;
  const auto file = files.create("f");
  files.fail_after(1);
  EXPECT_TRUE((*file)->append(bytes_of("a")));
  EXPECT_EQ((*file)->append(bytes_of("b")).error().code, ErrorCode::kIo);
  EXPECT_EQ((*file)->sync().error().code, ErrorCode::kIo);
  EXPECT_EQ(files.create("g").error().code, ErrorCode::kIo);
  files.fail_after(std::nullopt);
  EXPECT_TRUE((*file)->append(bytes_of("c")));
  EXPECT_EQ(text_of(files, "f"), "ac");
}

TEST(MemoryFileSystem, ReadsTruncatesAndLocks) {
  MemoryFileSystem files({.mapping = false});
  files.put("f", {std::byte{1}, std::byte{2}, std::byte{3}});
  const auto file = files.open("f");
  std::vector<std::byte> two(2);
  ASSERT_TRUE((*file)->read(1, two));
  EXPECT_EQ(two[1], std::byte{3});
  EXPECT_EQ((*file)->read(2, two).error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE((*file)->mapped().empty());
  ASSERT_TRUE(files.truncate("f", 1));
  EXPECT_EQ((*files.open("f"))->size(), 1U);
  EXPECT_EQ((*file)->size(), 3U);  // opened before
  EXPECT_EQ(files.open("g").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.remove("g").error().code, ErrorCode::kNotFound);
  {
    const auto lock = files.lock("LOCK");
    EXPECT_TRUE(lock.has_value());
    EXPECT_EQ(files.lock("LOCK").error().code, ErrorCode::kUnavailable);
  }
  EXPECT_TRUE(files.lock("LOCK"));
}

}  // namespace
}  // namespace streamflow::storage
