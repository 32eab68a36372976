#include "server/chart_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "query/chart/chart_frame.h"
#include "server/accept.h"
#include "server/rfc3339.h"
#include "server/statement_members.h"

namespace streamflow::server {
namespace {

using nlohmann::json;
using query::ChartMethod;
using query::ChartRequest;

constexpr ChartMethod kMethods[] = {ChartMethod::kMinMax, ChartMethod::kM4, ChartMethod::kLargestTriangles,
                                    ChartMethod::kCandles, ChartMethod::kNone};

Error wanted(std::string_view member, std::string_view what, const json& value) {
  return {ErrorCode::kInvalidArgument, fmt::format("`{}` must be {}, got {}", member, what, value.type_name())};
}

Result<std::string> text_of(const std::string& member, const json& value) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    return wanted(member, "a text that is not empty", value);
  }
  return value.get<std::string>();
}

Result<std::vector<std::string>> texts_of(const std::string& member, const json& value) {
  if (!value.is_array()) { return wanted(member, "an array of column names", value); }
  std::vector<std::string> texts;
  for (const json& one : value) {
    SF_TRY(text, text_of(member, one));
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<std::size_t> width_of(const json& value) {
  const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() >= 1 &&
                    value.get<std::uint64_t>() <= query::kChartWidthMax;
  if (fits) { return value.get<std::size_t>(); }
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("`width` is an integer of 1 to {} pixels, got {}", query::kChartWidthMax,
                           value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 40))};
}

Result<ChartMethod> method_of(const json& value) {
  const auto found = std::find_if(std::begin(kMethods), std::end(kMethods),
                                  [&](ChartMethod method) { return value == json(query::name_of(method)); });
  if (found != std::end(kMethods)) { return *found; }
  return Error{ErrorCode::kInvalidArgument, "`method` is minmax, m4, lttb, ohlc or none"};
}

// Integers may come as text, since many clients cannot write 64 bits as a JSON number.
Result<query::ChartBound> bound_of(const std::string& member, const json& value) {
  if (value.is_number_float()) { return query::ChartBound(value.get<double>()); }
  if (value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX)) {
    return query::ChartBound(value.get<std::int64_t>());
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t ns = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
    if (error == std::errc() && end == text.data() + text.size()) { return query::ChartBound(ns); }
    auto time = parse_rfc3339(text);
    if (time) { return query::ChartBound(to_ns(*time)); }
    return with_context(std::move(time).error(), "`" + member + "`");
  }
  return wanted(member, "RFC 3339 text, integer nanoseconds, or a number on a numeric x", value);
}

Status read_member(const std::string& name, const json& value, ChartRequest& chart) {
  if (name == "query") {
    SF_TRY(text, text_of(name, value));
    chart.text = std::move(text);
  } else if (name == "params") {
    SF_TRY(parameters, parameters_of(value));
    chart.parameters = std::move(parameters);
  } else if (name == "x" || name == "split_by") {
    SF_TRY(text, text_of(name, value));
    (name == "x" ? chart.x : chart.split_by) = std::move(text);
  } else if (name == "y") {
    SF_TRY(texts, texts_of(name, value));
    chart.y = std::move(texts);
  } else if (name == "from" || name == "to") {
    SF_TRY(bound, bound_of(name, value));
    (name == "from" ? chart.from : chart.to) = bound;
  } else if (name == "width") {
    SF_TRY(width, width_of(value));
    chart.width = width;
  } else if (name == "method") {
    SF_TRY(method, method_of(value));
    chart.method = method;
  } else if (name == "timeout_ms") {
    SF_TRY(timeout, timeout_of(value, chart.limits));
    chart.limits.timeout = timeout;
  } else {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("unknown member \"{}\": a body has query, params, x, y, split_by, from, to, width, method "
                             "and timeout_ms",
                             name.substr(0, 80))};
  }
  return Ok{};
}

}  // namespace

Result<ChartRequest> chart_request_of_body(const Request& request, const query::QueryLimits& limits) {
  SF_TRY(body, statement_body(request));
  ChartRequest chart;
  chart.limits = limits;
  for (const auto& [name, value] : body.items()) { SF_CHECK(read_member(name, value, chart)); }
  if (chart.text.empty()) {
    return Error{ErrorCode::kInvalidArgument, "`query` is missing: it holds one SQL statement"};
  }
  return chart;
}

Result<ChartFormat> acceptable_chart_format(std::string_view accept) {
  const double frames = accepted_quality(accept, query::kFrameMediaType);
  const double text = accepted_quality(accept, "application/json");
  if (frames > 0 && frames >= text) { return ChartFormat::kFrames; }
  if (text > 0) { return ChartFormat::kJson; }
  return Error{ErrorCode::kUnsupported,
               fmt::format("charts come as {} or application/json: accept one of them", query::kFrameMediaType)};
}

}  // namespace streamflow::server
