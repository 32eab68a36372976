#include "app/command/exit_code.h"

namespace streamflow::app {

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnsupported: return ExitCode::kUsage;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kOverloaded: return ExitCode::kConnection;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kForbidden: return ExitCode::kUnauthorized;
    case ErrorCode::kCorrupt: return ExitCode::kDamaged;
    default: return ExitCode::kFailed;
  }
}

}  // namespace streamflow::app
