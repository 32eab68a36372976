#include "access/access.h"

#include <gtest/gtest.h>

namespace streamflow::access {
namespace {

Subject key(Role role, std::optional<std::string> project = std::nullopt) {
  return {Subject::Kind::kApiKey, "k", "acme", std::move(project), role};
}
const Resource kPlant{{"acme", "plant"}, ""};

TEST(Authorize, FollowsTheMatrix) {
  using enum Action;
  const struct {
    Role role;
    bool read, write, keys, metrics, administer;
  } cases[] = {{Role::kReader, true, false, false, true, false},
               {Role::kWriter, false, true, false, false, false},
               {Role::kEditor, true, true, false, true, false},
               {Role::kAdmin, true, true, true, true, true}};
  for (const auto& row : cases) {
    SCOPED_TRACE(name_of(row.role));
    EXPECT_EQ(authorize(key(row.role), kReadData, kPlant).has_value(), row.read);
    EXPECT_EQ(authorize(key(row.role), kWriteData, kPlant).has_value(), row.write);
    EXPECT_EQ(authorize(key(row.role), kManageKeys, kPlant).has_value(), row.keys);
    EXPECT_EQ(authorize(key(row.role), kReadMetrics, kPlant).has_value(), row.metrics);
    EXPECT_EQ(authorize(key(row.role), kAdminister, kPlant).has_value(), row.administer);
  }
}

TEST(Authorize, DeniesAnonymousEverything) {
  using enum Action;
  Subject subject;
  subject.role = Role::kAdmin;  // must not matter
  for (const Action action : {kReadData, kWriteData, kManageKeys, kReadMetrics, kAdminister}) {
    const Status status = authorize(subject, action, {});
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::kUnauthenticated);
  }
}

TEST(Authorize, AllowsTheLocalUserEverything) {
  using enum Action;
  Subject subject;
  subject.kind = Subject::Kind::kLocalUser;
  for (const Action action : {kReadData, kWriteData, kManageKeys, kReadMetrics, kAdminister}) {
    EXPECT_TRUE(authorize(subject, action, {{"any", "thing"}, ""}).has_value());
  }
}

TEST(Authorize, StaysInsideTheScope) {
  const auto allowed = [](const Subject& subject, const char* organization, const char* project) {
    const Status status = authorize(subject, Action::kReadData, {{organization, project}, "cpu"});
    if (!status.has_value()) { EXPECT_EQ(status.error().code, ErrorCode::kForbidden); }
    return status.has_value();
  };
  EXPECT_TRUE(allowed(key(Role::kAdmin), "acme", "plant"));
  EXPECT_TRUE(allowed(key(Role::kAdmin), "acme", "office"));
  EXPECT_FALSE(allowed(key(Role::kAdmin), "other", "plant"));
  EXPECT_TRUE(allowed(key(Role::kAdmin, "plant"), "acme", "plant"));
  EXPECT_FALSE(allowed(key(Role::kAdmin, "plant"), "acme", "office"));
  EXPECT_FALSE(allowed(key(Role::kAdmin, "plant"), "other", "plant"));
}

TEST(Authorize, KeepsProjectKeysFromTheServersOwnState) {
  EXPECT_FALSE(authorize(key(Role::kAdmin, "plant"), Action::kAdminister, kPlant).has_value());
  EXPECT_FALSE(authorize(key(Role::kReader, "plant"), Action::kReadMetrics, kPlant).has_value());
}

TEST(Role, NamesRoundTrip) {
  for (const Role role : {Role::kReader, Role::kWriter, Role::kEditor, Role::kAdmin}) {
    EXPECT_EQ(role_from(name_of(role)), role);
  }
  EXPECT_FALSE(role_from("root").has_value());
  EXPECT_FALSE(role_from("").has_value());
}

}  // namespace
}  // namespace streamflow::access
