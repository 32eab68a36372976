// The way from decoded rows to the storage engine, the same for every protocol: write, then say by line what was
// refused. Source:     storage/engine/engine.h for what the engine refuses; protocols.md §0.3 for what an answer must
// say. Invariants: a line (a row, of an Arrow stream) is counted once: stored or dropped. `rejected` is ordered by line
// and holds at most kRejectedMax lines. Threads:    const; may be called from any thread when the engine may. Errors:
// what the engine answers (kOverloaded, kUnavailable, ...); then no row of the call is acknowledged. Rows that
//             the engine or the decoder refuses one by one are no error: they are in the outcome.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ingest/protocols/arrow_stream.h"
#include "ingest/protocols/line_protocol.h"
#include "model/result.h"
#include "model/schema.h"
#include "storage/engine/engine.h"

namespace streamflow::ingest {

struct WriteOutcome {
  std::uint64_t rows_stored = 0, points_stored = 0;
  std::uint64_t lines_dropped = 0;
  std::vector<LineError> rejected;  // the first of them; `text` is empty where the engine refused
  bool duplicate = false;           // a retry of what is stored already
  std::string position;             // a read that waits for it sees these rows

  bool complete() const { return lines_dropped == 0; }
};

class WriteService {
 public:
  static constexpr std::size_t kRejectedMax = 100;
  using Engine = std::function<Result<storage::WriteReceipt>(storage::WriteRequest)>;

  explicit WriteService(Engine engine) : engine_(std::move(engine)) {}

  // Blocks until the rows are durable. A body without a good line does not reach the engine.
  Result<WriteOutcome> write(const ProjectName& project, LineProtocolResult decoded, storage::Producer producer) const;
  // The same for the rows of an Arrow stream: `line` is then the row, from 0.
  Result<WriteOutcome> write(const ProjectName& project, ArrowStreamResult decoded, storage::Producer producer) const;

 private:
  // Which line (or row of a stream) a row of a batch came from; nullopt when there is no such row.
  using LineOfRow = std::function<std::optional<std::uint64_t>(std::size_t batch, std::uint32_t row)>;
  Result<WriteOutcome> store(storage::WriteRequest request, WriteOutcome decoded, const LineOfRow& line_of) const;

  Engine engine_;
};

}  // namespace streamflow::ingest
