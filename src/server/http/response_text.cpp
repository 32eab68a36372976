#include "server/http/response_text.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

namespace streamflow::server {
namespace {

void append_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ");
  const std::size_t start = text.size();
  text.append(value);
  for (std::size_t i = start; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n' || text[i] == '\0') { text[i] = ' '; }
  }
  text.append("\r\n");
}

}  // namespace

bool status_has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

std::string response_head(const Response& response, const ResponseFraming& framing) {
  std::string text;
  text.reserve(256);
  fmt::format_to(std::back_inserter(text), "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_header(text, "Server", "streamflow");
  append_header(text, "Date", http_date_now());
  append_header(text, "X-Request-Id", framing.request_id);
  for (const Header& header : response.headers) { append_header(text, header.name, header.value); }
  if (framing.content_length.has_value()) {
    fmt::format_to(std::back_inserter(text), "Content-Length: {}\r\n", *framing.content_length);
  }
  if (framing.chunked) { text.append("Transfer-Encoding: chunked\r\n"); }
  if (!framing.keep_alive) {
    text.append("Connection: close\r\n");
  } else if (framing.http_1_0) {
    text.append("Connection: keep-alive\r\n");
  }
  text.append("\r\n");
  return text;
}

std::string chunk_head(std::size_t bytes) {
  return fmt::format("{:x}\r\n", bytes);
}

const std::string& http_date_now() {
  thread_local std::time_t formatted_for = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != formatted_for) {
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                       utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    formatted_for = now;
  }
  return text;
}

}  // namespace streamflow::server
