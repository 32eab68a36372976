#include "ingest/protocols/influx_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace streamflow::ingest {
namespace {

using testing::HasSubstr;

std::optional<std::string> header(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) { return value; }
  }
  return std::nullopt;
}

WriteOutcome outcome_of(std::uint64_t stored, std::uint64_t dropped, std::vector<LineError> rejected) {
  WriteOutcome outcome;
  outcome.rows_stored = stored;
  outcome.lines_dropped = dropped;
  outcome.rejected = std::move(rejected);
  return outcome;
}

const LineError kMalformed{2, "cpu usage=", "missing field value after \"usage=\" (column 11)",
                           LineErrorKind::kMalformed};
const LineError kConflict{
    3, "", "field type conflict: input field \"f\" on measurement \"m\" is type int64, already exists as type float64",
    LineErrorKind::kUnprocessable};

TEST(AnswerOutcome, Is204WithoutABodyWhenAllIsStored) {
  WriteOutcome outcome = outcome_of(3, 0, {});
  for (const InfluxVersion version : {InfluxVersion::kV1, InfluxVersion::kV2}) {
    const HttpAnswer answer = answer_outcome(version, outcome);
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.body, "");
    EXPECT_FALSE(header(answer, "Content-Type").has_value());
  }
  outcome.position = "p1";
  EXPECT_EQ(header(answer_outcome(InfluxVersion::kV2, outcome), "X-StreamFlow-Position"), "p1");
}

