// Result<T>: a value, or an Error that says what failed, where, and how to mend it. Nothing in StreamFlow throws.
// Threads: values.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace streamflow {

enum class ErrorCode : std::uint8_t {
  kInvalidArgument,  // the caller's input is wrong; the message says where
  kNotFound,
  kAlreadyExists,
  kConflict,  // with what is stored: another type, another policy
  kUnauthenticated,
  kForbidden,
  kTooLarge,     // a limit on size; the message names it
  kOverloaded,   // try again later
  kUnavailable,  // this part cannot serve now (shutting down, shard stopped)
  kCancelled,
  kTimeout,
  kCorrupt,  // stored bytes fail their checksum or their format
  kIo,       // the operating system refused
  kUnsupported,
  kInternal,
};

std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value.
struct Ok {};
using Status = Result<Ok>;

// Prefixes an error with where it happened; once per layer.
Error with_context(Error error, std::string_view where);

}  // namespace streamflow

#define SF_CONCAT_INNER(a, b) a##b
#define SF_CONCAT(a, b) SF_CONCAT_INNER(a, b)
// `SF_TRY(file, open(path));` declares `file`, or returns the error from this function.
#define SF_TRY(name, expr)                                                     \
  auto name##_result = (expr);                                                 \
  if (!name##_result.has_value()) { return std::move(name##_result).error(); } \
  auto& name = name##_result.value()
// The same for a Status, or where the value is not wanted.
#define SF_CHECK(expr)                                                                            \
  do {                                                                                            \
    if (auto sf_status = (expr); !sf_status.has_value()) { return std::move(sf_status).error(); } \
  } while (false)
