#include "app/command/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/command/exit_code.h"

namespace streamflow::app {
namespace {

using ::testing::HasSubstr;

struct Finished {
  int code = 0;
  std::string out, err;
};

Finished run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "streamflow");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Finished result;
  result.code = run_command_line(static_cast<int>(arguments.size()), pointers.data());
  result.out = ::testing::internal::GetCapturedStdout();
  result.err = ::testing::internal::GetCapturedStderr();
  return result;
}

TEST(CommandLine, HelpListsEveryCommandAndEverySetting) {
  const Finished help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* name : {"serve", "import", "sql", "demo", "doctor", "key", "version", "completion"}) {
    EXPECT_THAT(help.out, HasSubstr(name));
  }
  EXPECT_THAT(run({"serve", "--help"}).out, HasSubstr("--memtable-flush-bytes"));
}

TEST(CommandLine, WrongUsageIsCodeTwoAndSaysWhy) {
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } cases[] = {
      {{}, "Usage"},
      {{"sevre"}, "did you mean serve?"},
      {{"sql", "--no-such-option"}, "--no-such-option"},
      {{"sql", "--format", "xml", "-c", "x"}, "xml"},
      {{"sql", "-c", "x", "--file", "y"}, "excludes"},
      {{"import"}, "files"},
      {{"import", "x.csv", "--type", "a=complex"}, "boolean"},
      {{"import", "x.csv", "--time-unit", "weeks"}, "weeks"},
      {{"key"}, "subcommand"},
      {{"key", "create", "--role", "owner"}, "owner"},
      {{"key", "create", "--expires", "soon"}, "90d"},
      {{"serve", "--http-port", "70000"}, "--http-port: got \"70000\""},
      {{"serve", "--config", "/nonexistent.yaml"}, "/nonexistent.yaml"},
      {{"demo", "--datasets", "/nonexistent"}, "sp500-2000.csv"},
      {{"completion", "powershell"}, "powershell"},
  };
  for (const auto& [arguments, message] : cases) {
    SCOPED_TRACE(arguments.empty() ? "" : arguments[0] + " …");
    const Finished result = run(arguments);
    EXPECT_EQ(result.code, to_int(ExitCode::kUsage));
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(message));
  }
}

TEST(CommandLine, FilesThatCannotBeReadFail) {
  const Finished missing = run({"import", "--url", "http://127.0.0.1:1", "/nowhere/rows.csv"});
  EXPECT_EQ(missing.code, to_int(ExitCode::kFailed));
  EXPECT_THAT(missing.err, HasSubstr("/nowhere/rows.csv"));
  EXPECT_EQ(run({"sql", "--file", "/nowhere/x.sql"}).code, to_int(ExitCode::kUsage));
}

TEST(CommandLine, CompletionKnowsNestedCommands) {
  const Finished script = run({"completion", "bash"});
  EXPECT_EQ(script.code, 0);
  EXPECT_THAT(script.out, HasSubstr("'key create'"));
  EXPECT_THAT(script.out, HasSubstr("--collect-host-metrics"));
}

TEST(CommandLine, VersionNamesTheSqlEngine) {
  const Finished version = run({"version", "--json"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, HasSubstr("\"duckdb\":\"1."));
}

}  // namespace
}  // namespace streamflow::app
