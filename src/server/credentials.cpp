#include "server/credentials.h"

#include <algorithm>

namespace streamflow::server {
namespace {

std::optional<std::string> decode_base64(std::string_view text) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('=')) { text.remove_suffix(1); }
  std::string bytes;
  std::uint32_t window = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) { return std::nullopt; }
    window = (window << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((window >> held) & 0xffU));
    }
  }
  return bytes;
}

std::optional<std::string> key_of_authorization(std::string_view value) {
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos) { return std::string(); }
  const std::string_view scheme = value.substr(0, space);
  std::string_view rest = value.substr(space);
  while (rest.starts_with(' ')) { rest.remove_prefix(1); }
  if (equal_ignoring_case(scheme, "Bearer") || equal_ignoring_case(scheme, "Token")) { return std::string(rest); }
  if (!equal_ignoring_case(scheme, "Basic")) { return std::string(); }
  const std::optional<std::string> pair = decode_base64(rest);
  if (!pair.has_value()) { return std::string(); }
  const std::size_t colon = pair->find(':');
  return colon == std::string::npos ? std::string() : pair->substr(colon + 1);
}

// "http://localhost:3000" → "localhost:3000"
std::string_view host_of_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

bool is_ipv4_loopback(std::string_view host) {
  const bool numeric = std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return numeric && host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3;
}

}  // namespace

std::optional<std::string> offered_key(const Request& request, Surface surface) {
  if (const auto authorization = request.header("Authorization"); authorization.has_value()) {
    return key_of_authorization(*authorization);
  }
  if (surface == Surface::kInfluxV1) {
    if (const auto password = request.parameter("p"); password.has_value()) { return std::string(*password); }
  }
  return std::nullopt;
}

bool names_loopback(std::string_view host_and_port) {
  if (host_and_port.starts_with('[')) { return host_and_port.substr(0, host_and_port.find(']') + 1) == "[::1]"; }
  std::string_view host = host_and_port.substr(0, host_and_port.find(':'));
  if (host.ends_with('.')) { host.remove_suffix(1); }
  constexpr std::string_view kSuffix = ".localhost";  // RFC 6761 §6.3
  const bool below =
      host.size() > kSuffix.size() && equal_ignoring_case(host.substr(host.size() - kSuffix.size()), kSuffix);
  return equal_ignoring_case(host, "localhost") || below || is_ipv4_loopback(host);
}

bool is_loopback_address(std::string_view host) {
  return host == "localhost" || host == "::1" || is_ipv4_loopback(host);
}

Status check_local_caller(const Request& request) {
  for (const Header& header : request.headers) {
    if (equal_ignoring_case(header.name, "Host") && !names_loopback(header.value)) {
      return Error{ErrorCode::kForbidden,
                   "without API keys this server answers to localhost alone, the request names another host: use "
                   "http://localhost, or create a key (`streamflow key create`)"};
    }
    const bool foreign_origin =
        equal_ignoring_case(header.name, "Origin") && !names_loopback(host_of_origin(header.value));
    const bool foreign_site =
        equal_ignoring_case(header.name, "Sec-Fetch-Site") && equal_ignoring_case(header.value, "cross-site");
    if (foreign_origin || foreign_site) {
      return Error{ErrorCode::kForbidden,
                   "without API keys this server takes no requests from web pages of other origins: create a key "
                   "(`streamflow key create`)"};
    }
  }
  return Ok{};
}

}  // namespace streamflow::server
