// Any bytes as a record's payload: no crash, bounded memory, and what decodes is valid and survives a round trip.
#include <cstdlib>

#include "storage/wal/log_record.h"
#include "storage/wal/log_record_test_data.h"

using namespace streamflow::storage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = decode_record(std::as_bytes(std::span(data, size)));
  if (!decoded.has_value()) { return 0; }
  if (!check_record(*decoded).has_value()) { std::abort(); }
  const auto again = decode_record(encode_record(*decoded));
  if (!again.has_value() || !testing::same(*decoded, *again)) { std::abort(); }
  return 0;
}