TEST(AnswerOutcome, V1SaysUnableToParseWhenNothingWasStored) {
  const HttpAnswer answer = answer_outcome(InfluxVersion::kV1, outcome_of(0, 1, {kMalformed}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(
      answer.body,
      "{\"error\":\"unable to parse 'cpu usage=': line 2: missing field value after \\\"usage=\\\" (column 11)\"}");
  EXPECT_EQ(header(answer, "Content-Type"), "application/json");
}

TEST(AnswerOutcome, V1SaysPartialWriteWhenTheRestWasStored) {
  const HttpAnswer answer = answer_outcome(InfluxVersion::kV1, outcome_of(5, 2, {kMalformed, kConflict}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body,
              HasSubstr("{\"error\":\"partial write: unable to parse 'cpu usage=': line 2: missing field value"));
  EXPECT_THAT(answer.body, HasSubstr(" dropped=2\"}"));
}

TEST(AnswerOutcome, V1SaysPartialWriteOfATypeConflict) {
  const HttpAnswer answer = answer_outcome(InfluxVersion::kV1, outcome_of(0, 1, {kConflict}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            "{\"error\":\"partial write: field type conflict: input field \\\"f\\\" on measurement \\\"m\\\" "
            "is type int64, "
            "already exists as type float64 (line 3) dropped=1\"}");
}

TEST(AnswerOutcome, V2NamesNumberAndFirstLine) {
  const HttpAnswer answer = answer_outcome(InfluxVersion::kV2, outcome_of(5, 2, {kMalformed, kConflict}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            "{\"code\":\"invalid\",\"message\":\"partial write: 2 lines dropped, 5 stored; the first at unable to "
            "parse 'cpu usage=': "
            "line 2: missing field value after \\\"usage=\\\" (column 11)\",\"line\":2}");
}

TEST(AnswerOutcome, V2Is422WhenEveryDroppedLineIsWellFormed) {
  const HttpAnswer answer = answer_outcome(InfluxVersion::kV2, outcome_of(5, 1, {kConflict}));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr("{\"code\":\"unprocessable entity\",\"message\":\"partial write: 1 line dropped, "
                                     "5 stored; the first at line 3: field type"));
  EXPECT_THAT(answer.body, HasSubstr("\"line\":3}"));
}

TEST(AnswerOutcome, SurvivesAnOutcomeThatListsNoLine) {
  EXPECT_EQ(answer_outcome(InfluxVersion::kV1, outcome_of(0, 1, {})).status, 400);
  EXPECT_EQ(answer_outcome(InfluxVersion::kV2, outcome_of(0, 1, {})).status, 400);
}

TEST(AnswerError, UsesTheCodeThatMakesEachClientRetryOrDrop) {
  const struct {
    ErrorCode code;
    int v1;
    int v2;
    const char* v2_code;
  } cases[] = {{ErrorCode::kInvalidArgument, 400, 400, "invalid"},
               {ErrorCode::kUnauthenticated, 401, 401, "unauthorized"},
               {ErrorCode::kForbidden, 403, 403, "forbidden"},
               {ErrorCode::kNotFound, 404, 404, "not found"},
               {ErrorCode::kConflict, 400, 422, "unprocessable entity"},
               {ErrorCode::kTooLarge, 413, 413, "request too large"},
               {ErrorCode::kUnsupported, 415, 415, "unsupported media type"},
               {ErrorCode::kOverloaded, 503, 429, "too many requests"},
               {ErrorCode::kUnavailable, 503, 503, "unavailable"},
               {ErrorCode::kTimeout, 503, 503, "unavailable"},
               {ErrorCode::kCancelled, 503, 503, "unavailable"},
               {ErrorCode::kIo, 500, 500, "internal error"},
               {ErrorCode::kCorrupt, 500, 500, "internal error"},
               {ErrorCode::kInternal, 500, 500, "internal error"}};
  for (const auto& [code, v1, v2, v2_code] : cases) {
    SCOPED_TRACE(name_of(code));
    const HttpAnswer one = answer_error(InfluxVersion::kV1, {code, "why"}, {17});
    const HttpAnswer two = answer_error(InfluxVersion::kV2, {code, "why"}, {17});
    EXPECT_EQ(one.status, v1);
    EXPECT_EQ(two.status, v2);
    EXPECT_THAT(one.body, HasSubstr("{\"error\":\""));
    EXPECT_THAT(two.body, HasSubstr("{\"code\":\"" + std::string(v2_code) + "\",\"message\":\""));
    EXPECT_EQ(header(one, "Retry-After"), v1 == 503 ? std::optional<std::string>("17") : std::nullopt);
    EXPECT_EQ(header(two, "Retry-After"), v2 == 503 || v2 == 429 ? std::optional<std::string>("17") : std::nullopt);
  }
}

TEST(AnswerError, SpeaksTheTextsThatAgentsLookFor) {
  EXPECT_EQ(answer_error(InfluxVersion::kV1, {ErrorCode::kUnauthenticated, "key 7 expired"}).body,
            "{\"error\":\"authorization failed\"}");
  EXPECT_EQ(answer_error(InfluxVersion::kV2, {ErrorCode::kUnauthenticated, "key 7 expired"}).body,
            "{\"code\":\"unauthorized\",\"message\":\"unauthorized access\"}");
  EXPECT_EQ(answer_error(InfluxVersion::kV1, {ErrorCode::kTooLarge, "65 MiB"}).body,
            "{\"error\":\"Request Entity Too Large\"}");
  EXPECT_EQ(answer_error(InfluxVersion::kV1, project_not_found(InfluxVersion::kV1, "D")).body,
            "{\"error\":\"database not found: \\\"D\\\"\"}");
  EXPECT_EQ(answer_error(InfluxVersion::kV2, project_not_found(InfluxVersion::kV2, "B")).body,
            "{\"code\":\"not found\",\"message\":\"bucket \\\"B\\\" not found\"}");
}

TEST(NsPerUnitFrom, KnowsTheUnitsOfEachVersion) {
  const struct {
    const char* name;
    std::int64_t ns;
    bool v2;
  } cases[] = {{"", 1, true},
               {"ns", 1, true},
               {"us", 1'000, true},
               {"ms", 1'000'000, true},
               {"s", 1'000'000'000, true},
               {"n", 1, false},
               {"u", 1'000, false},
               {"\xC2\xB5", 1'000, false},
               {"m", 60'000'000'000, false},
               {"h", 3'600'000'000'000, false}};
  for (const auto& [name, ns, v2] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(ns_per_unit_from(InfluxVersion::kV1, name).value(), ns);
    const auto two = ns_per_unit_from(InfluxVersion::kV2, name);
    ASSERT_EQ(two.has_value(), v2);
    if (v2) { EXPECT_EQ(two.value(), ns); }
  }
}

TEST(NsPerUnitFrom, RefusesOthersByName) {
  for (const InfluxVersion version : {InfluxVersion::kV1, InfluxVersion::kV2}) {
    const auto unit = ns_per_unit_from(version, "rfc3339");
    ASSERT_FALSE(unit.has_value());
    EXPECT_EQ(unit.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(unit.error().message, HasSubstr("invalid precision \"rfc3339\": use n"));
  }
}

TEST(ProjectFrom, DbAndBucketNameAProjectOfTheCallersOrganization) {
  EXPECT_EQ(project_from_v1("acme", "plant").value(), (ProjectName{"acme", "plant"}));
  EXPECT_EQ(project_from_v1("acme", "acme/plant").value(), (ProjectName{"acme", "plant"}));
  EXPECT_EQ(project_from_v2("acme", "acme", "plant").value(), (ProjectName{"acme", "plant"}));
  EXPECT_EQ(project_from_v2("acme", "", "acme/plant").value(), (ProjectName{"acme", "plant"}));
}

TEST(ProjectFrom, RefusesOtherOrganizationsAndNamesThatAreNone) {
  EXPECT_EQ(project_from_v1("acme", "other/plant").error().code, ErrorCode::kForbidden);
  EXPECT_EQ(project_from_v2("acme", "other", "plant").error().code, ErrorCode::kForbidden);
  EXPECT_EQ(project_from_v2("acme", "acme", "other/plant").error().code, ErrorCode::kForbidden);
  for (const char* const name : {"", "/", "a/", "/b", "acme/b/c", "\xFF"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(project_from_v1("acme", name).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(project_from_v2("acme", "", name).error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_THAT(project_from_v1("acme", "").error().message, HasSubstr("database is required"));
}

TEST(JsonString, EscapesWhatJsonForbidsAndReplacesBrokenUtf8) {
  EXPECT_EQ(json_string("a\"b\\c\n\r\t\x01\x7F"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u007f\"");
  EXPECT_EQ(json_string("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  EXPECT_EQ(json_string("a\xC3"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(json_string("\xED\xA0\x80z"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace streamflow::ingest
