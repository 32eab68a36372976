#include "app/sql/sql_shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/client/scripted_server.h"

namespace streamflow::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kOne = ScriptedServer::reply(
    "200 OK", R"({"columns":[{"name":"x","type":"INTEGER"}],"rows":[[1]],"row_count":1,"elapsed_ms":0.1})");

struct Session {
  explicit Session(std::vector<std::string> answers) : server(std::move(answers)), client({server.url(), ""}) {}
  ScriptedServer server;
  ApiClient client;
  std::ostringstream out, err;
  SqlRunner runner{client, {.timing = false}, out, err};
  SqlShell shell{client, runner, out, err};
};

TEST(SqlShell, AStatementMayTakeSeveralLines) {
  Session session({kOne});
  session.shell.enter("SELECT");
  EXPECT_TRUE(session.shell.continuing());
  EXPECT_STREQ(session.shell.prompt(), "        ... ");
  EXPECT_EQ(session.shell.take_history_entry(), "");
  session.shell.enter("\\x AS y -- ; not the end");
  session.shell.enter(";");
  EXPECT_FALSE(session.shell.continuing());
  EXPECT_EQ(session.out.str(), "      x\nINTEGER\n───────\n      1\n1 row\n");
  EXPECT_EQ(session.shell.take_history_entry(), "SELECT\n\\x AS y -- ; not the end\n;");
  EXPECT_THAT(session.server.requests().at(0), HasSubstr(R"({"query":"SELECT\n\\x AS y -- ; not the end"})"));
}

TEST(SqlShell, SeveralStatementsOnALineStopAtTheFirstFailure) {
  Session session({kOne, ScriptedServer::reply("400 Bad Request", R"({"detail":"no"})"), kOne});
  session.shell.enter("SELECT 1; SELECT 2; SELECT 3; SELECT");
  EXPECT_EQ(session.server.requests().size(), 2U);
  EXPECT_EQ(session.err.str(), "error: no\n");
  EXPECT_FALSE(session.shell.continuing());
}

TEST(SqlShell, CtrlCForgetsTheStatement) {
  Session session({});
  session.shell.enter("SELECT 'open");
  EXPECT_TRUE(session.shell.continuing());
  session.shell.abandon();
  EXPECT_FALSE(session.shell.continuing());
}

TEST(SqlShell, CommandsOfTheShell) {
  Session session({kOne, kOne});
  EXPECT_EQ(session.shell.enter("  \\timing"), SqlShell::Next::kContinue);
  EXPECT_TRUE(session.runner.options().timing);
  session.shell.enter("\\x");
  EXPECT_TRUE(session.runner.options().expanded);
  session.shell.enter("\\format csv");
  EXPECT_EQ(session.runner.options().format, OutputFormat::kCsv);
  session.shell.enter("\\d my\"table;");
  EXPECT_THAT(session.server.requests().at(0), HasSubstr(R"(DESCRIBE \"my\"\"table\")"));
  session.shell.enter("\\dt");
  EXPECT_THAT(session.server.requests().at(1), HasSubstr("information_schema"));
  session.shell.enter("\\nonsense");
  EXPECT_THAT(session.err.str(), HasSubstr("unknown command \\nonsense"));
  session.shell.enter("\\format xml");
  EXPECT_THAT(session.err.str(), HasSubstr("table, csv or json"));
  session.shell.enter("\\?");
  EXPECT_THAT(session.out.str(), HasSubstr("\\timing"));
  EXPECT_EQ(session.shell.enter("\\q"), SqlShell::Next::kQuit);
  EXPECT_EQ(session.shell.take_history_entry(), "\\q");
}

TEST(SqlShell, CompletesNamesTheServerKnows) {
  Session session(
      {ScriptedServer::reply("200 OK", R"({"columns":[{"name":"t","type":"VARCHAR"},{"name":"c","type":"VARCHAR"}],
                    "rows":[["flights","time"],["flights","origin"]]})")});
  session.shell.enter("SELECT *");
  const Completion completion = session.shell.complete_line("FROM fl");
  EXPECT_THAT(completion.candidates, ElementsAre("flights"));
  EXPECT_EQ(completion.begin, 5U);
  EXPECT_THAT(session.shell.complete_line("FROM flights WHERE ori").candidates, ElementsAre("origin"));
  EXPECT_EQ(session.server.requests().size(), 1U);
}

TEST(SqlRunner, StreamsMachineFormatsAsTheyAre) {
  Session session({ScriptedServer::reply("200 OK", "a,b\n1,2\n"), ScriptedServer::reply("200 OK", "{}")});
  session.runner.options().format = OutputFormat::kCsv;
  EXPECT_EQ(session.runner.run("x"), ExitCode::kOk);
  EXPECT_THAT(session.server.requests().at(0), HasSubstr("Accept: text/csv\r\n"));
  session.runner.options().format = OutputFormat::kJson;
  EXPECT_EQ(session.runner.run("x"), ExitCode::kOk);
  EXPECT_EQ(session.out.str(), "a,b\n1,2\n{}\n");
}

TEST(SqlRunner, ErrorsGoToErrWithACaret) {
  Session session({ScriptedServer::reply("400 Bad Request",
                                         R"({"title":"Invalid query","detail":"no such table","position":14})")});
  EXPECT_EQ(session.runner.run_all("SELECT *\nFROM cpus;"), ExitCode::kFailed);
  EXPECT_EQ(session.out.str(), "");
  EXPECT_EQ(session.err.str(), "error: Invalid query: no such table\nLINE 2: FROM cpus\n             ^\n");
}

TEST(SqlRunner, ExpandedAndNull) {
  Session session({ScriptedServer::reply(
      "200 OK", R"({"columns":[{"name":"a","type":"INTEGER"},{"name":"long","type":"VARCHAR"}],"rows":[[1,null]]})")});
  session.runner.options().expanded = true;
  session.runner.run("x");
  EXPECT_EQ(session.out.str(), "── row 1 ──\na     1\nlong  NULL\n1 row\n");
}

TEST(SqlRunner, CutOffAnswersAndEmptyTextsFail) {
  Session session({ScriptedServer::reply("200 OK", R"({"columns":[{"name":"a","type":"INTEGER"}],"rows":[[1])")});
  EXPECT_EQ(session.runner.run("x"), ExitCode::kFailed);
  EXPECT_THAT(session.err.str(), HasSubstr("cut off"));
  EXPECT_EQ(session.runner.run_all(" -- nothing\n"), ExitCode::kUsage);
}

}  // namespace
}  // namespace streamflow::app
