#include "app/command/completion_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace streamflow::app {
namespace {

using ::testing::HasSubstr;

std::vector<CommandWords> commands() {
  return {{"", "", {"--help"}},
          {"serve", "Runs the server", {"--host", "--http-port"}},
          {"key", "Keys", {}},
          {"key create", "Makes a user's key", {"--name"}},
          {"key list", "Lists", {"--json"}}};
}

// What bash completes after `line`.
std::string completed(const std::string& words) {
  const std::string script = completion_script("bash", commands()) + "COMP_WORDS=(" + words +
                             ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_streamflow\necho \"${COMPREPLY[@]}\"\n";
  const std::string file = ::testing::TempDir() + "streamflow_completion.bash";
  std::FILE* out = std::fopen(file.c_str(), "w");
  std::fputs(script.c_str(), out);
  std::fclose(out);
  std::FILE* pipe = ::popen(("bash " + file).c_str(), "r");
  std::array<char, 4096> text{};
  const std::size_t size = std::fread(text.data(), 1, text.size(), pipe);
  EXPECT_EQ(::pclose(pipe), 0);
  return {text.data(), size};
}

TEST(CompletionScript, BashCompletesCommandsAndTheirOptions) {
  EXPECT_THAT(completed("streamflow ser"), HasSubstr("serve"));
  EXPECT_EQ(completed("streamflow serve --ht"), "--http-port\n");
  EXPECT_THAT(completed("streamflow key cr"), HasSubstr("create"));
  EXPECT_EQ(completed("streamflow key create --"), "--name\n");
  EXPECT_EQ(completed("streamflow key list --"), "--json\n");
  EXPECT_EQ(completed("streamflow --"), "--help\n");
}

TEST(CompletionScript, ZshAndFish) {
  EXPECT_THAT(completion_script("zsh", commands()), HasSubstr("bashcompinit"));
  const std::string fish = completion_script("fish", commands());
  EXPECT_THAT(fish, HasSubstr("-a create -d 'Makes a user\\'s key'"));
  EXPECT_THAT(fish, HasSubstr("-l http-port"));
  EXPECT_EQ(completion_script("powershell", commands()), "");
}

}  // namespace
}  // namespace streamflow::app
