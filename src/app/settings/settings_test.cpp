#include "app/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace streamflow::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Settings, EveryDefaultReadsBackAsItself) {
  const Settings defaults;
  std::set<std::string> names;
  for (const Setting& setting : all_settings()) {
    SCOPED_TRACE(std::string(setting.name));
    EXPECT_TRUE(names.insert(environment_name(setting)).second);
    EXPECT_TRUE(names.insert(flag_name(setting)).second);
    Settings copy;
    const std::string text = setting.get(defaults);
    const Status status = setting.set(copy, text);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(setting.get(copy), text);
    EXPECT_FALSE(setting.set(copy,
                             "\x01"
                             "nonsense") &&
                 setting.name != "host" && setting.name != "data_dir");
    EXPECT_FALSE(setting.set(copy, ""));
  }
}

TEST(Settings, FileThenEnvironmentThenFlags) {
  Configuration configuration;
  ASSERT_TRUE(
      apply_yaml(configuration, "host: 0.0.0.0\nhttp_port: 1\nlog:\n  sync: interval\nlog_level: warn\n", "f.yaml"));
  ASSERT_TRUE(apply_environment(configuration, {{"STREAMFLOW_HTTP_PORT", "2"}, {"STREAMFLOW_LOG_LEVEL", "debug"}}));
  ASSERT_TRUE(apply_flags(configuration, {{"http_port", "3"}}));
  EXPECT_EQ(configuration.settings.server.host, "0.0.0.0");
  EXPECT_EQ(configuration.settings.server.http_port, 3);
  EXPECT_EQ(configuration.settings.log_level, "debug");
  EXPECT_EQ(configuration.settings.server.engine.sync, storage::LogSync::kInterval);
  EXPECT_EQ(configuration.origins["host"], "f.yaml:1");
  EXPECT_EQ(configuration.origins["log.sync"], "f.yaml:4");
  EXPECT_EQ(configuration.origins["log_level"], "STREAMFLOW_LOG_LEVEL");
  EXPECT_EQ(configuration.origins["http_port"], "--http-port");
  EXPECT_EQ(configuration.origins.count("threads"), 0U);
}

TEST(Settings, MistakesInTheFileNameTheLine) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"host: a\nhttp_prot: 1\n", "f.yaml:2: unknown setting http_prot; did you mean http_port?"},
      {"log:\n  sink: off\n", "f.yaml:2: unknown setting log.sink; did you mean log.sync?"},
      {"\nhttp_port: 70000\n", "f.yaml:2: http_port: got \"70000\", wanted a whole number from 0 to 65535"},
      {"http_port: 80a", "f.yaml:1: http_port: got \"80a\""},
      {"memtable:\n  bytes_max: 1KiB", "f.yaml:2: memtable.bytes_max: got \"1KiB\", wanted at least 16MiB"},
      {"log:\n  sync: sometimes", "f.yaml:2: log.sync: got \"sometimes\", wanted always, interval or off"},
      {"query:\n  aggregate_pushdown: on", "query.aggregate_pushdown: got \"on\", wanted statistics, decode or off"},
      {"host: a\nhost: b\n", "f.yaml:2: host is given twice, first in line 1"},
      {"host: [a, b]\n", "f.yaml:1: host: wanted one value"},
      {"- a\n", "f.yaml:1: wanted lines of the form"},
      {"a: [1\n", "f.yaml:"},
      {"? [a]\n: b\n", "f.yaml:1: a key must be a word"},
      {"zzzzzzzzzzzz: 1\n", "streamflow doctor"},
  };
  for (const auto& [text, message] : cases) {
    SCOPED_TRACE(text);
    Configuration configuration;
    const Status status = apply_yaml(configuration, text, "f.yaml");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(status.error().message, HasSubstr(message));
  }
}

