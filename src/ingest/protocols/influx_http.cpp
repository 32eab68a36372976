#include "ingest/protocols/influx_http.h"

#include <optional>

#include "ingest/protocols/line_text.h"

namespace streamflow::ingest {
namespace {

HttpAnswer json_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

HttpAnswer v1_error(int status, std::string_view error) {
  return json_answer(status, "{\"error\":" + json_string(error) + "}");
}

HttpAnswer v2_error(int status, std::string_view code, std::string_view message,
                    std::optional<std::uint64_t> line = {}) {
  std::string body = "{\"code\":" + json_string(code) + ",\"message\":" + json_string(message);
  if (line) { body += ",\"line\":" + std::to_string(*line); }
  return json_answer(status, body + "}");
}

std::string at_line(const LineError& error) {
  return "line " + std::to_string(error.line) + ": " + error.reason;
}

std::string unable_to_parse(const LineError& error) {
  return "unable to parse '" + error.text + "': " + at_line(error);
}

bool all_unprocessable(const WriteOutcome& outcome) {
  for (const LineError& error : outcome.rejected) {
    if (error.kind != LineErrorKind::kUnprocessable) { return false; }
  }
  return !outcome.rejected.empty();
}

// InfluxDB 1 answers "unable to parse ..." alone when it stored nothing, and puts "partial write: " before it
// otherwise.
HttpAnswer v1_partial(const WriteOutcome& outcome, const LineError& first) {
  const std::string dropped = " dropped=" + std::to_string(outcome.lines_dropped);
  if (first.kind == LineErrorKind::kUnprocessable) {
    // The reason comes first: agents look for "partial write: field type conflict".
    return v1_error(400, "partial write: " + first.reason + " (line " + std::to_string(first.line) + ")" + dropped);
  }
  if (outcome.rows_stored == 0) { return v1_error(400, unable_to_parse(first)); }
  return v1_error(400, "partial write: " + unable_to_parse(first) + dropped);
}

HttpAnswer v2_partial(const WriteOutcome& outcome, const LineError& first) {
  const std::string lines = outcome.lines_dropped == 1 ? " line dropped" : " lines dropped";
  const std::string what = first.kind == LineErrorKind::kMalformed ? unable_to_parse(first) : at_line(first);
  const std::string message = "partial write: " + std::to_string(outcome.lines_dropped) + lines + ", " +
                              std::to_string(outcome.rows_stored) + " stored; the first at " + what;
  return all_unprocessable(outcome) ? v2_error(422, "unprocessable entity", message, first.line)
                                    : v2_error(400, "invalid", message, first.line);
}

struct StatusAndCode {
  int status;
  std::string_view code;  // v2's
};

StatusAndCode status_of(InfluxVersion version, ErrorCode code) {
  const bool v1 = version == InfluxVersion::kV1;
  switch (code) {
    case ErrorCode::kInvalidArgument: return {400, "invalid"};
    case ErrorCode::kNotFound: return {404, "not found"};
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict: return {v1 ? 400 : 422, "unprocessable entity"};
    case ErrorCode::kUnauthenticated: return {401, "unauthorized"};
    case ErrorCode::kForbidden: return {403, "forbidden"};
    case ErrorCode::kTooLarge: return {413, "request too large"};
    case ErrorCode::kUnsupported: return {415, "unsupported media type"};
    // Telegraf's v1 output drops a batch on 429.
    case ErrorCode::kOverloaded:
      return v1 ? StatusAndCode{503, "unavailable"} : StatusAndCode{429, "too many requests"};
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kTimeout: return {503, "unavailable"};
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
    case ErrorCode::kInternal: break;
  }
  return {500, "internal error"};
}

// Where InfluxDB fixed the text. What the server knows stays out of the answer to a caller it does not know.
std::string_view text_of(InfluxVersion version, const Error& error) {
  if (error.code == ErrorCode::kUnauthenticated) {
    return version == InfluxVersion::kV1 ? "authorization failed" : "unauthorized access";
  }
  if (error.code == ErrorCode::kTooLarge && version == InfluxVersion::kV1) { return "Request Entity Too Large"; }
  return error.message;
}

Result<ProjectName> project_in(std::string_view caller_organization, std::string_view name,
                               std::string_view parameter) {
  const std::size_t slash = name.find('/');
  const std::string_view organization = slash == std::string_view::npos ? caller_organization : name.substr(0, slash);
  const std::string_view project = slash == std::string_view::npos ? name : name.substr(slash + 1);
  if (organization.empty() || project.empty() || project.find('/') != std::string_view::npos ||
      name.size() > 2 * kNameBytesMax || !is_utf8(name)) {
    return Error{ErrorCode::kInvalidArgument, "the parameter " + std::string(parameter) +
                                                  " must be <project> or <organization>/<project>, not \"" +
                                                  std::string(name.substr(0, kNameBytesMax)) + "\""};
  }
  if (organization != caller_organization) {
    return Error{ErrorCode::kForbidden, "the key belongs to organization \"" + std::string(caller_organization) +
                                            "\", not to \"" + std::string(organization) + "\""};
  }
  return ProjectName{std::string(organization), std::string(project)};
}

}  // namespace

HttpAnswer answer_outcome(InfluxVersion version, const WriteOutcome& outcome) {
  if (outcome.complete()) {
    HttpAnswer answer{204, {}, {}};
    if (!outcome.position.empty()) { answer.headers.emplace_back("X-StreamFlow-Position", outcome.position); }
    return answer;
  }
  static const LineError kUnknown{0, {}, "the line's reason is not listed", LineErrorKind::kMalformed};
  const LineError& first = outcome.rejected.empty() ? kUnknown : outcome.rejected.front();
  HttpAnswer answer = version == InfluxVersion::kV1 ? v1_partial(outcome, first) : v2_partial(outcome, first);
  if (!outcome.position.empty()) { answer.headers.emplace_back("X-StreamFlow-Position", outcome.position); }
  return answer;
}

HttpAnswer answer_error(InfluxVersion version, const Error& error, const AnswerOptions& options) {
  const auto [status, code] = status_of(version, error.code);
  const std::string_view text = text_of(version, error);
  HttpAnswer answer = version == InfluxVersion::kV1 ? v1_error(status, text) : v2_error(status, code, text);
  if (status == 429 || status == 503) {
    answer.headers.emplace_back("Retry-After", std::to_string(options.retry_after_s));
  }
  return answer;
}

Result<std::int64_t> ns_per_unit_from(InfluxVersion version, std::string_view precision) {
  struct Unit {
    std::string_view name;
    std::int64_t ns;
    bool v2;
  };
  static constexpr Unit kUnits[] = {{"", 1, true},
                                    {"ns", 1, true},
                                    {"us", 1'000, true},
                                    {"ms", 1'000'000, true},
                                    {"s", 1'000'000'000, true},
                                    {"n", 1, false},
                                    {"u", 1'000, false},
                                    {"\xC2\xB5", 1'000, false},  // µ
                                    {"m", 60'000'000'000, false},
                                    {"h", 3'600'000'000'000, false}};
  for (const Unit& unit : kUnits) {
    if (unit.name == precision && (unit.v2 || version == InfluxVersion::kV1)) { return unit.ns; }
  }
  const std::string known = version == InfluxVersion::kV1 ? "n, ns, u, us, \xC2\xB5, ms, s, m or h" : "ns, us, ms or s";
  return Error{ErrorCode::kInvalidArgument,
               "invalid precision \"" + std::string(precision.substr(0, 32)) + "\": use " + known};
}

Result<ProjectName> project_from_v1(std::string_view caller_organization, std::string_view db) {
  if (db.empty()) {
    return Error{ErrorCode::kInvalidArgument, "database is required: add db=<project> to the request"};
  }
  return project_in(caller_organization, db, "db");
}

Result<ProjectName> project_from_v2(std::string_view caller_organization, std::string_view org,
                                    std::string_view bucket) {
  if (bucket.empty()) {
    return Error{ErrorCode::kInvalidArgument, "bucket is required: add bucket=<project> to the request"};
  }
  if (!org.empty() && org != caller_organization) {
    return Error{ErrorCode::kForbidden, "the key belongs to organization \"" + std::string(caller_organization) +
                                            "\", not to org \"" + std::string(org.substr(0, kNameBytesMax)) + "\""};
  }
  return project_in(caller_organization, bucket, "bucket");
}

Error project_not_found(InfluxVersion version, std::string_view name) {
  const std::string quoted = "\"" + std::string(name) + "\"";
  return {ErrorCode::kNotFound,
          version == InfluxVersion::kV1 ? "database not found: " + quoted : "bucket " + quoted + " not found"};
}

std::string json_string(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t bytes = utf8_sequence_bytes(text);
    if (bytes == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else if (byte == '"' || byte == '\\') {
      out += {'\\', text.front()};
    } else if (byte == '\n' || byte == '\r' || byte == '\t') {
      out += byte == '\n' ? "\\n" : byte == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4U], kHex[byte & 0xFU]};
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out + "\"";
}

}  // namespace streamflow::ingest
