// Fuzzes the Arrow stream decoder: whatever comes out is a valid batch, within the memory it was given.
// Run: ./run build fuzz arrow_stream_fuzz && build/fuzz/arrow_stream_fuzz -max_len=16384 CORPUS
// tests/golden/arrow_write
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ingest/protocols/arrow_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace streamflow::ingest;
  const std::string stream(reinterpret_cast<const char*>(data), size);
  ArrowStreamOptions options;
  options.table = "t";
  options.decompressed_bytes_max = 1U << 20U;
  options.columns_bytes_max = 4U << 20U;
  if (size % 2 == 1) { options.tags = {"host"}; }
  const auto result = decode_arrow_stream(stream, options);
  if (!result.has_value()) { return 0; }
  if (!streamflow::validate(result->batch).has_value()) { std::abort(); }
  if (!result->row_of.empty() && result->row_of.size() != result->batch.row_count()) { std::abort(); }
  return 0;
}
