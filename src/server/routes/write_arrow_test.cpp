// Arrow streams through the route, over a real socket, with a fake engine. The streams are PyArrow's, see
// tests/golden/arrow_write.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "server/testing/gateway_fixture.h"

namespace streamflow::server {
namespace {

using testing::Answer;

constexpr char kArrow[] = "Content-Type: application/vnd.apache.arrow.stream\r\n";

std::string stream(const std::string& name) {
  std::ifstream in(std::string(STREAMFLOW_SOURCE_DIR) + "/tests/golden/arrow_write/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class WriteArrow : public testing::GatewayTest {};

TEST_F(WriteArrow, HandsOneBatchToTheEngine) {
  const Answer answer = post("/api/v1/write/arrow?table=cpu&duplicates=keep&project=plant", stream("tags_int8.arrows"),
                             std::string(kArrow) + "Idempotency-Key: gw/1/42\r\n");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("X-StreamFlow-Position"), "0:17");
  EXPECT_EQ(parsed(answer)["rows"], 6);
  EXPECT_EQ(parsed(answer)["rejected"], nlohmann::json::array());
  ASSERT_EQ(writes_.size(), 1U);
  EXPECT_EQ(writes_[0].project, (ProjectName{"default", "plant"}));
  EXPECT_EQ(writes_[0].producer.sequence, 42U);
  ASSERT_EQ(writes_[0].batches.size(), 1U);
  EXPECT_EQ(writes_[0].batches[0].table, "cpu");
  EXPECT_EQ(writes_[0].batches[0].duplicates, DuplicatePolicy::kKeep);
  EXPECT_EQ(writes_[0].batches[0].tags, (std::vector<std::string>{"host", "region"}));
}

TEST_F(WriteArrow, NamesRejectedRowsOfDecoderAndEngineByTheirNumber) {
  const Answer mixed = post("/api/v1/write/arrow?table=cpu", stream("rejected.arrows"), kArrow);
  EXPECT_EQ(mixed.status, 200) << mixed.body;
  EXPECT_EQ(parsed(mixed)["rows"], 1);
  EXPECT_EQ(parsed(mixed)["rejected_count"], 5);
  EXPECT_EQ(parsed(mixed)["rejected"][0]["row"], 1);
  write_rejected_ = {{"cpu", "field type conflict", {1, 3}, 0}};
  const Answer refused = post("/api/v1/write/arrow?table=cpu", stream("signed.arrows"), kArrow);
  EXPECT_EQ(refused.status, 200) << refused.body;
  EXPECT_EQ(parsed(refused)["rejected"][1]["row"], 3);
  EXPECT_EQ(parsed(refused)["rejected"][1]["reason"], "field type conflict");
  write_rejected_ = {{"cpu", "field type conflict", {0}, 0}};  // the only row left is row 0 of the stream
  const Answer nothing = post("/api/v1/write/arrow?table=cpu", stream("rejected.arrows"), kArrow);
  EXPECT_EQ(nothing.status, 422) << nothing.body;
  EXPECT_NE(parsed(nothing)["detail"].get<std::string>().find("none of 6 row(s)"), std::string::npos);
  EXPECT_EQ(parsed(nothing)["errors"][0]["detail"], "row 0: field type conflict");
}

TEST_F(WriteArrow, AnswersOverloadSoThatClientsRetry) {
  write_error_ = Error{ErrorCode::kOverloaded, "the memory for new rows is full"};
  const Answer answer = post("/api/v1/write/arrow?table=cpu", stream("signed.arrows"), kArrow);
  EXPECT_EQ(answer.status, 429);
  EXPECT_FALSE(answer.header("Retry-After").empty());
}

TEST_F(WriteArrow, ChecksItsRequest) {
  options_.body_bytes_max = 100'000;
  const std::string good = stream("signed.arrows");
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu", good, "Content-Type: text/csv\r\n").status, 415);
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu", good, std::string(kArrow) + "Content-Encoding: br\r\n").status, 415);
  EXPECT_EQ(post("/api/v1/write/arrow", good, kArrow).status, 400);
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu&tags=nowhere", good, kArrow).status, 400);
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu&duplicates=no", good, kArrow).status, 400);
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu", good.substr(0, 300), kArrow).status, 400);
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu", stream("zstd.bomb"), kArrow).status, 413);
  EXPECT_EQ(writes_.size(), 0U);
  EXPECT_EQ(post("/api/v1/write/arrow?table=cpu", good, kArrow).status, 200);
}

}  // namespace
}  // namespace streamflow::server
