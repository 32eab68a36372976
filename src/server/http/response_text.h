// The bytes of a response's head and of chunks.
// Source:     RFC 9112 §4, §6, §7.
// Invariants: a header value never ends its line: CR, LF and NUL become spaces.
// Threads:    pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/http_types.h"

namespace streamflow::server {

struct ResponseFraming {
  bool keep_alive = true;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  std::string_view request_id;
  bool http_1_0 = false;
};

bool status_has_no_body(int status);  // 1xx, 204, 304
std::string response_head(const Response& response, const ResponseFraming& framing);
std::string chunk_head(std::size_t bytes);  // "1f4\r\n"
// IMF-fixdate, RFC 9110 §5.6.7; formatted once a second per thread.
const std::string& http_date_now();

}  // namespace streamflow::server
