#include "metadata/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include <sqlite3.h>

namespace streamflow::metadata {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "streamflow metadata XXXXXX";  // a space: paths are the user's
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ / "metadata.sqlite";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Database> open() {
    auto opened = Database::open_sqlite(path_);
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  void run_raw(const char* sql) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw);
    sqlite3_close(raw);
  }

  std::filesystem::path folder_, path_;
};

ApiKeyRow key(const std::string& id) {
  ApiKeyRow row;
  row.id = id;
  row.name = "sensor gateway, 'hall' 3";
  row.secret_hmac = "00ff";
  row.organization = "acme";
  row.role = "writer";
  row.created = timestamp_from_ns(1'700'000'000'123'456'789);
  return row;
}

TEST_F(DatabaseTest, KeepsKeysAcrossOpenings) {
  ApiKeyRow full = key("full");
  full.project = "plant";
  full.expires = timestamp_from_ns(1'800'000'000'000'000'001);
  {
    auto database = open();
    ASSERT_TRUE(database->insert_api_key(key("bare")).has_value());
    ASSERT_TRUE(database->insert_api_key(full).has_value());
  }
  auto database = open();
  auto found = database->find_api_key("full");
  ASSERT_TRUE(found.has_value());
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->project, "plant");
  EXPECT_EQ((*found)->expires, full.expires);
  EXPECT_EQ((*found)->created, full.created);
  EXPECT_EQ((*found)->name, full.name);
  EXPECT_EQ((*found)->secret_hmac, "00ff");
  EXPECT_EQ((*found)->organization, "acme");
  EXPECT_EQ((*found)->role, "writer");
  auto all = database->api_keys();
  ASSERT_TRUE(all.has_value());
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].id, "bare");
  EXPECT_FALSE((*all)[0].project.has_value());
  EXPECT_FALSE((*all)[0].expires.has_value());
  EXPECT_FALSE((*all)[0].revoked.has_value());
}

TEST_F(DatabaseTest, AnswersNothingForAnUnknownKey) {
  auto found = open()->find_api_key("nobody' OR 1=1 --");
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->has_value());
}

TEST_F(DatabaseTest, RefusesASecondKeyOfTheSameId) {
  auto database = open();
  ASSERT_TRUE(database->insert_api_key(key("a")).has_value());
  const Status again = database->insert_api_key(key("a"));
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
}

TEST_F(DatabaseTest, UpdatesOnlyTheGivenTimes) {
  auto database = open();
  ASSERT_TRUE(database->insert_api_key(key("a")).has_value());
  ASSERT_TRUE(database->update_api_key_times("a", timestamp_from_ns(5), std::nullopt).has_value());
  ASSERT_TRUE(database->update_api_key_times("a", std::nullopt, timestamp_from_ns(7)).has_value());
  auto found = database->find_api_key("a");
  EXPECT_EQ((**found).last_used, timestamp_from_ns(5));
  EXPECT_EQ((**found).revoked, timestamp_from_ns(7));
  const Status unknown = database->update_api_key_times("b", timestamp_from_ns(5), std::nullopt);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
}

TEST_F(DatabaseTest, NoticesChangesOfAnotherConnectionOnly) {
  auto ours = open();
  auto theirs = open();
  const std::uint64_t before = ours->foreign_changes().value();
  ASSERT_TRUE(ours->insert_api_key(key("ours")).has_value());
  EXPECT_EQ(ours->foreign_changes().value(), before);
  ASSERT_TRUE(theirs->insert_api_key(key("theirs")).has_value());
  EXPECT_NE(ours->foreign_changes().value(), before);
}

TEST_F(DatabaseTest, IsReadableByItsOwnerOnly) {
  auto database = open();
  struct stat information {};
  ASSERT_EQ(::stat(path_.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777U, 0600U);
}

TEST_F(DatabaseTest, UsesAWriteAheadLog) {
  auto database = open();
  ASSERT_TRUE(database->insert_api_key(key("a")).has_value());
  EXPECT_TRUE(std::filesystem::exists(path_.string() + "-wal"));
}

TEST_F(DatabaseTest, RefusesANewerSchema) {
  { auto database = open(); }
  run_raw("PRAGMA user_version = 99");
  auto opened = Database::open_sqlite(path_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(opened.error().message.find("99"), std::string::npos);
}

TEST_F(DatabaseTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(path_) << std::string(4096, 'x');
  auto opened = Database::open_sqlite(path_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt) << opened.error().message;
}

TEST_F(DatabaseTest, ReportsAFolderThatIsMissing) {
  auto opened = Database::open_sqlite(folder_ / "missing" / "metadata.sqlite");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
}

TEST_F(DatabaseTest, RefusesAPathItCannotQuote) {
  auto opened = Database::open_sqlite(folder_ / "a\"b");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(DatabaseTest, AFailedMigrationLeavesTheOldVersion) {
  run_raw("CREATE TABLE api_keys (id TEXT)");  // so that version 1's CREATE TABLE fails
  auto opened = Database::open_sqlite(path_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  run_raw("DROP TABLE api_keys");
  EXPECT_NE(open(), nullptr);
}

TEST_F(DatabaseTest, SurvivesOpeningByManyAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> good(8, 0);
  for (std::size_t i = 0; i < good.size(); ++i) {
    threads.emplace_back([&, i] {
      auto opened = Database::open_sqlite(path_);
      good[i] = opened.has_value() && (*opened)->insert_api_key(key("k" + std::to_string(i))).has_value() ? 1 : 0;
    });
  }
  for (auto& thread : threads) { thread.join(); }
  EXPECT_EQ(good, std::vector<int>(8, 1));
  EXPECT_EQ(open()->api_keys().value().size(), 8U);
}

}  // namespace
}  // namespace streamflow::metadata
