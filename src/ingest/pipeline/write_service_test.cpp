#include "ingest/pipeline/write_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace streamflow::ingest {
namespace {

// An engine that answers what the test gives it and keeps the request.
struct FakeEngine {
  Result<storage::WriteReceipt> answer = storage::WriteReceipt{};
  std::optional<storage::WriteRequest> request;
  int calls = 0;

  WriteService service() {
    return WriteService([this](storage::WriteRequest given) {
      request = std::move(given);
      ++calls;
      return answer;
    });
  }
};

LineProtocolResult decode(std::string_view body) {
  LineProtocolDecoder decoder;
  return decoder.decode(body, {});
}

storage::WriteReceipt receipt(std::uint64_t rows, std::uint64_t points) {
  storage::WriteReceipt made;
  made.rows = rows;
  made.points = points;
  made.position = "p7";
  return made;
}

TEST(WriteService, HandsBatchesProjectAndProducerToTheEngine) {
  FakeEngine engine;
  engine.answer = receipt(2, 3);
  const auto outcome = engine.service().write({"acme", "plant"}, decode("a f=1,g=2 1\nb f=1 2"), {"key", 1, 9});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->rows_stored, 2U);
  EXPECT_EQ(outcome->points_stored, 3U);
  EXPECT_EQ(outcome->position, "p7");
  EXPECT_TRUE(outcome->complete());
  ASSERT_TRUE(engine.request.has_value());
  EXPECT_EQ(engine.request->project, (ProjectName{"acme", "plant"}));
  EXPECT_EQ(engine.request->producer, (storage::Producer{"key", 1, 9}));
  EXPECT_EQ(engine.request->batches.size(), 2U);
}

TEST(WriteService, NamesTheLinesOfRowsThatTheEngineRefuses) {
  FakeEngine engine;
  storage::WriteReceipt answer = receipt(2, 2);
  answer.rejected.push_back({"b", "field type conflict on b", {1, 0}, 1});
  answer.rejected.push_back({"a", "too old", {1}, 0});
  engine.answer = answer;
  const auto outcome =
      engine.service().write({}, decode("# note\na f=1 1\nb f=1 2\na f=2 3\nbroken\nb f=1 4\na f=3 5"), {});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->lines_dropped, 4U);
  ASSERT_EQ(outcome->rejected.size(), 4U);
  EXPECT_EQ(outcome->rejected[0].line, 3U);
  EXPECT_EQ(outcome->rejected[0].reason, "field type conflict on b");
  EXPECT_EQ(outcome->rejected[0].kind, LineErrorKind::kUnprocessable);
  EXPECT_EQ(outcome->rejected[1].line, 4U);
  EXPECT_EQ(outcome->rejected[1].reason, "too old");
  EXPECT_EQ(outcome->rejected[2].line, 5U);
  EXPECT_EQ(outcome->rejected[2].text, "broken");
  EXPECT_EQ(outcome->rejected[2].kind, LineErrorKind::kMalformed);
  EXPECT_EQ(outcome->rejected[3].line, 6U);
}

TEST(WriteService, ListsTheEarliestLinesAndCountsAll) {
  FakeEngine engine;
  storage::WriteReceipt answer;
  std::string body;
  storage::RejectedRows all{"m", "too old", {}, 0};
  for (std::uint32_t row = 0; row < 500; ++row) {
    body += "m f=1 1\n";
    all.rows.push_back(499 - row);
  }
  answer.rejected.push_back(all);
  engine.answer = answer;
  const auto outcome = engine.service().write({}, decode(body), {});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->lines_dropped, 500U);
  ASSERT_EQ(outcome->rejected.size(), WriteService::kRejectedMax);
  EXPECT_EQ(outcome->rejected.front().line, 1U);
  EXPECT_EQ(outcome->rejected.back().line, 100U);
}

TEST(WriteService, PassesTheEnginesErrorsOn) {
  for (const ErrorCode code : {ErrorCode::kOverloaded, ErrorCode::kUnavailable, ErrorCode::kIo}) {
    FakeEngine engine;
    engine.answer = Error{code, "memory is full"};
    const auto outcome = engine.service().write({}, decode("m f=1 1\nbroken"), {});
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, code);
    EXPECT_EQ(outcome.error().message, "memory is full");
  }
}

TEST(WriteService, ABodyWithoutAGoodLineDoesNotReachTheEngine) {
  FakeEngine engine;
  const auto outcome = engine.service().write({}, decode("broken\n# note\n"), {});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(engine.calls, 0);
  EXPECT_EQ(outcome->lines_dropped, 1U);
  EXPECT_EQ(outcome->rows_stored, 0U);
  EXPECT_TRUE(engine.service().write({}, decode(""), {})->complete());
}

TEST(WriteService, IgnoresRejectionsThatNameNoRow) {
  FakeEngine engine;
  storage::WriteReceipt answer = receipt(0, 0);
  answer.rejected.push_back({"m", "too old", {0, 17}, 0});
  answer.rejected.push_back({"m", "too old", {0}, 5});
  engine.answer = answer;
  const auto outcome = engine.service().write({}, decode("m f=1 1"), {});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->rejected.size(), 1U);
}

TEST(WriteService, SaysThatARetryWasAlreadyStored) {
  FakeEngine engine;
  storage::WriteReceipt answer;
  answer.duplicate = true;
  engine.answer = answer;
  const auto outcome = engine.service().write({}, decode("m f=1 1"), {"key", 0, 1});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(outcome->duplicate);
  EXPECT_TRUE(outcome->complete());
}

}  // namespace
}  // namespace streamflow::ingest
