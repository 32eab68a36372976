#include "server/sql_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

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

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// "text/*" takes "text/csv".
bool range_takes(std::string_view range, std::string_view type) {
  if (range == "*/*" || equal_ignoring_case(range, type)) { return true; }
  return range.ends_with("/*") &&
         equal_ignoring_case(range.substr(0, range.size() - 1), type.substr(0, range.size() - 1));
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

Result<Duration> checked_timeout(std::int64_t milliseconds, const query::QueryLimits& limits) {
  const std::int64_t most = std::chrono::duration_cast<std::chrono::milliseconds>(limits.timeout).count();
  if (milliseconds >= 1 && milliseconds <= most) { return Duration(std::chrono::milliseconds(milliseconds)); }
  return Error{ErrorCode::kInvalidArgument, fmt::format("`timeout_ms` is 1 to {} here, got {}", most, milliseconds)};
}

Result<query::Parameter> parameter_of(const json& value, std::size_t index) {
  switch (value.type()) {
    case json::value_t::null: return query::Parameter();
    case json::value_t::boolean: return query::Parameter(value.get<bool>());
    case json::value_t::number_integer: return query::Parameter(value.get<std::int64_t>());
    case json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return query::Parameter(value.get<std::int64_t>());
      }
      return Error{ErrorCode::kInvalidArgument, fmt::format("params/{}: the integer does not fit 64 bits with sign: "
                                                            "send it as a string and CAST it",
                                                            index)};
    case json::value_t::number_float: return query::Parameter(value.get<double>());
    case json::value_t::string: return query::Parameter(value.get<std::string>());
    default:
      return Error{
          ErrorCode::kInvalidArgument,
          fmt::format("params/{}: wanted null, a boolean, a number or a string, got {}", index, value.type_name())};
  }
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
    if (!value.is_array()) { return wanted("an array"); }
    for (std::size_t i = 0; i < value.size(); ++i) {
      SF_TRY(parameter, parameter_of(value[i], i));
      sql.parameters.push_back(std::move(parameter));
    }
  } else if (name == "timeout_ms") {
    if (!value.is_number_integer()) { return wanted("an integer"); }
    const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > (1ULL << 62U);
    SF_TRY(timeout,
           checked_timeout(huge ? std::numeric_limits<std::int64_t>::max() : value.get<std::int64_t>(), limits));
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

Result<json> parsed(const std::string& body) {
  try {
    return json::parse(body);
  } catch (const json::exception& error) {
    return Error{ErrorCode::kInvalidArgument,
                 std::string("the body is not JSON like {\"query\": \"SELECT 1\"}: ") + error.what()};
  }
}

Result<SqlRequest> checked(SqlRequest sql) {
  if (trimmed(sql.text).empty()) {
    return Error{ErrorCode::kInvalidArgument, "`query` is missing: it holds one SQL statement"};
  }
  return sql;
}

}  // namespace

Result<SqlRequest> sql_request_of_body(const Request& request, const query::QueryLimits& limits) {
  SF_TRY(body, parsed(request.body));
  if (!body.is_object()) {
    return Error{ErrorCode::kInvalidArgument, std::string("the body must be a JSON object, got ") + body.type_name()};
  }
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
  if (trimmed(accept).empty()) { return ResultFormat::kJson; }
  std::optional<ResultFormat> best;
  double best_quality = 0;
  while (!accept.empty()) {
    std::string_view range = take_until(accept, ',');
    const std::string_view type = take_until(range, ';');
    double quality = 1;
    while (!range.empty()) {
      std::string_view parameter = take_until(range, ';');
      if (!parameter.starts_with("q=")) { continue; }
      parameter.remove_prefix(2);
      quality = 0;
      std::from_chars(parameter.data(), parameter.data() + parameter.size(), quality);
    }
    for (const Format& format : kFormats) {
      if (quality > best_quality && range_takes(type, format.accept_type)) {
        best = format.format;
        best_quality = quality;
      }
    }
  }
  return best;
}

}  // namespace streamflow::server
