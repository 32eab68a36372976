#include "access/api_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <thread>

namespace streamflow::access {
namespace {

const std::string kPepper(32, 'p');
const Subject kLocal{Subject::Kind::kLocalUser, "local", "default", std::nullopt, Role::kAdmin};

class ApiKeysTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "streamflow-keys-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    database_ = metadata::Database::open_sqlite(folder_ / "metadata.sqlite").value();
    keys_ = open(*database_);
  }
  void TearDown() override {
    keys_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::unique_ptr<ApiKeys> open(metadata::Database& database) {
    return ApiKeys::open(database, kPepper, [this] { return now_; }).value();
  }
  CreatedKey create(NewKey key) { return keys_->create(kLocal, key).value(); }
  Subject subject_of(const CreatedKey& key) { return keys_->verify(key.token).value(); }

  std::filesystem::path folder_;
  Timestamp now_ = timestamp_from_ns(1'700'000'000'000'000'000);
  std::unique_ptr<metadata::Database> database_;
  std::unique_ptr<ApiKeys> keys_;
};

ErrorCode code(const auto& result) {
  return result.has_value() ? ErrorCode::kInternal : result.error().code;
}

TEST_F(ApiKeysTest, VerifiesWhatItCreated) {
  EXPECT_FALSE(keys_->any());
  const CreatedKey key = create({"gateway", "acme", "plant", Role::kWriter, std::nullopt});
  EXPECT_TRUE(keys_->any());
  const Subject subject = subject_of(key);
  EXPECT_EQ(subject.kind, Subject::Kind::kApiKey);
  EXPECT_EQ(subject.id, key.info.id);
  EXPECT_EQ(subject.organization, "acme");
  EXPECT_EQ(subject.project, "plant");
  EXPECT_EQ(subject.role, Role::kWriter);
}

TEST_F(ApiKeysTest, StoresNoSecret) {
  const CreatedKey key = create({});
  keys_.reset();
  database_.reset();
  const std::string secret = key.token.substr(17);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path();
  }
  database_ = metadata::Database::open_sqlite(folder_ / "metadata.sqlite").value();
}

TEST_F(ApiKeysTest, AnswersOneMessageForEveryBadToken) {
  const CreatedKey good = create({});
  const CreatedKey gone = create({});
  NewKey brief;
  brief.expires = now_ + std::chrono::seconds(1);
  const CreatedKey expired = create(brief);
  ASSERT_TRUE(keys_->revoke(kLocal, gone.info.id).has_value());
  now_ += std::chrono::seconds(2);
  std::string altered = good.token;
  altered.back() = altered.back() == 'A' ? 'B' : 'A';
  std::string unknown = good.token;
  unknown[4] = unknown[4] == 'a' ? 'b' : 'a';
  std::string message;
  for (const std::string& token :
       {std::string(), std::string("nonsense"), altered, unknown, gone.token, expired.token}) {
    const auto verified = keys_->verify(token);
    ASSERT_FALSE(verified.has_value()) << token;
    EXPECT_EQ(verified.error().code, ErrorCode::kUnauthenticated);
    if (message.empty()) { message = verified.error().message; }
    EXPECT_EQ(verified.error().message, message);
  }
  EXPECT_TRUE(keys_->verify(good.token).has_value());
}

TEST_F(ApiKeysTest, AnotherPepperOpensNothing) {
  const CreatedKey key = create({});
  auto other = ApiKeys::open(*database_, std::string(32, 'q')).value();
  EXPECT_EQ(code(other->verify(key.token)), ErrorCode::kUnauthenticated);
  EXPECT_EQ(code(ApiKeys::open(*database_, "short")), ErrorCode::kInvalidArgument);
}

