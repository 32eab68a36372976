#include "http_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace streamflow::bench {
namespace {

Error system_error(std::string_view what) {
  return {ErrorCode::kIo, std::string(what) + ": " + std::strerror(errno)};
}

Result<std::size_t> parse_size(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) {
    return Error{ErrorCode::kInvalidArgument, "not a length: " + std::string(text)};
  }
  return value;
}

}  // namespace

Result<HttpUrl> parse_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) { return Error{ErrorCode::kInvalidArgument, "the URL must start with http://"}; }
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('/'));
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos) { return HttpUrl{std::string(url), "80"}; }
  return HttpUrl{std::string(url.substr(0, colon)), std::string(url.substr(colon + 1))};
}

HttpClient::~HttpClient() {
  close();
}

void HttpClient::close() {
  if (socket_ >= 0) { ::close(socket_); }
  socket_ = -1;
  received_.clear();
}

Status HttpClient::connect() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int status = getaddrinfo(url_.host.c_str(), url_.port.c_str(), &hints, &found); status != 0) {
    return Error{ErrorCode::kInvalidArgument, "cannot resolve " + url_.host + ": " + gai_strerror(status)};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    socket_ = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
    if (socket_ >= 0 && ::connect(socket_, address->ai_addr, address->ai_addrlen) == 0) {
      const int on = 1;
      setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return Ok{};
    }
    const Error error = system_error("cannot connect to " + url_.host + ":" + url_.port);
    close();
    if (address->ai_next == nullptr) { return error; }
  }
  return Error{ErrorCode::kInvalidArgument, "no address for " + url_.host};
}

Status HttpClient::send_all(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    iovec parts[2] = {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t sent = sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) { continue; }
    if (sent < 0) { return system_error("cannot send"); }
    const std::size_t of_head = std::min(head.size(), static_cast<std::size_t>(sent));
    head.remove_prefix(of_head);
    body.remove_prefix(static_cast<std::size_t>(sent) - of_head);
  }
  return Ok{};
}

Result<HttpReply> HttpClient::request(std::string_view method, std::string_view path, std::string_view headers,
                                      std::string_view body) {
  if (socket_ < 0) { SF_CHECK(connect()); }
  std::string head =
      std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: " + url_.host + ":" + url_.port + "\r\n";
  if (!token_.empty()) { head += "Authorization: Token " + token_ + "\r\n"; }
  head += std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const Status sent = send_all(head, body);
  // A server may refuse a body before it has read it all: its answer says why, the broken pipe does not.
  Result<HttpReply> reply = read_reply();
  if (!reply.has_value()) {
    close();
    return sent.has_value() ? reply.error() : sent.error();
  }
  if (const auto connection = reply->headers.find("connection");
      !sent.has_value() || (connection != reply->headers.end() && connection->second == "close")) {
    close();
  }
  return reply;
}

Status HttpClient::read_more() {
  char bytes[16384];
  for (;;) {
    const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EINTR) { continue; }
    if (got < 0) { return system_error("cannot receive"); }
    if (got == 0) { return Error{ErrorCode::kIo, "the server closed the connection"}; }
    received_.append(bytes, static_cast<std::size_t>(got));
    return Ok{};
  }
}

Result<std::string> HttpClient::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) { SF_CHECK(read_more()); }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return line;
}

Result<std::string> HttpClient::take(std::size_t bytes) {
  while (received_.size() < bytes) { SF_CHECK(read_more()); }
  std::string taken = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return taken;
}

Result<std::string> HttpClient::take_chunks() {
  std::string body;
  for (;;) {
    SF_TRY(line, take_line());
    SF_TRY(bytes, parse_size(line, 16));
    if (bytes == 0) { break; }
    SF_TRY(chunk, take(bytes));
    body += chunk;
    SF_CHECK(take(2));
  }
  for (;;) {  // trailers
    SF_TRY(line, take_line());
    if (line.empty()) { return body; }
  }
}

Result<HttpReply> HttpClient::read_reply() {
  HttpReply reply;
  SF_TRY(status_line, take_line());
  if (!status_line.starts_with("HTTP/1.") || status_line.size() < 12) {
    return Error{ErrorCode::kInvalidArgument, "not an HTTP answer: " + status_line.substr(0, 80)};
  }
  SF_TRY(status, parse_size(std::string_view(status_line).substr(9, 3), 10));
  reply.status = static_cast<int>(status);
  for (;;) {
    SF_TRY(line, take_line());
    if (line.empty()) { break; }
    const std::size_t colon = std::min(line.find(':'), line.size());
    std::string name = line.substr(0, colon);
    for (char& c : name) { c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    reply.headers[name] = value == std::string::npos ? "" : line.substr(value);
  }
  if (reply.status == 100) { return read_reply(); }
  if (reply.status == 204 || reply.status == 304) { return reply; }
  if (reply.headers["transfer-encoding"] == "chunked") {
    SF_TRY(body, take_chunks());
    reply.body = std::move(body);
  } else if (const std::string length = reply.headers["content-length"]; !length.empty()) {
    SF_TRY(bytes, parse_size(length, 10));
    SF_TRY(body, take(bytes));
    reply.body = std::move(body);
  }
  return reply;
}

}  // namespace streamflow::bench
