#include "storage/environment/simulated_file_system.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace streamflow::storage {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(const SimulatedFileSystem& files, const char* path) {
  const auto bytes = files.bytes_of(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::unique_ptr<WritableFile> create(SimulatedFileSystem& files, const char* path) {
  auto file = files.create(path);
  return file.has_value() ? std::move(*file) : nullptr;
}

TEST(SimulatedFileSystem, KeepsWhatWasSyncedThroughCrashes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimulatedFileSystem files(seed);
    auto file = create(files, "a");
    ASSERT_TRUE(file->append(bytes_of("synced")).has_value());
    ASSERT_TRUE(file->sync().has_value());
    ASSERT_TRUE(files.sync_folder(".").has_value());
    ASSERT_TRUE(file->append(bytes_of("lost, perhaps")).has_value());
    files.crash();
    EXPECT_EQ(text_of(files, "a").substr(0, 6), "synced") << seed;
    EXPECT_FALSE(file->append(bytes_of("dead")).has_value());
    EXPECT_FALSE(file->sync().has_value());
  }
}

TEST(SimulatedFileSystem, LosesUnsyncedBytesInEveryWay) {
  std::set<std::string> outcomes;
  bool torn = false;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SimulatedFileSystem files(seed);
    auto file = create(files, "a");
    ASSERT_TRUE(files.sync_folder(".").has_value());
    ASSERT_TRUE(file->append(bytes_of(std::string(2000, 'x'))).has_value());
    files.crash();
    const std::string text = text_of(files, "a");
    outcomes.insert(text.empty() ? "nothing" : text == std::string(2000, 'x') ? "all" : "part");
    // A hole: a sector that was dropped before one that was kept.
    const std::size_t hole = text.find('\0');
    torn = torn || (hole != std::string::npos && text.find('x', hole) != std::string::npos);
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"nothing", "all", "part"}));
  EXPECT_TRUE(torn);
}

TEST(SimulatedFileSystem, LosesUnsyncedNames) {
  std::set<std::pair<bool, bool>> created;
  std::set<std::string> renamed;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimulatedFileSystem files(seed);
    files.put("old", bytes_of("old"));
    ASSERT_TRUE(create(files, "a")->sync().has_value());
    ASSERT_TRUE(create(files, "b")->sync().has_value());
    files.put("new", bytes_of("new"));
    ASSERT_TRUE(files.rename("new", "old").has_value());
    files.crash();
    created.emplace(files.exists("a"), files.exists("b"));
    renamed.insert(text_of(files, "old"));
    EXPECT_NE(files.exists("new"), text_of(files, "old") == "new") << seed;  // a rename is whole or not there
  }
  EXPECT_EQ(created.size(), 4U);  // any subset
  EXPECT_EQ(renamed, (std::set<std::string>{"old", "new"}));
}

TEST(SimulatedFileSystem, ResurrectsUnsyncedRemoves) {
  std::set<bool> there;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedFileSystem files(seed);
    files.put("a", bytes_of("x"));
    ASSERT_TRUE(files.remove("a").has_value());
    files.crash();
    there.insert(files.exists("a"));
  }
  EXPECT_EQ(there.size(), 2U);
}

TEST(SimulatedFileSystem, GivesTheSameForTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    SimulatedFileSystem files(seed);
    auto file = create(files, "a");
    (void)files.sync_folder(".");
    (void)file->append(bytes_of(std::string(5000, 'x')));
    files.crash();
    return files.bytes_of("a");
  };
  EXPECT_EQ(run(4), run(4));
}

TEST(SimulatedFileSystem, FailsTheNthCall) {
  SimulatedFileSystem files(1);
  files.fail_call(2, SimulatedFileSystem::Fault::kOnce);
  EXPECT_TRUE(files.create("a").has_value());
  const auto failed = files.create("b");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_NE(failed.error().message.find("simulated"), std::string::npos);
  EXPECT_TRUE(files.create("c").has_value());
  files.fail_call(2, SimulatedFileSystem::Fault::kFromThenOn);
  EXPECT_TRUE(files.create("d").has_value());
  EXPECT_FALSE(files.create("e").has_value());
  EXPECT_FALSE(files.list(".").has_value());
  EXPECT_EQ(files.call_count(), 6U);
  files.clear_faults();
  EXPECT_TRUE(files.list(".").has_value());
}

