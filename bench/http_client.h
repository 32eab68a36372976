// A small HTTP/1.1 client over one kept-alive connection, with blocking POSIX sockets: cheap enough to load a server
// from the same machine. Source:     RFC 9112; bodies by Content-Length or chunked. Threads:    an object belongs to
// one thread. Errors:     kIo with errno's text, kInvalidArgument for an address or an answer that is none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "model/result.h"

namespace streamflow::bench {

struct HttpUrl {
  std::string host;
  std::string port;
};
// http://host[:port][/]
Result<HttpUrl> parse_url(std::string_view url);

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpClient {
 public:
  HttpClient(HttpUrl url, std::string token) : url_(std::move(url)), token_(std::move(token)) {}
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Connects when needed; `headers` are lines with their CRLF.
  Result<HttpReply> request(std::string_view method, std::string_view path, std::string_view headers,
                            std::string_view body);

 private:
  Status connect();
  Status send_all(std::string_view head, std::string_view body);
  Result<HttpReply> read_reply();
  Status read_more();
  Result<std::string> take_line();
  Result<std::string> take(std::size_t bytes);
  Result<std::string> take_chunks();
  void close();

  HttpUrl url_;
  std::string token_;
  int socket_ = -1;
  std::string received_;  // not yet taken
};

}  // namespace streamflow::bench
