// For tests of this folder: a QueryService over one FakeProject, and results as plain text.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "query/query_service.h"
#include "query/testing/fake_project.h"

namespace streamflow::query {

class QueryHarness {
 public:
  explicit QueryHarness(QueryServiceOptions options = {}) {
    auto opened = QueryService::open(options, [this](const ProjectName&) { return project; });
    if (opened.has_value()) service = std::move(*opened);
    EXPECT_TRUE(service) << (opened.has_value() ? "" : opened.error().message);
  }

  Result<std::string> encoded(const std::string& sql, ResultFormat format,
                              std::vector<Parameter> parameters = {}) const {
    QueryRequest request{
        .project = {}, .text = sql, .parameters = std::move(parameters), .format = format, .limits = limits};
    SF_TRY(stream, service->execute(std::move(request)));
    std::string out;
    while (true) {
      SF_TRY(more, stream->next(out));
      if (!more) return out;
    }
  }

  // Header and rows as CSV; "ERROR <code>: <message>" when the statement fails.
  std::string csv(const std::string& sql, std::vector<Parameter> parameters = {}) const {
    auto result = encoded(sql, ResultFormat::kCsv, std::move(parameters));
    if (!result.has_value())
      return "ERROR " + std::string(name_of(result.error().code)) + ": " + result.error().message;
    std::string text = std::move(*result);
    std::erase(text, '\r');
    return text;
  }

  // Rows only, joined by ';' : "1,a;2,b".
  std::string rows(const std::string& sql, std::vector<Parameter> parameters = {}) const {
    std::string text = csv(sql, std::move(parameters));
    if (text.starts_with("ERROR")) return text;
    text.erase(0, text.find('\n') + 1);
    while (text.ends_with('\n')) text.pop_back();
    for (char& c : text) c = c == '\n' ? ';' : c;
    return text;
  }

  // The error of a statement that must fail; code kInternal and no message when it did not.
  Error error(const std::string& sql, std::vector<Parameter> parameters = {}) const {
    auto result = encoded(sql, ResultFormat::kCsv, std::move(parameters));
    if (!result.has_value()) return result.error();
    ADD_FAILURE() << "did not fail: " << sql;
    return {ErrorCode::kInternal, ""};
  }

  std::shared_ptr<FakeProject> project = std::make_shared<FakeProject>();
  QueryLimits limits;
  std::unique_ptr<QueryService> service;
};

// cpu(time, host, region, usage DOUBLE, count BIGINT, total UBIGINT, ok BOOLEAN, note VARCHAR): 6 rows in 2 tasks, one
// second apart from 2024-01-01T00:00:00.000000001Z; region is missing on host c, note on row 5.
inline void fill_cpu(FakeProject& project) {
  constexpr std::int64_t kStart = 1'704'067'200'000'000'001;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::vector<FieldColumn> fields{{"usage", FieldType::kFloat64},
                                        {"count", FieldType::kInt64},
                                        {"total", FieldType::kUint64},
                                        {"ok", FieldType::kBool},
                                        {"note", FieldType::kString}};
  FakeRows first("cpu", {"host", "region"}, fields);
  first.add({"a", "eu"}, kStart, {0.5, std::int64_t{1}, std::uint64_t{10}, true, std::string("one")});
  first.add({"a", "eu"}, kStart + kSecond,
            {1.5, std::int64_t{-2}, std::uint64_t{20}, false, std::string("two, \"x\"")});
  first.add({"b", "us"}, kStart + 2 * kSecond, {2.5, std::int64_t{3}, ~std::uint64_t{0}, true, std::string("")});
  project.append(first.batch());
  FakeRows second("cpu", {"host", "region"}, fields);
  second.add({"b", "us"}, kStart + 3 * kSecond,
             {std::monostate{}, std::int64_t{4}, std::uint64_t{40}, true, std::string("four")});
  second.add({"c", ""}, kStart + 4 * kSecond,
             {4.5, std::monostate{}, std::uint64_t{50}, std::monostate{}, std::monostate{}});
  second.add({"c", ""}, kStart + 5 * kSecond, {5.5, std::int64_t{6}, std::monostate{}, false, std::string("six")});
  project.append(second.batch());
}

}  // namespace streamflow::query
