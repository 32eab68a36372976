// A DuckDB of its own for reading the user's files: in memory, no network, no extensions but those linked in.
// Invariants: the only place that sees DuckDB's connection; external access is on, so it must never run another's SQL:
//             every statement is written by file_reader_*.cpp and quotes what it takes from the file or the user.
// Threads:    one; DuckDB reads the file with threads of its own.
// Errors:     kIo when the file cannot be read, kInvalidArgument when it is not what its name says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "query/results/result_encoder.h"

namespace streamflow::query {

using TextRow = std::vector<std::optional<std::string>>;  // nullopt is NULL

class FileSession {
 public:
  static Result<std::unique_ptr<FileSession>> open();
  ~FileSession();

  // A small result, its values as text.
  Result<std::vector<TextRow>> query(const std::string& sql);

  // A large result, chunk by chunk; one at a time, and no query() before its end.
  Status start(const std::string& sql);
  const std::vector<std::string>& names() const;
  const LogicalTypes& types() const;
  // The next chunk, valid until the call after; nullptr at the end.
  Result<duckdb::DataChunk*> fetch();

 private:
  struct State;
  explicit FileSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

std::string quoted_identifier(std::string_view name);  // "a""b"
std::string quoted_literal(std::string_view text);     // 'a''b'

}  // namespace streamflow::query
