#include "server/http_types.h"

#include <algorithm>
#include <utility>

namespace streamflow::server {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') { return c - '0'; }
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::optional<std::string_view> find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (equal_ignoring_case(header.name, name)) { return header.value; }
  }
  return std::nullopt;
}

}  // namespace

void CancelToken::on_cancel(std::function<void()> action) {
  {
    const std::scoped_lock lock(mutex_);
    if (!cancelled_) {
      actions_.push_back(std::move(action));
      return;
    }
  }
  action();
}

void CancelToken::cancel() {
  std::vector<std::function<void()>> actions;
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(cancelled_, true)) { return; }
    actions.swap(actions_);
  }
  for (const auto& action : actions) { action(); }
}

bool CancelToken::cancelled() const {
  const std::scoped_lock lock(mutex_);
  return cancelled_;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  return find_header(headers, name);
}
std::optional<std::string_view> Response::header(std::string_view name) const {
  return find_header(headers, name);
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const QueryParameter& parameter : query) {
    if (parameter.name == name) { return parameter.value; }
  }
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> kPhrases[] = {{200, "OK"},
                                                                  {201, "Created"},
                                                                  {204, "No Content"},
                                                                  {304, "Not Modified"},
                                                                  {400, "Bad Request"},
                                                                  {401, "Unauthorized"},
                                                                  {403, "Forbidden"},
                                                                  {404, "Not Found"},
                                                                  {405, "Method Not Allowed"},
                                                                  {406, "Not Acceptable"},
                                                                  {408, "Request Timeout"},
                                                                  {409, "Conflict"},
                                                                  {413, "Content Too Large"},
                                                                  {415, "Unsupported Media Type"},
                                                                  {417, "Expectation Failed"},
                                                                  {421, "Misdirected Request"},
                                                                  {422, "Unprocessable Content"},
                                                                  {429, "Too Many Requests"},
                                                                  {431, "Request Header Fields Too Large"},
                                                                  {499, "Client Closed Request"},
                                                                  {500, "Internal Server Error"},
                                                                  {501, "Not Implemented"},
                                                                  {503, "Service Unavailable"},
                                                                  {504, "Gateway Timeout"},
                                                                  {505, "HTTP Version Not Supported"}};
  for (const auto& [code, phrase] : kPhrases) {
    if (code == status) { return phrase; }
  }
  return "Unknown";
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return Error{ErrorCode::kInvalidArgument,
                     "the address has a broken % escape at byte " + std::to_string(i) + ": write % itself as %25"};
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') { return Error{ErrorCode::kInvalidArgument, "the address holds a NUL character"}; }
    decoded.push_back(c);
  }
  return decoded;
}

Result<std::vector<QueryParameter>> parse_form(std::string_view text) {
  std::vector<QueryParameter> parameters;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) { continue; }
    if (parameters.size() == kQueryParametersMax) {
      return Error{ErrorCode::kInvalidArgument, "more than " + std::to_string(kQueryParametersMax) + " parameters"};
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    SF_TRY(name, percent_decode(pair.substr(0, equals), true));
    SF_TRY(value, percent_decode(pair.substr(std::min(equals + 1, pair.size())), true));
    parameters.push_back({std::move(name), std::move(value)});
  }
  return parameters;
}

Status parse_target(Request& request) {
  std::string_view target = request.target;
  // Absolute form (RFC 9112 §3.2.2): what proxies get.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.starts_with(scheme)) {
      const std::size_t slash = target.find('/', scheme.size());
      target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  SF_TRY(path, percent_decode(target.substr(0, question), false));
  SF_TRY(query, parse_form(target.substr(std::min(question + 1, target.size()))));
  request.path = std::move(path);
  request.query = std::move(query);
  return Ok{};
}

}  // namespace streamflow::server
