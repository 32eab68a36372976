// How much a client wants a media type, by its Accept header.
// Source:     RFC 9110, section 12.5.1.
// Threads:    pure.
#pragma once

#include <string_view>

namespace streamflow::server {

// 0 when the client does not take it; an empty header takes everything.
double accepted_quality(std::string_view accept, std::string_view type);

}  // namespace streamflow::server
