#include "server/idempotency.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace streamflow::server {
namespace {

constexpr std::size_t kProducerIdBytesMax = 255;  // storage::Producer's

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) { return std::nullopt; }
  return value;
}

// Long project names: SHA-256 instead of the text, so that two of them never meet.
std::string shortened(std::string id) {
  if (id.size() <= kProducerIdBytesMax) { return id; }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(id.data()), id.size(), hash.data());
  std::string text = "sha256:";
  for (const unsigned char byte : hash) {
    text.push_back("0123456789abcdef"[byte >> 4U]);
    text.push_back("0123456789abcdef"[byte & 15U]);
  }
  return text;
}

}  // namespace

Result<storage::Producer> producer_of(std::string_view header, std::string_view caller, const ProjectName& project) {
  const bool printable = std::all_of(header.begin(), header.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (header.empty() || header.size() > kIdempotencyKeyBytesMax || !printable) {
    return Error{ErrorCode::kInvalidArgument,
                 "an Idempotency-Key is 1 to 128 printable ASCII characters without spaces: a fresh UUID, or "
                 "<producer>/<epoch>/<sequence>"};
  }
  const std::string scope = std::string(caller) + "|" + to_string(project) + "|";
  storage::Producer producer;
  const std::size_t last = header.rfind('/');
  const std::size_t middle = last == std::string_view::npos || last == 0 ? last : header.rfind('/', last - 1);
  if (last != std::string_view::npos && middle != std::string_view::npos && middle > 0 && middle < last) {
    const auto epoch = whole_number(header.substr(middle + 1, last - middle - 1));
    const auto sequence = whole_number(header.substr(last + 1));
    if (epoch.has_value() && sequence.has_value()) {
      if (*sequence == 0) {
        return Error{ErrorCode::kInvalidArgument, "the sequence of an Idempotency-Key counts from 1"};
      }
      // "s" and "o" keep a stream and an opaque key of the same text apart.
      return storage::Producer{shortened("s|" + scope + std::string(header.substr(0, middle))), *epoch, *sequence};
    }
  }
  return storage::Producer{shortened("o|" + scope + std::string(header)), 0, 1};
}

}  // namespace streamflow::server
