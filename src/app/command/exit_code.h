// What the process says when it ends. Documented in docs/cli.md; scripts rely on the numbers: never change one.
#pragma once

#include "model/result.h"

namespace streamflow::app {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,        // the query, the import or a check failed
  kUsage = 2,         // wrong flags, arguments or configuration
  kConnection = 3,    // no server answers at the address
  kUnauthorized = 4,  // the server wants a key, or the key may not do this
  kDamaged = 5,       // doctor found lost or damaged data
  kPartial = 6,       // import: the good rows are stored, others were rejected
};

constexpr int to_int(ExitCode code) {
  return static_cast<int>(code);
}

// The code for an error that no server answered (files, the data folder, connections).
ExitCode exit_code_of(const Error& error);

}  // namespace streamflow::app
