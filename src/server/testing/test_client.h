// A deliberately plain HTTP/1.1 client for tests: sends the bytes it is told to, parses answers strictly.
// Threads:    one at a time.
// Errors:     a broken or missing answer has status 0 and says why in `problem`.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http_types.h"

namespace streamflow::server::testing {

struct Answer {
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  bool complete = false;  // the body ended as announced
  std::string problem;

  std::string header(std::string_view name) const {
    for (const Header& header : headers) {
      if (equal_ignoring_case(header.name, name)) { return header.value; }
    }
    return "";
  }
};

class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval patience{30, 0};  // so that a broken server fails a test instead of hanging it
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) { ::close(std::exchange(fd_, -1)); }
  }
  void finish_sending() const { ::shutdown(fd_, SHUT_WR); }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) { return false; }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // `head_only` for the answer to HEAD. Skips 100 Continue unless asked not to.
  Answer receive(bool head_only = false) {
    Answer answer;
    std::string line;
    if (!read_line(line)) { return failed("no answer"); }
    if (!line.starts_with("HTTP/1.1 ") || line.size() < 12) { return failed("no status line: " + line); }
    answer.status = std::atoi(line.c_str() + 9);
    while (read_line(line) && !line.empty()) {
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) { return failed("no header: " + line); }
      answer.headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
    }
    if (head_only || answer.status == 204 || answer.status == 100) {
      answer.complete = true;
      return answer;
    }
    if (equal_ignoring_case(answer.header("Transfer-Encoding"), "chunked")) {
      read_chunks(answer);
    } else if (const std::string length = answer.header("Content-Length"); !length.empty()) {
      answer.complete = read_exactly(std::strtoul(length.c_str(), nullptr, 10), answer.body);
    } else {
      read_to_end(answer.body);
      answer.complete = true;
    }
    return answer;
  }

  Answer exchange(std::string_view request) {
    if (!send(request)) { return failed("cannot send"); }
    return receive(request.starts_with("HEAD "));
  }

  // True when the server has closed the connection and nothing is left to read.
  bool at_end() { return pending_.empty() && !more(); }

 private:
  static Answer failed(std::string problem) {
    Answer answer;
    answer.problem = std::move(problem);
    return answer;
  }
  bool more() {
    char bytes[65536];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) { return false; }
    pending_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  bool read_line(std::string& line) {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n")) == std::string::npos) {
      if (!more()) { return false; }
    }
    line = pending_.substr(0, end);
    pending_.erase(0, end + 2);
    return true;
  }
  bool read_exactly(std::size_t count, std::string& bytes) {
    while (pending_.size() < count) {
      if (!more()) { return false; }
    }
    bytes.append(pending_, 0, count);
    pending_.erase(0, count);
    return true;
  }
  void read_to_end(std::string& bytes) {
    while (more()) {}
    bytes.append(std::exchange(pending_, {}));
  }
  void read_chunks(Answer& answer) {
    std::string line;
    while (read_line(line)) {
      const std::size_t size = std::strtoul(line.c_str(), nullptr, 16);
      if (!read_exactly(size, answer.body) || !read_line(line) || !line.empty()) { return; }
      if (size == 0) {
        answer.complete = true;
        return;
      }
    }
  }

  int fd_;
  bool connected_ = false;
  std::string pending_;
};

// "METHOD path" with a Host header and, when given, a body of known length.
inline std::string request_text(std::string_view method, std::string_view target, std::string_view body = {},
                                std::string_view headers = {}) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  if (!body.empty() || method == "POST") { text.append("Content-Length: " + std::to_string(body.size()) + "\r\n"); }
  return text.append("\r\n").append(body);
}

}  // namespace streamflow::server::testing
