// Fuzzes the line protocol decoder against the plain reference: both must agree on every byte string.
// Run: ./run build fuzz line_protocol_fuzz && build/fuzz/line_protocol_fuzz -max_len=4096
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ingest/protocols/line_protocol.h"
#include "ingest/protocols/line_reference.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace streamflow::ingest;
  static LineProtocolDecoder decoder;
  const std::string body(reinterpret_cast<const char*>(data), size);
  LineProtocolOptions options;
  options.now = streamflow::timestamp_from_ns(1'700'000'000'000'000'000);
  options.errors_max = size + 1;
  // The reference's regular expressions recurse: it refuses tokens past 400 bytes, so longer input proves nothing.
  if (size > 400) { return 0; }
  const LineProtocolResult result = decoder.decode(body, options);
  const reference::Decoded expected = reference::decode(body, options);
  for (const streamflow::RowBatch& batch : result.batches) {
    if (!streamflow::validate(batch).has_value()) { std::abort(); }
  }
  if (reference::rows_of(result) != expected.rows || result.error_count != expected.errors.size()) { std::abort(); }
  return 0;
}
