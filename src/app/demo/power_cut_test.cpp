#include "app/demo/power_cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/client/scripted_server.h"

namespace streamflow::app {
namespace {

using ::testing::HasSubstr;

std::string counts(const std::string& row) {
  return ScriptedServer::reply(
      "200 OK", R"({"columns":[{"name":"a","type":"BIGINT"},{"name":"b","type":"BIGINT"},{"name":"c","type":"BIGINT"},
                   {"name":"d","type":"BIGINT"}],"rows":[)" +
                    row + "]}");
}

TEST(PowerCutLoad, NothingIsAcknowledgedByADeadServer) {
  std::string gone;
  {
    ScriptedServer closed({});
    gone = closed.url();
  }
  PowerCutLoad load({gone, ""});
  load.start();
  load.join();
  EXPECT_EQ(load.acknowledged(), 0U);
  EXPECT_EQ(load.in_flight(), kPowerCutWriters * kPowerCutBatchRows);
  ApiClient client({gone, ""});
  EXPECT_THAT(load.reckon(client).problem, HasSubstr("cannot reach"));
  EXPECT_THAT(load.resend(client), HasSubstr("cannot reach"));
}

TEST(PowerCutLoad, FindsLostDoubledAndInventedRows) {
  const std::string stored = ScriptedServer::reply("200 OK", R"({"rows":500,"rejected":[]})");
  ScriptedServer first({stored, stored, stored, stored});
  PowerCutLoad load({first.url(), ""});
  load.start();
  load.join();
  ASSERT_EQ(load.acknowledged(), 4 * kPowerCutBatchRows);
  EXPECT_EQ(load.in_flight(), kPowerCutWriters * kPowerCutBatchRows);

  ScriptedServer second({counts("[5,4,0,1]"), counts("[0,0,0,0]"), counts("[0,0,0,0]"), counts("[0,0,0,0]"), stored,
                         stored, stored, stored, counts("[null,1,1,1]")});
  ApiClient client({second.url(), ""});
  const auto reckoning = load.reckon(client);
  EXPECT_EQ(reckoning.problem, "");
  EXPECT_EQ(reckoning.acknowledged, 4 * kPowerCutBatchRows);
  EXPECT_EQ(reckoning.found, 4U);
  EXPECT_EQ(reckoning.lost, 4 * kPowerCutBatchRows);
  EXPECT_EQ(reckoning.doubled, 1U);
  EXPECT_EQ(reckoning.invented, 1U);

  EXPECT_EQ(load.resend(client), "");
  EXPECT_EQ(load.in_flight(), 0U);
  EXPECT_EQ(load.acknowledged(), (4 + kPowerCutWriters) * kPowerCutBatchRows);
  const auto requests = second.requests();
  for (std::size_t i = 4; i < 8; ++i) EXPECT_THAT(requests.at(i), HasSubstr("-" + std::to_string(i - 4) + "/1/"));
  EXPECT_THAT(load.reckon(client).problem, HasSubstr("four counts"));
}

}  // namespace
}  // namespace streamflow::app
