#include "server/statement_members.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace streamflow::server {

using nlohmann::json;

namespace {

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

Error wanted(const char* member, const char* what, const json& value) {
  return {ErrorCode::kInvalidArgument, fmt::format("`{}` must be {}, got {}", member, what, value.type_name())};
}

}  // namespace

Result<Duration> checked_timeout(std::int64_t milliseconds, const query::QueryLimits& limits) {
  const std::int64_t most = std::chrono::duration_cast<std::chrono::milliseconds>(limits.timeout).count();
  if (milliseconds >= 1 && milliseconds <= most) { return Duration(std::chrono::milliseconds(milliseconds)); }
  return Error{ErrorCode::kInvalidArgument, fmt::format("`timeout_ms` is 1 to {} here, got {}", most, milliseconds)};
}

Result<json> statement_body(const Request& request) {
  try {
    json body = json::parse(request.body);
    if (body.is_object()) { return body; }
    return Error{ErrorCode::kInvalidArgument, std::string("the body must be a JSON object, got ") + body.type_name()};
  } catch (const json::exception& error) {
    return Error{ErrorCode::kInvalidArgument,
                 std::string("the body is not JSON like {\"query\": \"SELECT 1\"}: ") + error.what()};
  }
}

Result<std::vector<query::Parameter>> parameters_of(const json& value) {
  if (!value.is_array()) { return wanted("params", "an array", value); }
  std::vector<query::Parameter> parameters;
  for (std::size_t i = 0; i < value.size(); ++i) {
    SF_TRY(parameter, parameter_of(value[i], i));
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Result<Duration> timeout_of(const json& value, const query::QueryLimits& limits) {
  if (!value.is_number_integer()) { return wanted("timeout_ms", "an integer", value); }
  const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > (1ULL << 62U);
  return checked_timeout(huge ? std::numeric_limits<std::int64_t>::max() : value.get<std::int64_t>(), limits);
}

}  // namespace streamflow::server
