#include "server/sql_request.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "server/accept.h"
#include "server/statement_members.h"

namespace streamflow::server {
namespace {

using nlohmann::json;
using query::ResultFormat;

struct Format {
  ResultFormat format;
  std::string_view name, media_type, accept_type;
};
constexpr Format kFormats[] = {{ResultFormat::kJson, "json", "application/json", "application/json"},
                               {ResultFormat::kCsv, "csv", "text/csv; charset=utf-8; header=present", "text/csv"},
                               {ResultFormat::kArrowStream, "arrow", "application/vnd.apache.arrow.stream",
                                "application/vnd.apache.arrow.stream"}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) { text.remove_prefix(1); }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) { text.remove_suffix(1); }
  return text;
}

Result<ResultFormat> format_named(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) { return format.format; }
  }
  return Error{ErrorCode::kInvalidArgument, "`format` is json, csv or arrow"};
}

Result<ResultFormat> format_of(std::optional<std::string_view> named, const Request& request) {
  if (named.has_value()) { return format_named(*named); }
  const auto format = acceptable_format(request.header("Accept").value_or(""));
  if (format.has_value()) { return *format; }
  return Error{ErrorCode::kUnsupported,
               "results come as application/json, text/csv or application/vnd.apache.arrow.stream: accept one of them"};
}

Status read_member(const std::string& name, const json& value, const query::QueryLimits& limits, SqlRequest& sql,
                   std::optional<std::string>& format) {
  const auto wanted = [&](std::string_view what) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("`{}` must be {}, got {}", name, what, value.type_name())};
  };
  if (name == "query") {
    if (!value.is_string()) { return wanted("a string"); }
    sql.text = value.get<std::string>();
  } else if (name == "params") {
    SF_TRY(parameters, parameters_of(value));
    sql.parameters = std::move(parameters);
  } else if (name == "timeout_ms") {
    SF_TRY(timeout, timeout_of(value, limits));
    sql.timeout = timeout;
  } else if (name == "format") {
    if (!value.is_string()) { return wanted("a string"); }
    format = value.get<std::string>();
  } else {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("unknown member \"{}\": a body has query, params, timeout_ms and "
                             "format",
                             name.substr(0, 80))};
  }
  return Ok{};
}

Result<SqlRequest> checked(SqlRequest sql) {
  if (trimmed(sql.text).empty()) {
    return Error{ErrorCode::kInvalidArgument, "`query` is missing: it holds one SQL statement"};
  }
  return sql;
}

}  // namespace

Result<SqlRequest> sql_request_of_body(const Request& request, const query::QueryLimits& limits) {
  SF_TRY(body, statement_body(request));
  SqlRequest sql;
  std::optional<std::string> named;
  for (const auto& [name, value] : body.items()) { SF_CHECK(read_member(name, value, limits, sql, named)); }
  SF_TRY(format, format_of(named.has_value() ? std::optional<std::string_view>(*named) : std::nullopt, request));
  sql.format = format;
  return checked(std::move(sql));
}

Result<SqlRequest> sql_request_of_parameters(const Request& request, const query::QueryLimits& limits) {
  SqlRequest sql;
  sql.text = request.parameter("query").value_or("");
  if (const auto text = request.parameter("timeout_ms"); text.has_value()) {
    std::int64_t milliseconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), milliseconds);
    if (error != std::errc() || end != text->data() + text->size()) { milliseconds = -1; }
    SF_TRY(timeout, checked_timeout(milliseconds, limits));
    sql.timeout = timeout;
  }
  SF_TRY(format, format_of(request.parameter("format"), request));
  sql.format = format;
  return checked(std::move(sql));
}

std::string_view media_type(ResultFormat format) {
  for (const Format& known : kFormats) {
    if (known.format == format) { return known.media_type; }
  }
  return "application/octet-stream";
}

std::optional<ResultFormat> acceptable_format(std::string_view accept) {
  std::optional<ResultFormat> best;
  double best_quality = 0;
  for (const Format& format : kFormats) {
    const double quality = accepted_quality(accept, format.accept_type);
    if (quality > best_quality) {
      best = format.format;
      best_quality = quality;
    }
  }
  return best;
}

}  // namespace streamflow::server
