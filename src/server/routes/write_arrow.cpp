// Arrow IPC streams over HTTP.
#include <algorithm>
#include <array>
#include <utility>

#include "ingest/protocols/arrow_stream.h"
#include "server/routes/handlers.h"
#include "server/routes/write_exchange.h"

namespace streamflow::server::routes {
namespace {

constexpr std::string_view kMediaType = "application/vnd.apache.arrow.stream";

Status check_media_type(const Call& call) {
  const auto header = call.request.header("Content-Type");
  if (!header.has_value()) { return Ok{}; }
  std::string_view type = header->substr(0, header->find(';'));
  while (type.ends_with(' ')) { type.remove_suffix(1); }
  if (equal_ignoring_case(type, kMediaType)) { return Ok{}; }
  return Error{ErrorCode::kUnsupported,
               "Content-Type is \"" + std::string(type.substr(0, 128)) + "\": send " + std::string(kMediaType)};
}

// "a,b" as {"a", "b"}; a name with a comma in it cannot be said.
std::vector<std::string> names_of(const Call& call, std::string_view parameter) {
  std::vector<std::string> names;
  for (const QueryParameter& given : call.request.query) {
    if (given.name != parameter) { continue; }
    std::string_view left = given.value;
    while (!left.empty()) {
      const std::string_view name = left.substr(0, left.find(','));
      if (!name.empty()) { names.emplace_back(name); }
      left.remove_prefix(std::min(left.size(), name.size() + 1));
    }
  }
  return names;
}

constexpr std::array<std::string_view, 6> kParameters{"table", "tags", "fields", "time", "duplicates", "project"};

Result<ingest::WriteOutcome> store(Call& call) {
  SF_CHECK(check_parameters(call, kParameters));
  SF_CHECK(check_media_type(call));
  SF_TRY(write, write_parameters_of(call));
  ingest::ArrowStreamOptions options;
  options.table = call.request.parameter("table").value_or("");
  if (options.table.empty()) {
    return Error{ErrorCode::kInvalidArgument, "the parameter `table` is missing: it names the table to write to"};
  }
  if (call.request.parameter("tags").has_value()) { options.tags = names_of(call, "tags"); }
  options.fields = names_of(call, "fields");
  options.time = call.request.parameter("time").value_or("");
  options.duplicates = write.duplicates;
  options.decompressed_bytes_max = call.options.body_bytes_max;
  if (call.services.table) { options.stored_table = call.services.table(call.project, options.table); }
  std::string decompressed;
  SF_TRY(body, body_of(call, write.encoding, decompressed));
  SF_TRY(decoded, ingest::decode_arrow_stream(body, options));
  return ingest::WriteService(call.services.write).write(call.project, std::move(decoded), std::move(write.producer));
}

}  // namespace

Response write_arrow(Call& call) {
  const auto outcome = store(call);
  return outcome ? own_answer(call, *outcome, "row") : own_failure(call, outcome.error());
}

}  // namespace streamflow::server::routes
