// An Idempotency-Key header as the engine's Producer, so that a retried write counts once.
// Format:     `<producer>/<epoch>/<sequence>`: a stream of writes, in order; sequence 1, 2, … within an epoch.
//             Anything else: one opaque key for one write. At most kIdempotencyKeyBytesMax bytes of printable ASCII.
// Invariants: keys of different callers or projects never meet.
// Threads:    pure.
// Errors:     kInvalidArgument.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "model/schema.h"
#include "storage/wal/log_record.h"

namespace streamflow::server {

inline constexpr std::size_t kIdempotencyKeyBytesMax = 128;

// `caller`: an API key's id, or "local".
Result<storage::Producer> producer_of(std::string_view header, std::string_view caller, const ProjectName& project);

}  // namespace streamflow::server
