#include "query/duckdb_errors.h"

#include <charconv>

#include "duckdb/common/exception.hpp"

namespace streamflow::query {

namespace {

using duckdb::ExceptionType;

constexpr const char* kCodeKey = "streamflow_code";

ErrorCode code_of(ExceptionType type) {
  switch (type) {
    case ExceptionType::OUT_OF_MEMORY:
    case ExceptionType::OBJECT_SIZE: return ErrorCode::kTooLarge;
    case ExceptionType::PERMISSION: return ErrorCode::kForbidden;
    case ExceptionType::INTERRUPT: return ErrorCode::kCancelled;
    case ExceptionType::IO: return ErrorCode::kIo;
    case ExceptionType::NOT_IMPLEMENTED: return ErrorCode::kUnsupported;
    case ExceptionType::FATAL:
    case ExceptionType::INTERNAL:
    case ExceptionType::NULL_POINTER:
    case ExceptionType::SERIALIZATION:
    case ExceptionType::INVALID: return ErrorCode::kInternal;
    default: return ErrorCode::kInvalidArgument;
  }
}

}  // namespace

void throw_as_duckdb(const Error& error) {
  const std::unordered_map<std::string, std::string> info{{kCodeKey, std::to_string(static_cast<int>(error.code))}};
  duckdb::unordered_map<duckdb::string, duckdb::string> extra(info.begin(), info.end());
  throw duckdb::Exception(extra, ExceptionType::IO, error.message);
}

Error error_from(duckdb::ErrorData error, const std::string& text) {
  const auto found = error.ExtraInfo().find(kCodeKey);
  if (found != error.ExtraInfo().end()) {
    int code = 0;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), code);
    return {static_cast<ErrorCode>(code), error.RawMessage()};
  }
  const ErrorCode code = code_of(error.Type());
  if (code == ErrorCode::kForbidden || code == ErrorCode::kCancelled) return {code, error.RawMessage()};
  error.AddErrorLocation(text);
  std::string message = error.Message();
  // A stack trace and advice to report a bug elsewhere help nobody who sent the statement.
  if (const auto cut = message.find("\n\nStack Trace:"); cut != std::string::npos) message.resize(cut);
  if (const auto cut = message.find("\nThis error signals"); cut != std::string::npos) message.resize(cut);
  if (const auto cut = message.find("\n\nPossible solutions:"); cut != std::string::npos) {
    message.resize(cut);
    message += ". The query needs more memory than it may use: narrow its time range, or aggregate more";
  }
  return {code, std::move(message)};
}

}  // namespace streamflow::query
