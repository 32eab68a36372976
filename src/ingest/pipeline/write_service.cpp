#include "ingest/pipeline/write_service.h"

#include <algorithm>
#include <utility>

namespace streamflow::ingest {
namespace {

// One entry for each line the engine refused, until `lines` is long enough to hold the earliest kRejectedMax of them.
void add_rejected(const storage::RejectedRows& refused, const std::vector<std::vector<std::uint64_t>>& line_of_row,
                  std::vector<LineError>& lines) {
  if (refused.batch >= line_of_row.size()) { return; }
  const std::vector<std::uint64_t>& line_of = line_of_row[refused.batch];
  std::vector<std::uint64_t> numbers;
  for (const std::uint32_t row : refused.rows) {
    if (row < line_of.size()) { numbers.push_back(line_of[row]); }
  }
  const std::size_t wanted = std::min(numbers.size(), WriteService::kRejectedMax);
  std::partial_sort(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(wanted), numbers.end());
  for (std::size_t i = 0; i < wanted; ++i) {
    lines.push_back({numbers[i], {}, refused.reason, LineErrorKind::kUnprocessable});
  }
}

}  // namespace

Result<WriteOutcome> WriteService::write(const ProjectName& project, LineProtocolResult decoded,
                                         storage::Producer producer) const {
  WriteOutcome outcome;
  outcome.lines_dropped = decoded.error_count;
  outcome.rejected = std::move(decoded.errors);
  if (!decoded.batches.empty()) {
    SF_TRY(receipt, engine_(storage::WriteRequest{project, std::move(decoded.batches), std::move(producer)}));
    outcome.rows_stored = receipt.rows;
    outcome.points_stored = receipt.points;
    outcome.duplicate = receipt.duplicate;
    outcome.position = std::move(receipt.position);
    for (const storage::RejectedRows& refused : receipt.rejected) {
      outcome.lines_dropped += refused.rows.size();
      add_rejected(refused, decoded.line_of_row, outcome.rejected);
    }
  }
  std::stable_sort(outcome.rejected.begin(), outcome.rejected.end(),
                   [](const LineError& a, const LineError& b) { return a.line < b.line; });
  if (outcome.rejected.size() > kRejectedMax) { outcome.rejected.resize(kRejectedMax); }
  return outcome;
}

}  // namespace streamflow::ingest
