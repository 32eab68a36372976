// What the write routes share: what a request says beside its rows, its body undone, and our own answer.
// Threads:    any; no state.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ingest/body.h"
#include "ingest/pipeline/write_service.h"
#include "server/route.h"

namespace streamflow::server::routes {

struct WriteParameters {
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;  // our own surface only
  ingest::ContentEncoding encoding = ingest::ContentEncoding::kIdentity;
  storage::Producer producer;
};
// kInvalidArgument for a query parameter that is not among `known`: a misspelt one must not pass for none.
Status check_parameters(const Call& call, std::span<const std::string_view> known);
Result<WriteParameters> write_parameters_of(const Call& call);

// The body without its Content-Encoding; `decompressed` keeps it where there was one.
Result<std::string_view> body_of(const Call& call, ingest::ContentEncoding encoding, std::string& decompressed);

// 200 with a receipt, or 422 when there were rows and none could be stored. `noun`: "line" or "row".
Response own_answer(const Call& call, const ingest::WriteOutcome& outcome, std::string_view noun);
// An encoding or media type that nobody here knows is 415, not 422.
Response own_failure(const Call& call, const Error& error);

void add_position(Response& response, const ingest::WriteOutcome& outcome);

}  // namespace streamflow::server::routes
