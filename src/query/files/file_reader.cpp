#include "query/files/file_reader.h"

#include <algorithm>
#include <charconv>

#include "query/files/file_reader_plan.h"
#include "query/files/file_reader_rows.h"
#include "query/files/file_reader_session.h"
#include "query/files/file_reader_source.h"
#include "query/files/file_reader_time.h"

namespace streamflow::query {

namespace {

constexpr std::size_t kBatchStringBytesMax = std::size_t{64} << 20U;

std::uint64_t number_of(const std::optional<std::string>& text) {
  std::uint64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

class DuckDbFileReader final : public FileReader {
 public:
  DuckDbFileReader(std::unique_ptr<FileSession> session, const FileSource& source, std::unique_ptr<FileRows> rows,
                   std::vector<std::string> notes, std::size_t batch_rows)
      : session_(std::move(session)),
        rows_(std::move(rows)),
        notes_(std::move(notes)),
        batch_rows_(batch_rows),
        row_count_estimate_(source.row_count_estimate()),
        is_csv_(source.is_csv()) {}

  Result<bool> next(RowBatch& batch) override {
    rows_->start(batch);
    while (!ended_ && batch.row_count() < batch_rows_ && rows_->bytes() < kBatchStringBytesMax) {
      if (!has_chunk_ || rows_->exhausted()) {
        SF_TRY(chunk, session_->fetch());
        if (chunk == nullptr) {
          SF_CHECK(finish());
          break;
        }
        SF_CHECK(rows_->bind(*chunk));
        has_chunk_ = true;
      }
      rows_->append(batch_rows_ - batch.row_count(), batch);
    }
    row_count_ += batch.row_count();
    return batch.row_count() > 0;
  }

  std::uint64_t row_count_estimate() const override { return row_count_estimate_; }

  double progress() const override {
    if (ended_) return 1;
    if (row_count_estimate_ == 0) return 0;
    const double seen = static_cast<double>(row_count_ + rows_->rejected().count());
    return std::min(0.999, seen / static_cast<double>(row_count_estimate_));
  }

  std::uint64_t rejected_rows() const override { return rows_->rejected().count(); }
  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  // Adds the lines that DuckDB could not split into columns; a line with several faults is one row.
  Status add_broken_lines() {
    SF_TRY(faults,
           session_->query("SELECT error_type, count(DISTINCT line), min(line), arg_min(error_message, line) FROM "
                           "reject_errors GROUP BY error_type"));
    SF_TRY(lines, session_->query("SELECT count(DISTINCT line) FROM reject_errors"));
    RejectedRows& rejected = rows_->rejected();
    const std::uint64_t count = rejected.count() + number_of(lines[0][0]);
    for (const TextRow& fault : faults) {
      rejected.add("broken line, " + fault[0].value_or(""),
                   "line " + fault[2].value_or("") + ": " + fault[3].value_or(""), number_of(fault[1]));
    }
    rejected.set_count(count);
    return Ok{};
  }

  Status finish() {
    ended_ = true;
    if (is_csv_) SF_CHECK(add_broken_lines());
    for (std::string& note : rows_->rejected().notes()) notes_.push_back(std::move(note));
    return Ok{};
  }

  std::unique_ptr<FileSession> session_;
  std::unique_ptr<FileRows> rows_;
  std::vector<std::string> notes_;
  std::size_t batch_rows_;
  std::uint64_t row_count_estimate_, row_count_ = 0;
  bool is_csv_, has_chunk_ = false, ended_ = false;
};

Result<std::unique_ptr<FileReader>> open_reader(const std::filesystem::path& path, const FileReadOptions& options) {
  if (options.batch_rows == 0) return Error{ErrorCode::kInvalidArgument, "batch_rows must be at least 1"};
  SF_TRY(session, FileSession::open());
  SF_TRY(source, FileSource::open(*session, path));
  SF_TRY(time, plan_time(*session, source, options.time_column, options.time_unit));
  SF_TRY(plan, plan_import(source, time, options));
  SF_CHECK(session->start(plan.sql));
  SF_TRY(shapes, shapes_of(session->names(), session->types()));
  auto rows = std::make_unique<FileRows>(std::move(plan.layout), std::move(shapes));
  return std::unique_ptr<FileReader>(std::make_unique<DuckDbFileReader>(std::move(session), source, std::move(rows),
                                                                        std::move(plan.notes), options.batch_rows));
}

}  // namespace

Result<std::unique_ptr<FileReader>> FileReader::open(const std::filesystem::path& path, FileReadOptions options) {
  auto reader = open_reader(path, options);
  if (!reader.has_value()) return with_context(std::move(reader).error(), path.filename().string());
  return reader;
}

}  // namespace streamflow::query
