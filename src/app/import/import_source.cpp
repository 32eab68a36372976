#include "app/import/import_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "app/import/line_file.h"
#include "app/import/line_writer.h"

namespace streamflow::app {

namespace {

class RowSource : public ImportSource {
 public:
  explicit RowSource(std::unique_ptr<query::FileReader> reader) : reader_(std::move(reader)) {}

  Result<bool> next(ImportChunk& chunk) override {
    constexpr std::size_t kRowsAtOnce = 1024;
    chunk = {};
    const std::uint64_t rows_before = writer_.rows();
    while (chunk.lines.size() < kImportChunkBytes) {
      if (row_ == batch_.row_count()) {
        batch_ = {};
        row_ = 0;
        SF_TRY(more, reader_->next(batch_));
        if (!more) break;
        continue;
      }
      const std::size_t end = std::min(row_ + kRowsAtOnce, batch_.row_count());
      writer_.append(batch_, row_, end, chunk.lines);
      row_ = end;
    }
    chunk.rows = writer_.rows() - rows_before;
    return !chunk.lines.empty();
  }

  double progress() const override { return reader_->progress(); }

  std::map<std::string, std::uint64_t> rejected() const override {
    std::map<std::string, std::uint64_t> reasons = writer_.reasons();
    if (reader_->rejected_rows() > 0)
      reasons["the file's row could not be read; see the notes"] = reader_->rejected_rows();
    return reasons;
  }

  std::vector<std::string> notes() const override {
    std::vector<std::string> notes = reader_->notes();
    if (writer_.values_left_out() > 0) {
      notes.push_back(fmt::format("{} values are NaN or infinite, which line protocol cannot say: stored as NULL",
                                  writer_.values_left_out()));
    }
    return notes;
  }

 private:
  std::unique_ptr<query::FileReader> reader_;
  LineWriter writer_;
  RowBatch batch_;
  std::size_t row_ = 0;  // of batch_, the next to write
};

class LineSource : public ImportSource {
 public:
  explicit LineSource(std::unique_ptr<LineFile> file) : file_(std::move(file)) {}

  Result<bool> next(ImportChunk& chunk) override {
    LineFile::Piece piece;
    SF_TRY(more, file_->next(kImportChunkBytes, piece));
    if (!more) return false;
    chunk.lines = std::move(piece.text);
    chunk.rows = piece.rows;
    chunk.first_line = piece.first_line;
    return true;
  }
  double progress() const override { return file_->progress(); }
  std::map<std::string, std::uint64_t> rejected() const override { return {}; }
  std::vector<std::string> notes() const override { return {}; }

 private:
  std::unique_ptr<LineFile> file_;
};

// The name without .gz and .zst, in lower case.
std::string plain_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  return name;
}

}  // namespace

Result<ImportFormat> format_of(const std::filesystem::path& file) {
  constexpr std::array<std::pair<std::string_view, ImportFormat>, 10> kEndings{
      {{".csv", ImportFormat::kCsv},
       {".tsv", ImportFormat::kCsv},
       {".txt", ImportFormat::kCsv},
       {".parquet", ImportFormat::kParquet},
       {".pq", ImportFormat::kParquet},
       {".lp", ImportFormat::kLineProtocol},
       {".line", ImportFormat::kLineProtocol},
       {".lines", ImportFormat::kLineProtocol},
       {".influx", ImportFormat::kLineProtocol},
       {".lineprotocol", ImportFormat::kLineProtocol}}};
  const std::string name = plain_name(file);
  for (const auto& [ending, format] : kEndings) {
    if (name.ends_with(ending)) return format;
  }
  return Error{
      ErrorCode::kInvalidArgument,
      fmt::format("cannot tell the format of {} by its name; give --format csv, parquet or line", file.string())};
}

std::string table_name_of(const std::filesystem::path& file) {
  std::string name = plain_name(file);
  if (const std::size_t dot = name.find('.', 1); dot != std::string::npos) name.resize(dot);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name.insert(0, "t_");
  return name;
}

std::unique_ptr<ImportSource> source_of_rows(std::unique_ptr<query::FileReader> reader) {
  return std::make_unique<RowSource>(std::move(reader));
}

Result<std::unique_ptr<ImportSource>> source_of_lines(const std::filesystem::path& file) {
  SF_TRY(lines, LineFile::open(file));
  return std::unique_ptr<ImportSource>(std::make_unique<LineSource>(std::move(lines)));
}

}  // namespace streamflow::app
