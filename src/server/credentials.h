// Who is calling: the key in a request, and whether a browser page of another origin may be behind it.
// Source:     RFC 6750 (Bearer), RFC 7617 (Basic), InfluxDB v1 (?u=&p=) and v2 (Token).
// Threads:    pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"
#include "server/http_types.h"
#include "server/problem.h"

namespace streamflow::server {

// The key's text, unchecked; nothing when the request carries none. `?p=` counts on the v1 surface only.
std::optional<std::string> offered_key(const Request& request, Surface surface);

// "localhost", "127.0.0.1:8080", "[::1]", "x.localhost": names that only this machine resolves to itself.
bool names_loopback(std::string_view host_and_port);
// "127.0.0.1", "::1", "localhost": an address to listen on that other machines cannot reach.
bool is_loopback_address(std::string_view host);

// Without keys the only protection is that nobody else reaches the port. A web page could, through the user's browser:
// by a name it made resolve to 127.0.0.1 (DNS rebinding: its Host is no loopback name), or by posting across origins
// (its Origin is not). kForbidden for both.
Status check_local_caller(const Request& request);

}  // namespace streamflow::server
