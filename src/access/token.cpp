#include "access/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>

namespace streamflow::access {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648 §6, in lower case
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";  // §5
constexpr std::string_view kHex = "0123456789abcdef";

// Spells the first `length` groups of `bits_per_character` bits, most significant first; the last may be short of bits.
std::string spell(std::string_view bytes, std::string_view alphabet, unsigned bits_per_character, std::size_t length) {
  std::string text;
  std::uint32_t window = 0;
  unsigned held = 0;
  std::size_t next = 0;
  while (text.size() < length) {
    while (held < bits_per_character) {
      const unsigned char byte = next < bytes.size() ? static_cast<unsigned char>(bytes[next]) : 0;
      window = (window << 8U) | byte;
      held += 8;
      ++next;
    }
    held -= bits_per_character;
    text.push_back(alphabet[(window >> held) & ((1U << bits_per_character) - 1U)]);
  }
  return text;
}

bool spelled_with(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

}  // namespace

Result<std::string> random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    return Error{ErrorCode::kIo, "the operating system gave no random bytes"};
  }
  return bytes;
}

Result<Token> new_token() {
  SF_TRY(id, random_bytes(8));
  SF_TRY(secret, random_bytes(32));
  return Token{spell(id, kBase32, 5, kTokenIdLength), spell(secret, kBase64Url, 6, kTokenSecretLength)};
}

std::string to_string(const Token& token) {
  return std::string(kTokenPrefix) + token.id + "_" + token.secret;
}

std::optional<Token> parse_token(std::string_view text) {
  constexpr std::size_t separator = kTokenPrefix.size() + kTokenIdLength;
  if (text.size() != separator + 1 + kTokenSecretLength) { return std::nullopt; }
  if (!text.starts_with(kTokenPrefix) || text[separator] != '_') { return std::nullopt; }
  const std::string_view id = text.substr(kTokenPrefix.size(), kTokenIdLength);
  const std::string_view secret = text.substr(separator + 1);
  if (!spelled_with(id, kBase32) || !spelled_with(secret, kBase64Url)) { return std::nullopt; }
  return Token{std::string(id), std::string(secret)};
}

SecretHash hash_secret(std::string_view pepper, std::string_view secret) {
  SecretHash hash{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), pepper.data(), static_cast<int>(pepper.size()),
       reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), hash.data(), &length);
  return hash;
}

std::string to_hex(const SecretHash& hash) {
  std::string text;
  for (const unsigned char byte : hash) {
    text.push_back(kHex[byte >> 4U]);
    text.push_back(kHex[byte & 15U]);
  }
  return text;
}

std::optional<SecretHash> hash_from_hex(std::string_view hex) {
  SecretHash hash{};
  if (hex.size() != hash.size() * 2) { return std::nullopt; }
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const std::size_t high = kHex.find(hex[2 * i]);
    const std::size_t low = kHex.find(hex[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) { return std::nullopt; }
    hash[i] = static_cast<unsigned char>(high << 4U | low);
  }
  return hash;
}

bool equal(const SecretHash& a, const SecretHash& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace streamflow::access
