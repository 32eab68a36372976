// The Arrow result: an IPC stream (application/vnd.apache.arrow.stream) of record batches of about 1 MiB.
// Format:     arrow_message.h; why this and not a library: docs/decisions/0001-arrow-ipc.md.
// Invariants: the schema follows from the column types alone; an empty result is a schema and the end mark.
// Threads:    as ResultEncoder.
// Errors:     as ResultEncoder and arrow_builder.h.
#pragma once

#include <memory>

#include "query/results/result_encoder.h"

namespace streamflow::query {

std::unique_ptr<ResultEncoder> make_arrow_encoder();

}  // namespace streamflow::query
