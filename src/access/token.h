// The text form of an API key and what is stored of it.
// Format:     sfk_<id, 12 base32 characters>_<secret, 43 base64url characters>: 60 bytes, fixed positions.
// Threads:    pure, but for new_token(), which asks the operating system for randomness.
// Errors:     kIo when the operating system has no randomness to give.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace streamflow::access {

struct Token {
  std::string id, secret;
};

inline constexpr std::string_view kTokenPrefix = "sfk_";
inline constexpr std::size_t kTokenIdLength = 12;      // 60 bits
inline constexpr std::size_t kTokenSecretLength = 43;  // 256 bits as base64url without padding

using SecretHash = std::array<unsigned char, 32>;

Result<Token> new_token();
std::string to_string(const Token& token);
std::optional<Token> parse_token(std::string_view text);

// HMAC-SHA-256 with the pepper as key.
SecretHash hash_secret(std::string_view pepper, std::string_view secret);
std::string to_hex(const SecretHash& hash);
std::optional<SecretHash> hash_from_hex(std::string_view hex);
// Takes the same time whatever the bytes are.
bool equal(const SecretHash& a, const SecretHash& b);

// `count` bytes from the operating system.
Result<std::string> random_bytes(std::size_t count);

}  // namespace streamflow::access