TEST_F(ApiKeysTest, SeesKeysOfAnotherProcess) {
  auto their_database = metadata::Database::open_sqlite(folder_ / "metadata.sqlite").value();
  auto theirs = open(*their_database);
  EXPECT_FALSE(keys_->any());
  const CreatedKey key = theirs->create(kLocal, {}).value();
  now_ += kForeignChangeDelay;
  EXPECT_TRUE(keys_->any());
  EXPECT_TRUE(keys_->verify(key.token).has_value());
  ASSERT_TRUE(theirs->revoke(kLocal, key.info.id).has_value());
  EXPECT_TRUE(keys_->verify(key.token).has_value());  // the delay has not passed
  now_ += kForeignChangeDelay;
  EXPECT_EQ(code(keys_->verify(key.token)), ErrorCode::kUnauthenticated);
  EXPECT_FALSE(keys_->any());
}

TEST_F(ApiKeysTest, SeesThemEvenWhenTheClockGoesBack) {
  auto their_database = metadata::Database::open_sqlite(folder_ / "metadata.sqlite").value();
  EXPECT_FALSE(keys_->any());
  const CreatedKey key = open(*their_database)->create(kLocal, {}).value();
  now_ -= std::chrono::hours(1);
  EXPECT_TRUE(keys_->verify(key.token).has_value());
}

TEST_F(ApiKeysTest, OnlyAdminsMakeKeysAndNeverBroaderOnes) {
  const Subject editor = subject_of(create({"", "acme", std::nullopt, Role::kEditor, std::nullopt}));
  const Subject admin = subject_of(create({"", "acme", std::nullopt, Role::kAdmin, std::nullopt}));
  const Subject plant = subject_of(create({"", "acme", "plant", Role::kAdmin, std::nullopt}));
  const auto tries = [&](const Subject& who, const char* organization, std::optional<std::string> project) {
    return keys_->create(who, {"", organization, std::move(project), Role::kReader, std::nullopt});
  };
  EXPECT_EQ(code(tries(editor, "acme", std::nullopt)), ErrorCode::kForbidden);
  EXPECT_EQ(code(tries({}, "acme", std::nullopt)), ErrorCode::kUnauthenticated);
  EXPECT_EQ(code(tries(admin, "other", std::nullopt)), ErrorCode::kForbidden);
  EXPECT_EQ(code(tries(plant, "acme", std::nullopt)), ErrorCode::kForbidden);
  EXPECT_EQ(code(tries(plant, "acme", "office")), ErrorCode::kForbidden);
  EXPECT_TRUE(tries(admin, "acme", std::nullopt).has_value());
  EXPECT_TRUE(tries(admin, "acme", "plant").has_value());
  EXPECT_TRUE(tries(plant, "acme", "plant").has_value());
}

