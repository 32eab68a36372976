// What the routes say, over real sockets, with fakes for engine and queries.
#include <gtest/gtest.h>
#include <zlib.h>

#include "server/testing/gateway_fixture.h"

namespace streamflow::server {
namespace {

using testing::Answer;
using testing::request_text;
using testing::TestClient;

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class Routes : public testing::GatewayTest {
 protected:
  void expect_problem(const Answer& answer, int status, const std::string& slug) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    const auto json = parsed(answer);
    ASSERT_TRUE(json.is_object()) << answer.body;
    EXPECT_EQ(json["type"], "/docs#problem-" + slug);
    EXPECT_EQ(json["status"], status);
    EXPECT_FALSE(json["title"].get<std::string>().empty());
    EXPECT_FALSE(json["detail"].get<std::string>().empty());
    EXPECT_EQ(json["request_id"], answer.header("X-Request-Id"));
  }
  static void expect_seconds(const Answer& answer) {
    const std::string seconds = answer.header("Retry-After");
    EXPECT_FALSE(seconds.empty());
    EXPECT_EQ(seconds.find_first_not_of("0123456789"), std::string::npos) << seconds;
  }
};

TEST_F(Routes, WriteInfluxV2) {
  const Answer answer =
      post("/api/v2/write?bucket=plant&org=whatever&precision=ms", "cpu,host=a usage=42.5,n=1i 1700000000000\n");
  EXPECT_EQ(answer.status, 204) << answer.body;
  EXPECT_EQ(answer.header("X-StreamFlow-Position"), "0:17");
  ASSERT_EQ(writes_.size(), 1U);
  EXPECT_EQ(writes_[0].project, (ProjectName{"default", "plant"}));
  ASSERT_EQ(writes_[0].batches.size(), 1U);
  EXPECT_EQ(writes_[0].batches[0].table, "cpu");
  EXPECT_EQ(writes_[0].batches[0].times.at(0), 1'700'000'000'000'000'000);
  EXPECT_EQ(writes_[0].batches[0].duplicates, DuplicatePolicy::kMerge);
  EXPECT_TRUE(writes_[0].producer.id.empty());
  EXPECT_EQ(post("/influx/api/v2/write", "cpu f=1").status, 204);
  EXPECT_EQ(post("/influx/write?db=x&rp=y&precision=m", "cpu f=1 5").status, 204);
  EXPECT_EQ(writes_[2].batches[0].times.at(0), 300'000'000'000);
}

TEST_F(Routes, WriteTakesGzipAndBoundsWhatComesOut) {
  options_.body_bytes_max = 100'000;
  EXPECT_EQ(post("/api/v2/write", gzip("cpu f=1 1\ncpu f=2 2\n"), "Content-Encoding: gzip\r\n").status, 204);
  EXPECT_EQ(writes_.at(0).batches.at(0).row_count(), 2U);
  const std::string bomb = gzip(std::string(10'000'000, '#'));
  ASSERT_LT(bomb.size(), 100'000U);
  for (const char* target : {"/api/v2/write", "/write", "/api/v1/write"}) {
    EXPECT_EQ(post(target, bomb, "Content-Encoding: gzip\r\n").status, 413) << target;  // decompressed
    EXPECT_EQ(post(target, std::string(100'001, '#')).status, 413) << target;           // as sent
    EXPECT_EQ(post(target, "broken", "Content-Encoding: gzip\r\n").status, 400) << target;
    EXPECT_EQ(post(target, "x", "Content-Encoding: br\r\n").status, 415) << target;
  }
  EXPECT_EQ(parsed(post("/write", bomb, "Content-Encoding: gzip\r\n"))["error"], "Request Entity Too Large");
  EXPECT_EQ(parsed(post("/api/v2/write", bomb, "Content-Encoding: gzip\r\n"))["code"], "request too large");
  EXPECT_EQ(writes_.size(), 1U);
}

TEST_F(Routes, WriteKeepsGoodLinesAndSaysWhichWereBad) {
  const std::string lines = "cpu f=1 1\ncpu f= 2\ncpu f=3 3\n";
  const Answer v1 = post("/write?db=x", lines);
  EXPECT_EQ(v1.status, 400);
  const auto text = parsed(v1)["error"].get<std::string>();
  EXPECT_NE(text.find("partial write"), std::string::npos) << text;
  EXPECT_NE(text.find("unable to parse 'cpu f= 2'"), std::string::npos) << text;
  const Answer v2 = post("/api/v2/write", lines);
  EXPECT_EQ(v2.status, 400);
  EXPECT_EQ(parsed(v2)["code"], "invalid");
  EXPECT_EQ(parsed(v2)["line"], 2);
  EXPECT_NE(parsed(v2)["message"].get<std::string>().find("partial write"), std::string::npos);
  const Answer own = post("/api/v1/write", lines);
  EXPECT_EQ(own.status, 200);
  const auto receipt = parsed(own);
  EXPECT_EQ(receipt["rows"], 2);
  EXPECT_EQ(receipt["points"], 2);
  EXPECT_EQ(receipt["rejected_count"], 1);
  EXPECT_EQ(receipt["rejected"][0]["line"], 2);
  EXPECT_FALSE(receipt["rejected"][0]["reason"].get<std::string>().empty());
  EXPECT_EQ(receipt["position"], "0:17");
  EXPECT_EQ(receipt["duplicate"], false);
  EXPECT_EQ(writes_.size(), 3U);
  const Answer none = post("/api/v1/write", "nonsense\n");
  expect_problem(none, 422, "unsupported");
  EXPECT_EQ(parsed(none)["errors"][0]["line"], 1);
}

TEST_F(Routes, WriteReportsRowsTheEngineRefuses) {
  write_rejected_ = {{"cpu", "field type conflict: float64 against int64", {0}, 0}};
  const Answer v2 = post("/api/v2/write", "cpu f=1 1\ncpu f=2 2\n");
  EXPECT_EQ(v2.status, 422);
  EXPECT_EQ(parsed(v2)["code"], "unprocessable entity");
  const Answer v1 = post("/write", "cpu f=1 1\ncpu f=2 2\n");
  EXPECT_EQ(v1.status, 400);
  EXPECT_NE(parsed(v1)["error"].get<std::string>().find("dropped=1"), std::string::npos);
  EXPECT_EQ(parsed(post("/api/v1/write", "cpu f=1 1\ncpu f=2 2\n"))["rejected"][0]["line"], 1);
}

TEST_F(Routes, WriteAnswersOverloadSoThatEachClientRetries) {
  write_error_ = Error{ErrorCode::kOverloaded, "memtable full"};
  const Answer v1 = post("/write", "cpu f=1"), v2 = post("/api/v2/write", "cpu f=1"),
               own = post("/api/v1/write", "cpu f=1");
  EXPECT_EQ(v1.status, 503);
  EXPECT_EQ(parsed(v1)["error"], "memtable full");
  EXPECT_EQ(v2.status, 429);
  EXPECT_EQ(parsed(v2)["code"], "too many requests");
  expect_problem(own, 429, "overloaded");
  for (const Answer* answer : {&v1, &v2, &own}) { expect_seconds(*answer); }
  write_error_ = Error{ErrorCode::kUnavailable, "shard stopped"};
  for (const char* target : {"/write", "/api/v2/write", "/api/v1/write"}) {
    const Answer answer = post(target, "cpu f=1");
    EXPECT_EQ(answer.status, 503);
    expect_seconds(answer);
  }
  write_error_ = Error{ErrorCode::kIo, "disk burst"};
  EXPECT_EQ(post("/write", "cpu f=1").status, 500);
  EXPECT_EQ(parsed(post("/api/v2/write", "cpu f=1"))["code"], "internal error");
}

TEST_F(Routes, WriteChecksItsParameters) {
  EXPECT_EQ(post("/api/v2/write?precision=m", "cpu f=1").status, 400);
  EXPECT_EQ(post("/write?precision=fortnight", "cpu f=1").status, 400);
  expect_problem(post("/api/v1/write?precision=x", "cpu f=1"), 400, "invalid-request");
  expect_problem(post("/api/v1/write?duplicates=x", "cpu f=1"), 400, "invalid-request");
  expect_problem(post("/api/v1/write?precison=s", "cpu f=1"), 400, "invalid-request");
  expect_problem(
      post("/api/v1/write/arrow?table=t&tag=host", "", "Content-Type: application/vnd.apache.arrow.stream\r\n"), 400,
      "invalid-request");
  expect_problem(post("/api/v1/write", "cpu f=1", "Idempotency-Key: a b\r\n"), 400, "invalid-request");
  expect_problem(post("/api/v1/write", "cpu f=1", "Idempotency-Key: a/1/0\r\n"), 400, "invalid-request");
  EXPECT_EQ(post("/api/v1/write?duplicates=keep", "cpu f=1", "Idempotency-Key: gw/3/42\r\n").status, 200);
  ASSERT_EQ(writes_.size(), 1U);
  EXPECT_EQ(writes_[0].batches[0].duplicates, DuplicatePolicy::kKeep);
  EXPECT_EQ(writes_[0].producer, (storage::Producer{"s|local|default/default|gw", 3, 42}));
}

TEST_F(Routes, SqlInEveryFormat) {
  stream_->pieces = {"{\"columns\":[],", "\"rows\":[]}"};
  const Answer json = post("/api/v1/sql", R"({"query":"SELECT ?","params":[1,2.5,"x",true,null],"timeout_ms":500})");
  EXPECT_EQ(json.status, 200) << json.body;
  EXPECT_EQ(json.header("Content-Type"), "application/json");
  EXPECT_EQ(json.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(json.body, "{\"columns\":[],\"rows\":[]}");
  ASSERT_EQ(queries_.size(), 1U);
  EXPECT_EQ(queries_[0].text, "SELECT ?");
  EXPECT_EQ(queries_[0].limits.timeout, std::chrono::milliseconds(500));
  EXPECT_EQ(queries_[0].parameters,
            (std::vector<query::Parameter>{std::int64_t{1}, 2.5, std::string("x"), true, std::monostate()}));
  const std::pair<const char*, query::ResultFormat> accepted[] = {
      {"text/csv", query::ResultFormat::kCsv},
      {"application/vnd.apache.arrow.stream", query::ResultFormat::kArrowStream},
      {"*/*", query::ResultFormat::kJson},
      {"text/html, text/csv;q=0.5, application/json;q=0.4", query::ResultFormat::kCsv},
      {"application/json;q=0, text/*", query::ResultFormat::kCsv}};
  for (const auto& [accept, format] : accepted) {
    EXPECT_EQ(post("/api/v1/sql", R"({"query":"x"})", std::string("Accept: ") + accept + "\r\n").status, 200);
    EXPECT_EQ(queries_.back().format, format) << accept;
  }
  expect_problem(post("/api/v1/sql", R"({"query":"x"})", "Accept: image/png\r\n"), 406, "not-acceptable");
  EXPECT_EQ(get("/api/v1/sql?query=SELECT+1&format=csv&timeout_ms=9").status, 200);
  EXPECT_EQ(queries_.back().text, "SELECT 1");
  EXPECT_EQ(queries_.back().format, query::ResultFormat::kCsv);
}

TEST_F(Routes, SqlSendsShortResultsWhole) {
  stream_->pieces = {"{\"rows\":[]}"};
  const Answer answer = post("/api/v1/sql", R"({"query":"x"})");
  EXPECT_EQ(answer.header("Content-Length"), "11");
}

TEST_F(Routes, SqlChecksItsBody) {
  for (const char* body : {"", "{", "[]", "{}", R"({"query":7})", R"({"query":" "})", R"({"query":"x","params":{}})",
                           R"({"query":"x","params":[[1]]})", R"({"query":"x","params":[18446744073709551615]})",
                           R"({"query":"x","timeout_ms":0})", R"({"query":"x","timeout_ms":"1"})",
                           R"({"query":"x","timeout_ms":18446744073709551615})", R"({"query":"x","format":"xml"})",
                           R"({"query":"x","parms":[]})"}) {
    SCOPED_TRACE(body);
    expect_problem(post("/api/v1/sql", body), 400, "invalid-request");
  }
  expect_problem(get("/api/v1/sql"), 400, "invalid-request");
  expect_problem(get("/api/v1/sql?query=x&timeout_ms=1s"), 400, "invalid-request");
  expect_problem(post("/api/v1/sql", std::string(2'000'000, ' ')), 413, "too-large");
  expect_problem(post("/api/v1/sql", gzip("{}"), "Content-Encoding: gzip\r\n"), 415, "unsupported-media-type");
  EXPECT_TRUE(queries_.empty());
}

TEST_F(Routes, SqlErrorsHaveTheirStatus) {
  const std::tuple<ErrorCode, int, const char*> cases[] = {{ErrorCode::kInvalidArgument, 400, "invalid-request"},
                                                           {ErrorCode::kNotFound, 404, "not-found"},
                                                           {ErrorCode::kAlreadyExists, 409, "already-exists"},
                                                           {ErrorCode::kConflict, 409, "conflict"},
                                                           {ErrorCode::kUnauthenticated, 401, "unauthenticated"},
                                                           {ErrorCode::kForbidden, 403, "forbidden"},
                                                           {ErrorCode::kTooLarge, 413, "too-large"},
                                                           {ErrorCode::kOverloaded, 429, "overloaded"},
                                                           {ErrorCode::kUnavailable, 503, "unavailable"},
                                                           {ErrorCode::kCancelled, 499, "cancelled"},
                                                           {ErrorCode::kTimeout, 504, "timeout"},
                                                           {ErrorCode::kCorrupt, 500, "corrupt-data"},
                                                           {ErrorCode::kIo, 500, "io-error"},
                                                           {ErrorCode::kUnsupported, 422, "unsupported"},
                                                           {ErrorCode::kInternal, 500, "internal-error"}};
  for (const auto& [code, status, slug] : cases) {
    query_error_ = Error{code, "because"};
    expect_problem(post("/api/v1/sql", R"({"query":"x"})"), status, slug);
    query_error_.reset();
    stream_ = std::make_shared<testing::FakeStream>();  // the same from the first piece
    stream_->error = Error{code, "because"};
    expect_problem(post("/api/v1/sql", R"({"query":"x"})"), status, slug);
  }
}

TEST_F(Routes, SqlSaysLateErrorsInsideJson) {
  stream_->pieces = {R"({"columns":[],"rows":[)", "[1]"};
  stream_->error = Error{ErrorCode::kTimeout, "took too long"};
  const Answer answer = post("/api/v1/sql", R"({"query":"x"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  const auto json = parsed(answer);
  ASSERT_TRUE(json.is_object()) << answer.body;
  EXPECT_EQ(json["rows"].size(), 1U);
  EXPECT_EQ(json["error"]["status"], 504);
  EXPECT_EQ(json["error"]["request_id"], answer.header("X-Request-Id"));
}

TEST_F(Routes, SqlCutsOtherFormatsOff) {
  stream_->pieces = {"a,b\n", "1,2\n"};
  stream_->error = Error{ErrorCode::kTimeout, "took too long"};
  const Answer answer = post("/api/v1/sql", R"({"query":"x","format":"csv"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
}

TEST_F(Routes, SqlIsCancelledWhenItsClientGoes) {
  stream_->blocks = true;
  TestClient client(port());
  client.send(request_text("POST", "/api/v1/sql", R"({"query":"x"})"));
  stream_->wait_until_waiting();
  client.close();
  http_->stop();  // waits for the request, which ends by being cancelled only
}

TEST_F(Routes, HealthReadyPing) {
  const auto health = parsed(get("/health"));
  EXPECT_EQ(health["name"], "streamflow");
  EXPECT_EQ(health["status"], "pass");
  EXPECT_EQ(health["checks"], nlohmann::json::array());
  const auto ready = parsed(get("/ready"));
  EXPECT_EQ(ready["status"], "ready");
  EXPECT_EQ(ready["started"].get<std::string>().size(), 20U);
  EXPECT_TRUE(ready["up"].get<std::string>().ends_with("s"));
  const Answer ping = get("/ping");
  EXPECT_EQ(ping.status, 204);
  EXPECT_NE(ping.header("X-Influxdb-Version"), "");
  EXPECT_EQ(get("/ping?verbose=true").status, 200);
  EXPECT_EQ(TestClient(port()).exchange(request_text("HEAD", "/ping")).status, 204);
  EXPECT_EQ(get("/influx/health").status, 200);
  ready_error_ = Error{ErrorCode::kUnavailable, "shard 1 stopped"};
  EXPECT_EQ(get("/health").status, 503);
  EXPECT_EQ(parsed(get("/health"))["message"], "shard 1 stopped");
  EXPECT_EQ(get("/ready").status, 503);
  expect_seconds(get("/ready"));
}

TEST_F(Routes, MetricsAreWellFormed) {
  post("/api/v2/write", "cpu f=1");
  const Answer answer = get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\nstreamflow_rows_written_total 42\n"), std::string::npos);
  EXPECT_NE(
      answer.body.find("streamflow_http_requests_total{route=\"/api/v2/write\",method=\"POST\",code=\"2xx\"} 1\n"),
      std::string::npos);
  EXPECT_NE(answer.body.find("process_resident_memory_bytes "), std::string::npos);
  for (const char* gauge : {"streamflow_memtable_bytes", "streamflow_query_memory_bytes", "streamflow_http_connections",
                            "streamflow_http_body_bytes", "streamflow_http_queue"}) {
    EXPECT_NE(answer.body.find("# TYPE " + std::string(gauge) + " gauge\n"), std::string::npos) << gauge;
    EXPECT_NE(answer.body.find("\n" + std::string(gauge) + "_max "), std::string::npos) << gauge << " has no limit";
  }
  std::string family;
  std::istringstream lines(answer.body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) { family = line.substr(7, line.find(' ', 7) - 7); }
    if (line.starts_with('#')) { continue; }
    EXPECT_TRUE(line.starts_with(family)) << line;
    EXPECT_NE(line.find_last_of(' '), std::string::npos);
    EXPECT_GE(std::stod(line.substr(line.find_last_of(' ') + 1)), 0) << line;
  }
}

TEST_F(Routes, InfluxQlProbes) {
  const Answer created =
      post("/query", "q=CREATE+DATABASE+%22telegraf%22", "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(created.status, 200);
  EXPECT_EQ(parsed(created)["results"][0]["statement_id"], 0);
  const auto shown = parsed(get("/query?q=SHOW%20DATABASES"));
  EXPECT_EQ(shown["results"][0]["series"][0]["columns"][0], "name");
  EXPECT_EQ(shown["results"][0]["series"][0]["values"], nlohmann::json::parse(R"([["default"],["plant"]])"));
  EXPECT_EQ(parsed(get("/query?q=show+measurements&db=plant"))["results"][0]["series"][0]["values"].size(), 2U);
  EXPECT_EQ(parsed(get("/query?q=SHOW+RETENTION+POLICIES"))["results"][0]["series"][0]["values"][0][0], "autogen");
  EXPECT_TRUE(parsed(get("/query?q=SELECT+1"))["results"][0].contains("error"));
  const Answer nonsense = get("/query?q=DANCE");
  EXPECT_EQ(nonsense.status, 400);
  EXPECT_TRUE(parsed(nonsense)["error"].get<std::string>().starts_with("error parsing query: "));
  EXPECT_EQ(get("/query").status, 400);
}

TEST_F(Routes, InfluxQlAsksForWhatEachStatementNeeds) {
  const std::string writer = bearer(key(access::Role::kWriter)), reader = bearer(key(access::Role::kReader));
  EXPECT_EQ(get("/query?q=CREATE+DATABASE+x", writer).status, 200);
  EXPECT_EQ(get("/query?q=CREATE+DATABASE+x", reader).status, 403);
  EXPECT_EQ(get("/query?q=SHOW+MEASUREMENTS", writer).status, 403);
  EXPECT_EQ(get("/query?q=SHOW+MEASUREMENTS", reader).status, 200);
  const std::string plant = bearer(key(access::Role::kEditor, "plant"));
  EXPECT_EQ(get("/query?q=CREATE+DATABASE+office", plant).status, 403);
  EXPECT_EQ(parsed(get("/query?q=SHOW+DATABASES", plant))["results"][0]["series"][0]["values"].size(), 1U);
}

TEST_F(Routes, InfluxLookups) {
  const auto buckets = parsed(get("/api/v2/buckets?name=telegraf"))["buckets"];
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(buckets[0]["name"], "telegraf");
  EXPECT_EQ(buckets[0]["id"].get<std::string>().size(), 16U);
  const auto orgs = parsed(get("/api/v2/orgs?org=my-org"))["orgs"];
  EXPECT_EQ(orgs[0]["name"], "my-org");
  EXPECT_EQ(orgs[0]["id"], buckets[0]["orgID"]);
  EXPECT_EQ(post("/api/v2/buckets", R"({"name":"x","orgID":"1"})").status, 201);
  EXPECT_EQ(post("/api/v2/buckets", "{}").status, 400);
  const std::string plant = bearer(key(access::Role::kEditor, "plant"));
  EXPECT_TRUE(parsed(get("/api/v2/buckets?name=office", plant))["buckets"].empty());
}

TEST_F(Routes, UnknownAddressesAndMethods) {
  expect_problem(get("/nowhere"), 404, "not-found");
  expect_problem(get("/influx/api/v1/sql"), 404, "not-found");
  const Answer method = get("/api/v1/write");
  expect_problem(method, 405, "method-not-allowed");
  EXPECT_EQ(method.header("Allow"), "POST");
  const Answer v1 = get("/write");
  EXPECT_EQ(v1.status, 405);
  EXPECT_TRUE(parsed(v1).contains("error"));
  const Answer v2 = get("/api/v2/nowhere");
  EXPECT_EQ(v2.status, 404);
  EXPECT_EQ(parsed(v2)["code"], "not found");
  TestClient client(port());
  expect_problem(client.exchange("GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400, "invalid-request");
}

TEST_F(Routes, PagesAndFlush) {
  for (const char* page : {"/", "/docs"}) {
    const Answer answer = get(page);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_TRUE(answer.body.starts_with("<!doctype html>"));
  }
  EXPECT_EQ(parsed(get("/openapi.json"))["openapi"], "3.1.0");
  EXPECT_EQ(post("/api/v1/flush", "").status, 204);
  EXPECT_EQ(flushes_, 1);
  EXPECT_EQ(post("/api/v1/admin/compact?project=plant", "").status, 204);
  EXPECT_EQ(flushes_, 2);
  EXPECT_EQ(compacted_, (std::vector<ProjectName>{{"default", "plant"}}));
}

}  // namespace
}  // namespace streamflow::server
