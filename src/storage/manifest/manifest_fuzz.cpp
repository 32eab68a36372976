// Any bytes as a manifest, as they are and as a body under good checksums: what decodes survives a round trip.
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "encoding/crc32c.h"
#include "storage/manifest/manifest.h"

using namespace streamflow::storage;

namespace {

void decode_and_compare(std::span<const std::byte> bytes) {
  const auto decoded = decode_manifest(bytes);
  if (!decoded.has_value()) { return; }
  const auto again = decode_manifest(encode_manifest(*decoded));
  if (!again.has_value() || !(*again == *decoded)) { std::abort(); }
}

template <class Integer>
void put(std::vector<std::byte>& bytes, std::size_t at, Integer value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  decode_and_compare(input);
  std::vector<std::byte> bytes = encode_manifest({});
  bytes.resize(64);
  bytes.insert(bytes.end(), input.begin(), input.end());
  put(bytes, 24, std::uint64_t{size});
  put(bytes, 32, streamflow::encoding::crc32c(input));
  put(bytes, 60, streamflow::encoding::crc32c(std::span(bytes).first(60)));
  decode_and_compare(bytes);
  return 0;
}
