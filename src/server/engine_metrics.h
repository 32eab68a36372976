// The page behind /metrics: process, HTTP, engine and queries.
// Threads:    any.
#pragma once

#include <string>

#include "server/route.h"

namespace streamflow::server {

std::string metrics_page(const Call& call);

}  // namespace streamflow::server
