#include "ingest/pipeline/write_service.h"

#include <algorithm>
#include <utility>

namespace streamflow::ingest {
namespace {

std::optional<std::uint64_t> number_at(const std::vector<std::uint64_t>& numbers, std::uint32_t row) {
  return row < numbers.size() ? std::optional(numbers[row]) : std::nullopt;
}

// One entry for each line the engine refused, until `lines` is long enough to hold the earliest kRejectedMax of them.
void add_rejected(std::vector<std::uint64_t> numbers, const std::string& reason, std::vector<LineError>& lines) {
  const std::size_t wanted = std::min(numbers.size(), WriteService::kRejectedMax);
  std::partial_sort(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(wanted), numbers.end());
  for (std::size_t i = 0; i < wanted; ++i) { lines.push_back({numbers[i], {}, reason, LineErrorKind::kUnprocessable}); }
}

}  // namespace

Result<WriteOutcome> WriteService::store(storage::WriteRequest request, WriteOutcome outcome,
                                         const LineOfRow& line_of) const {
  if (!request.batches.empty()) {
    SF_TRY(receipt, engine_(std::move(request)));
    outcome.rows_stored = receipt.rows;
    outcome.points_stored = receipt.points;
    outcome.duplicate = receipt.duplicate;
    outcome.position = std::move(receipt.position);
    for (const storage::RejectedRows& refused : receipt.rejected) {
      outcome.lines_dropped += refused.rows.size();
      std::vector<std::uint64_t> numbers;
      for (const std::uint32_t row : refused.rows) {
        if (const auto line = line_of(refused.batch, row)) { numbers.push_back(*line); }
      }
      add_rejected(std::move(numbers), refused.reason, outcome.rejected);
    }
  }
  std::stable_sort(outcome.rejected.begin(), outcome.rejected.end(),
                   [](const LineError& a, const LineError& b) { return a.line < b.line; });
  if (outcome.rejected.size() > kRejectedMax) { outcome.rejected.resize(kRejectedMax); }
  return outcome;
}

Result<WriteOutcome> WriteService::write(const ProjectName& project, LineProtocolResult decoded,
                                         storage::Producer producer) const {
  WriteOutcome outcome;
  outcome.lines_dropped = decoded.error_count;
  outcome.rejected = std::move(decoded.errors);
  const auto line_of = [&](std::size_t batch, std::uint32_t row) {
    return batch < decoded.line_of_row.size() ? number_at(decoded.line_of_row[batch], row) : std::nullopt;
  };
  return store({project, std::move(decoded.batches), std::move(producer)}, std::move(outcome), line_of);
}

Result<WriteOutcome> WriteService::write(const ProjectName& project, ArrowStreamResult decoded,
                                         storage::Producer producer) const {
  WriteOutcome outcome;
  outcome.lines_dropped = decoded.error_count;
  for (ArrowRowError& error : decoded.errors) {
    outcome.rejected.push_back({error.row, {}, std::move(error.reason), LineErrorKind::kUnprocessable});
  }
  const auto row_of = [&](std::size_t, std::uint32_t row) {
    return decoded.row_of.empty() ? std::optional<std::uint64_t>(row) : number_at(decoded.row_of, row);
  };
  storage::WriteRequest request{project, {}, std::move(producer)};
  if (decoded.batch.row_count() > 0) { request.batches.push_back(std::move(decoded.batch)); }
  return store(std::move(request), std::move(outcome), row_of);
}

}  // namespace streamflow::ingest