TEST(SimulatedFileSystem, LosesForGoodWhatAFailedSyncShouldHaveWritten) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimulatedFileSystem files(seed);
    auto file = create(files, "a");
    ASSERT_TRUE(files.sync_folder(".").has_value());
    ASSERT_TRUE(file->append(bytes_of("gone")).has_value());
    files.fail_syncs(true);
    EXPECT_FALSE(file->sync().has_value());
    files.fail_syncs(false);
    ASSERT_TRUE(file->append(bytes_of("kept")).has_value());
    EXPECT_TRUE(file->sync().has_value());  // lies about the first four bytes
    EXPECT_EQ(text_of(files, "a"), "gonekept");
    files.crash();
    outcomes.insert(text_of(files, "a"));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{std::string(4, '\0') + "kept", "gonekept"}));
}

TEST(SimulatedFileSystem, LosesSomePagesOfAFailedSync) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedFileSystem files(seed);
    auto file = create(files, "a");
    ASSERT_TRUE(files.sync_folder(".").has_value());
    ASSERT_TRUE(file->append(bytes_of(std::string(2 * 4096, 'x'))).has_value());
    files.fail_syncs(true);
    EXPECT_FALSE(file->sync().has_value());
    files.crash();
    const std::string text = text_of(files, "a");
    ASSERT_EQ(text.size(), 2U * 4096);
    outcomes.insert({text.front(), text.back()});
  }
  EXPECT_EQ(outcomes.size(), 4U);  // each page by itself
}

TEST(SimulatedFileSystem, FailsTheNthCallOfAKind) {
  SimulatedFileSystem files(1);
  files.fail_call(SimulatedFileSystem::Operation::kSync, 2, SimulatedFileSystem::Fault::kOnce);
  auto file = create(files, "a");
  EXPECT_TRUE(file->sync().has_value());
  ASSERT_TRUE(file->append(bytes_of("x")).has_value());
  EXPECT_FALSE(file->sync().has_value());
  EXPECT_TRUE(file->sync().has_value());
}

TEST(SimulatedFileSystem, ReadsWithAndWithoutMapping) {
  for (const bool mapping : {false, true}) {
    SimulatedFileSystem files(1, {.mapping = mapping});
    files.put("a", bytes_of("abc"));
    const auto file = files.open("a");
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ((*file)->mapped().empty(), !mapping);
    std::vector<std::byte> two(2);
    ASSERT_TRUE((*file)->read(1, two).has_value());
    EXPECT_EQ(two[1], std::byte{'c'});
    EXPECT_EQ((*file)->read(2, two).error().code, ErrorCode::kCorrupt);
    ASSERT_TRUE(files.truncate("a", 1).has_value());
    EXPECT_EQ((*file)->size(), 3U);  // opened before
  }
}

TEST(SimulatedFileSystem, ListsItsPaths) {
  SimulatedFileSystem files(1);
  files.put("/d/b", bytes_of("x"));
  files.put("/d/a", bytes_of("x"));
  EXPECT_EQ(files.paths(), (std::vector<std::filesystem::path>{"/d/a", "/d/b"}));
}

TEST(SimulatedFileSystem, RunsOutOfSpace) {
  SimulatedFileSystem files(1);
  files.set_capacity(10);
  auto file = create(files, "a");
  ASSERT_TRUE(file->append(bytes_of("123456")).has_value());
  EXPECT_EQ(*files.free_bytes("."), 4U);
  const Status full = file->append(bytes_of("123456"));
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().code, ErrorCode::kOverloaded);
  EXPECT_NE(full.error().message.find("No space left"), std::string::npos);
  EXPECT_EQ(file->size(), 10U);
  ASSERT_TRUE(files.remove("a").has_value());
  EXPECT_EQ(*files.free_bytes("."), 10U);
}

TEST(SimulatedFileSystem, KillKeepsWhatWasWritten) {
  SimulatedFileSystem files(1);
  auto lock = files.lock("LOCK");
  auto file = create(files, "a");
  ASSERT_TRUE(file->append(bytes_of("written")).has_value());
  files.kill();
  EXPECT_EQ(text_of(files, "a"), "written");
  EXPECT_FALSE(file->append(bytes_of("dead")).has_value());
  EXPECT_TRUE(files.lock("LOCK").has_value());
}

TEST(SimulatedFileSystem, RefusesEverythingWithoutPower) {
  SimulatedFileSystem files(1);
  auto file = create(files, "a");
  files.power_off();
  EXPECT_FALSE(file->append(bytes_of("x")).has_value());
  EXPECT_FALSE(file->sync().has_value());
  EXPECT_FALSE(files.create("b").has_value());
  EXPECT_FALSE(files.rename("a", "b").has_value());
  files.power_on();
  EXPECT_TRUE(files.create("b").has_value());
}

TEST(SimulatedFileSystem, FlipsBits) {
  SimulatedFileSystem files(1);
  files.put("a", bytes_of("abc"));
  files.flip_bits("a", 1, 0x20);
  EXPECT_EQ(text_of(files, "a"), "aBc");
}

}  // namespace
}  // namespace streamflow::storage