TEST_F(ApiKeysTest, ListsAndRevokesOnlyInScope) {
  const CreatedKey admin = create({"", "acme", std::nullopt, Role::kAdmin, std::nullopt});
  const CreatedKey plant = create({"", "acme", "plant", Role::kAdmin, std::nullopt});
  const CreatedKey other = create({"", "other", std::nullopt, Role::kAdmin, std::nullopt});
  EXPECT_EQ(keys_->list(kLocal)->size(), 3U);
  EXPECT_EQ(keys_->list(subject_of(admin))->size(), 2U);
  EXPECT_EQ(keys_->list(subject_of(plant))->size(), 1U);
  EXPECT_EQ(code(keys_->list({})), ErrorCode::kUnauthenticated);
  EXPECT_EQ(code(keys_->revoke(subject_of(admin), other.info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code(keys_->revoke(subject_of(plant), admin.info.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code(keys_->revoke(kLocal, "aaaaaaaaaaaa")), ErrorCode::kNotFound);
  EXPECT_TRUE(keys_->revoke(subject_of(admin), plant.info.id).has_value());
  EXPECT_TRUE(keys_->revoke(subject_of(admin), plant.info.id).has_value());  // again: fine
  const std::vector<KeyInfo> all = keys_->list(kLocal).value();
  for (const KeyInfo& key : all) { EXPECT_EQ(key.revoked.has_value(), key.id == plant.info.id) << key.id; }
}

TEST_F(ApiKeysTest, RefusesNamesThatMislead) {
  const auto tries = [&](NewKey key) { return code(keys_->create(kLocal, key)); };
  EXPECT_EQ(tries({"", "", std::nullopt, Role::kReader, std::nullopt}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(tries({"", "a/b", std::nullopt, Role::kReader, std::nullopt}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(tries({"", "a", "b c", Role::kReader, std::nullopt}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(tries({"", "a", std::string(256, 'x'), Role::kReader, std::nullopt}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(tries({std::string(256, 'x'), "a", std::nullopt, Role::kReader, std::nullopt}), ErrorCode::kTooLarge);
  EXPECT_EQ(tries({"", "a", std::nullopt, Role::kReader, now_}), ErrorCode::kInvalidArgument);
}

TEST_F(ApiKeysTest, RemembersWhenAKeyWasLastUsed) {
  const CreatedKey key = create({});
  now_ += std::chrono::hours(5);
  ASSERT_TRUE(keys_->verify(key.token).has_value());
  EXPECT_FALSE(keys_->list(kLocal)->at(0).last_used.has_value());  // lazily
  keys_.reset();
  keys_ = open(*database_);
  EXPECT_EQ(keys_->list(kLocal)->at(0).last_used, now_);
}

TEST_F(ApiKeysTest, AKeyOfAnUnknownRoleOpensNothing) {
  metadata::ApiKeyRow row;
  row.id = "aaaaaaaaaaaa";
  row.secret_hmac = std::string(64, '0');
  row.organization = "acme";
  row.role = "emperor";
  ASSERT_TRUE(database_->insert_api_key(row).has_value());
  EXPECT_FALSE(open(*database_)->any());
}

TEST_F(ApiKeysTest, ManyThreadsVerifyWhileKeysComeAndGo) {
  const CreatedKey stable = create({});
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) { EXPECT_TRUE(keys_->verify(stable.token).has_value()); }
    });
  }
  for (int n = 0; n < 10; ++n) {
    const CreatedKey key = create({});
    EXPECT_TRUE(keys_->verify(key.token).has_value());
    EXPECT_TRUE(keys_->revoke(kLocal, key.info.id).has_value());
    EXPECT_FALSE(keys_->verify(key.token).has_value());
  }
  for (auto& thread : threads) { thread.join(); }
}

// Neither loss may open the server to everybody, nor pass for keys that never were.
TEST(KeyStore, IsRefusedWhenHalfOfItIsGone) {
  std::string pattern = testing::TempDir() + "streamflow-store-XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const std::filesystem::path folder = pattern;
  { KeyStore without_keys = open_key_store(folder).value(); }
  std::filesystem::remove(folder / "pepper");  // as after a crash between the two
  {
    KeyStore store = open_key_store(folder).value();
    ASSERT_TRUE(store.keys->create(kLocal, {}).has_value());
  }
  std::filesystem::rename(folder / "pepper", folder / "aside");
  auto opened = open_key_store(folder);
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().message.find("no API key can be verified"), std::string::npos) << opened.error().message;
  EXPECT_FALSE(std::filesystem::exists(folder / "pepper"));
  std::filesystem::rename(folder / "aside", folder / "pepper");
  std::filesystem::remove(folder / "metadata.sqlite");
  opened = open_key_store(folder);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(std::filesystem::exists(folder / "metadata.sqlite"));
  std::filesystem::remove(folder / "pepper");
  EXPECT_TRUE(open_key_store(folder).has_value());
  std::filesystem::remove_all(pattern);
}

TEST(KeyStore, IsOneForAllWhoOpenTheFolder) {
  std::string pattern = testing::TempDir() + "streamflow-store-XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const std::filesystem::path folder = std::filesystem::path(pattern) / "data";
  {
    KeyStore first = open_key_store(folder).value();
    const CreatedKey key = first.keys->create(kLocal, {}).value();
    KeyStore second = open_key_store(folder).value();
    EXPECT_TRUE(second.keys->verify(key.token).has_value());
    struct stat information {};
    ASSERT_EQ(::stat((folder / "pepper").c_str(), &information), 0);
    EXPECT_EQ(information.st_mode & 0777U, 0600U);
  }
  std::ofstream(folder / "pepper", std::ios::trunc) << "short";
  const auto cut = open_key_store(folder);
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt);
  std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace streamflow::access
