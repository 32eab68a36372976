#include "app/command/key_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace streamflow::app {
namespace {

class KeyCommandTest : public ::testing::Test {
 protected:
  KeyCommandTest() {
    options_.data_folder = folder_;
    options_.json = true;
  }
  ~KeyCommandTest() override { std::filesystem::remove_all(folder_); }

  // What `command` prints on standard output, as JSON.
  nlohmann::json run(ExitCode (*command)(const KeyCommandOptions&), ExitCode wanted = ExitCode::kOk) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(command(options_), wanted);
    return nlohmann::json::parse(::testing::internal::GetCapturedStdout(), nullptr, false);
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("streamflow-key-command-" + std::to_string(::getpid()));
  KeyCommandOptions options_;
};

TEST_F(KeyCommandTest, MakesListsAndRevokes) {
  options_.key.name = "cli";
  options_.key.role = access::Role::kWriter;
  const auto made = run(&run_key_create);
  const std::string token = made.at("token"), id = made.at("id");
  EXPECT_EQ(token.find("sfk_" + id + "_"), 0U);
  auto listed = run(&run_key_list);
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("role"), "writer");
  EXPECT_TRUE(listed[0].at("revoked").is_null());
  EXPECT_EQ(listed.dump().find(token), std::string::npos);
  options_.id = id;
  run(&run_key_revoke);
  EXPECT_TRUE(run(&run_key_list)[0].at("revoked").is_string());
  options_.id = "nobody";
  ::testing::internal::CaptureStderr();
  run(&run_key_revoke, ExitCode::kFailed);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr("nobody"));
}

TEST_F(KeyCommandTest, AMistypedFolderIsNotMade) {
  ::testing::internal::CaptureStderr();
  run(&run_key_list, ExitCode::kFailed);
  run(&run_key_revoke, ExitCode::kFailed);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr(folder_.string()));
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

}  // namespace
}  // namespace streamflow::app
