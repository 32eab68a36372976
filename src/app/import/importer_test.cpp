#include "app/import/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "app/client/scripted_server.h"
#include "app/import/progress_bar.h"

namespace streamflow::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class FakeSource : public ImportSource {
 public:
  explicit FakeSource(std::size_t chunks) : left_(chunks) {}
  Result<bool> next(ImportChunk& chunk) override {
    if (left_ == 0) {
      if (fails) return Error{ErrorCode::kCorrupt, "the file is damaged"};
      return false;
    }
    chunk.lines = "m f=" + std::to_string(left_--) + " 1\n";
    chunk.rows = 1;
    chunk.first_line = 101;
    return true;
  }
  double progress() const override { return 0.5; }
  std::map<std::string, std::uint64_t> rejected() const override { return {{"all NULL", 2}}; }
  std::vector<std::string> notes() const override { return {"a note"}; }
  bool fails = false;

 private:
  std::size_t left_;
};

std::string key_of(const std::string& request) {
  std::smatch match;
  return std::regex_search(request, match, std::regex("Idempotency-Key: ([^\r]*)")) ? match[1].str() : "";
}

const std::string kStored = ScriptedServer::reply("200 OK", R"({"rows":1,"points":1,"rejected":[]})");

TEST(Importer, SendsEachChunkUnderItsOwnKey) {
  ScriptedServer server({kStored, kStored, kStored});
  FakeSource source(3);
  const ImportSummary summary = run_import(source, {.endpoint = {server.url(), ""}, .duplicates = "last"});
  EXPECT_TRUE(summary.complete) << summary.problem.text();
  EXPECT_EQ(summary.rows_stored, 3U);
  EXPECT_EQ(summary.rows_rejected(), 2U);
  EXPECT_THAT(summary.notes, ElementsAre("a note"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0], HasSubstr("POST /api/v1/write?precision=ns&duplicates=last "));
  EXPECT_THAT(requests[0], HasSubstr("m f=3 1\n"));
  const std::string first = key_of(requests[0]);
  ASSERT_EQ(first.size(), 36U) << first;
  EXPECT_TRUE(first.ends_with("/1/1"));
  EXPECT_EQ(key_of(requests[2]), first.substr(0, 32) + "/1/3");
}

TEST(Importer, RetriesUnderTheSameKeyAsLongAsTheServerAsks) {
  ScriptedServer server({ScriptedServer::reply("429 Too Many Requests", "{}", "Retry-After: 3\r\n"),
                         "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", ScriptedServer::reply("503 Unavailable", ""),
                         ScriptedServer::reply("200 OK", R"({"rows":0,"duplicate":true})")});
  FakeSource source(1);
  std::vector<Duration> waits;
  ImportOptions options{.endpoint = {server.url(), ""}};
  options.wait = [&](Duration duration) { waits.push_back(duration); };
  const ImportSummary summary = run_import(source, options);
  EXPECT_TRUE(summary.complete) << summary.problem.text();
  EXPECT_EQ(summary.retries, 3U);
  EXPECT_EQ(summary.rows_stored, 1U);  // the lost answer's write counts
  ASSERT_EQ(waits.size(), 3U);
  EXPECT_GE(waits[0], std::chrono::seconds(3));
  EXPECT_LE(waits[0], std::chrono::milliseconds(4500));
  const auto requests = server.requests();
  for (const std::string& request : requests) EXPECT_EQ(key_of(request), key_of(requests[0]));
}

TEST(Importer, StopsAtARefusalAndSaysWhy) {
  ScriptedServer server({kStored, ScriptedServer::reply("400 Bad Request", R"({"detail":"no such precision"})")});
  FakeSource source(50);
  const ImportSummary summary = run_import(source, {.endpoint = {server.url(), ""}});
  EXPECT_FALSE(summary.complete);
  EXPECT_EQ(summary.rows_stored, 1U);
  EXPECT_EQ(summary.problem.text(), "no such precision");
  EXPECT_EQ(summary.problem.exit_code, ExitCode::kFailed);
}

TEST(Importer, GivesUpAfterSoManyAttempts) {
  std::string gone;
  {
    ScriptedServer closed({});
    gone = closed.url();
  }
  FakeSource source(1);
  ImportOptions options{.endpoint = {gone, ""}, .attempts_max = 4};
  std::size_t waits = 0;
  options.wait = [&](Duration) { ++waits; };
  const ImportSummary summary = run_import(source, options);
  EXPECT_FALSE(summary.complete);
  EXPECT_EQ(waits, 3U);
  EXPECT_EQ(summary.problem.exit_code, ExitCode::kConnection);
}

TEST(Importer, CountsWhatTheServerRejects) {
  ScriptedServer server(
      {ScriptedServer::reply("400 Bad Request", R"({"rows":0,"rejected":[{"line":1,"reason":"type"}]})")});
  FakeSource source(1);
  const ImportSummary summary = run_import(source, {.endpoint = {server.url(), ""}});
  EXPECT_TRUE(summary.complete);
  EXPECT_EQ(summary.rows_stored, 0U);
  EXPECT_THAT(summary.rejected, ElementsAre(Pair("all NULL", 2), Pair("line 101: type", 1)));
}

TEST(Importer, ADamagedFileEndsTheImport) {
  ScriptedServer server({kStored});
  FakeSource source(1);
  source.fails = true;
  const ImportSummary summary = run_import(source, {.endpoint = {server.url(), ""}});
  EXPECT_FALSE(summary.complete);
  EXPECT_EQ(summary.problem.detail, "the file is damaged");
  EXPECT_EQ(summary.rows_stored, 1U);
}

TEST(RetryDelay, DoublesUpToALimitAndIsJittered) {
  using std::chrono::milliseconds;
  EXPECT_EQ(retry_delay(1, std::nullopt, 0), milliseconds(100));
  EXPECT_EQ(retry_delay(3, std::nullopt, 1), milliseconds(600));
  EXPECT_EQ(retry_delay(100, std::nullopt, 0), milliseconds(10'000));
  EXPECT_EQ(retry_delay(1, 0, 0), milliseconds(100));
  EXPECT_EQ(retry_delay(9, 2, 0), milliseconds(2000));
  EXPECT_EQ(retry_delay(1, 1'000'000, 0), milliseconds(600'000));
}

TEST(ImportSource, FormatAndTableFollowTheName) {
  EXPECT_EQ(*format_of("a/B.CSV"), ImportFormat::kCsv);
  EXPECT_EQ(*format_of("x.csv.gz"), ImportFormat::kCsv);
  EXPECT_EQ(*format_of("x.parquet"), ImportFormat::kParquet);
  EXPECT_EQ(*format_of("x.lp.gz"), ImportFormat::kLineProtocol);
  auto unknown = format_of("x.bin");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("--format"));
  EXPECT_EQ(table_name_of("data/seattle-weather.csv.gz"), "seattle_weather");
  EXPECT_EQ(table_name_of("SP500-2000.csv"), "sp500_2000");
  EXPECT_EQ(table_name_of("2024.csv"), "t_2024");
}

TEST(ProgressLine, FitsTheTerminal) {
  EXPECT_EQ(progress_line("flights", 0.5, 1000, 2, 200),
            "flights [===============>              ]  50%  1,000 rows  500 rows/s");
  EXPECT_EQ(display_width(progress_line("flights", 1, 1000, 2, 20)), 20U);
  EXPECT_EQ(progress_line("x", -1, 5, 0, 80), "x  5 rows  0 rows/s");
}

}  // namespace
}  // namespace streamflow::app