TEST(Settings, AggregatePushdownHasThreeModes) {
  EXPECT_EQ(Configuration{}.settings.server.query.aggregate_pushdown, query::AggregatePushdown::kStatistics);
  const std::pair<std::string, query::AggregatePushdown> cases[] = {
      {"off", query::AggregatePushdown::kOff},
      {"decode", query::AggregatePushdown::kDecode},
      {"statistics", query::AggregatePushdown::kStatistics}};
  for (const auto& [name, mode] : cases) {
    SCOPED_TRACE(name);
    Configuration configuration;
    ASSERT_TRUE(apply_yaml(configuration, "query:\n  aggregate_pushdown: " + name, "f.yaml"));
    EXPECT_EQ(configuration.settings.server.query.aggregate_pushdown, mode);
  }
}

TEST(Settings, SectionsLieInSections) {
  Configuration configuration;
  ASSERT_TRUE(
      apply_yaml(configuration, "storage:\n  compaction:\n    enabled: false\n    bytes_per_second: 1MiB\n", "f"));
  EXPECT_FALSE(configuration.settings.server.engine.compaction.enabled);
  EXPECT_EQ(configuration.settings.server.engine.compaction.bytes_per_second, 1U << 20U);
  const Status status = apply_yaml(configuration, "storage:\n  compaction:\n    off: true\n", "f");
  ASSERT_FALSE(status.has_value());
  EXPECT_NE(status.error().message.find("f:3: unknown setting storage.compaction.off"), std::string::npos);
}

TEST(Settings, FilesThatAreEmptyOrMissing) {
  Configuration configuration;
  EXPECT_TRUE(apply_yaml(configuration, "", "f"));
  EXPECT_TRUE(apply_yaml(configuration, "# nothing\n", "f"));
  const Status status = apply_yaml_file(configuration, "/nonexistent/streamflow.yaml");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
}

TEST(Settings, TheExampleFileIsValid) {
  Configuration configuration;
  const Status status = apply_yaml_file(configuration, STREAMFLOW_SOURCE_DIR "/examples/streamflow.yaml");
  EXPECT_TRUE(status) << status.error().message;
}

TEST(Settings, UnknownEnvironmentVariablesAreWarnedAbout) {
  Configuration configuration;
  ASSERT_TRUE(apply_environment(configuration, {{"STREAMFLOW_HTTP_PROT", "1"}, {"STREAMFLOW_URL", "http://x"}}));
  EXPECT_THAT(configuration.warnings, ElementsAre(HasSubstr("did you mean STREAMFLOW_HTTP_PORT?")));
  const Status status = apply_environment(configuration, {{"STREAMFLOW_HTTP_PORT", "x"}});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("STREAMFLOW_HTTP_PORT"));
}

TEST(Settings, BadFlagsNameTheFlag) {
  Configuration configuration;
  const Status status = apply_flags(configuration, {{"log.sync", "no"}});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("--log-sync: got \"no\""));
}

TEST(Suggestion, OnlyWhatIsNear) {
  const std::vector<std::string> known{"serve", "sql", "version"};
  EXPECT_EQ(suggestion("sevre", known), "serve");
  EXPECT_EQ(suggestion("sq", known), "sql");
  EXPECT_EQ(suggestion("verison", known), "version");
  EXPECT_EQ(suggestion("abc", known), std::nullopt);
  EXPECT_EQ(suggestion(std::string(100'000, 'x'), known), std::nullopt);
}

TEST(Quantities, ReadSizesAndDurations) {
  EXPECT_EQ(*parse_bytes("1.5 GiB"), 1610612736U);
  EXPECT_EQ(*parse_bytes("1000"), 1000U);
  EXPECT_EQ(*parse_bytes("2MB"), 2'000'000U);
  EXPECT_EQ(*parse_duration("100ms"), std::chrono::milliseconds(100));
  EXPECT_EQ(*parse_duration("1.5h"), std::chrono::minutes(90));
  for (const char* text : {"", "MiB", "-1", "1e30", "nan", "5 parsecs", "1MiBx"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_bytes(text));
    EXPECT_FALSE(parse_duration(text));
  }
  EXPECT_FALSE(parse_duration("10"));  // no unit: seconds or milliseconds?
}

}  // namespace
}  // namespace streamflow::app
