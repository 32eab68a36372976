// Where an import's rows come from, as line protocol ready to send.
// Invariants: every row of the input is in a chunk, or counted in `rejected` with its reason.
// Threads:    one thread at a time.
// Errors:     those of the file readers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/result.h"
#include "query/files/file_reader.h"

namespace streamflow::app {

enum class ImportFormat { kAuto, kCsv, kParquet, kLineProtocol };

struct ImportChunk {
  std::string lines;
  std::uint64_t rows = 0;
  std::uint64_t first_line = 0;  // of the file, from 1; 0 when the lines are not the file's own
  double progress = 0;           // of the source, once this chunk was read; filled by the importer
};

class ImportSource {
 public:
  virtual ~ImportSource() = default;
  virtual Result<bool> next(ImportChunk& chunk) = 0;                  // false at the end
  virtual double progress() const = 0;                                // 0..1
  virtual std::map<std::string, std::uint64_t> rejected() const = 0;  // reasons with row counts, so far
  virtual std::vector<std::string> notes() const = 0;                 // what was decided about the file, for the person
};

// By the file's name: .csv .tsv .txt (and .gz, .zst of them), .parquet; .lp .line .influx (and .gz).
Result<ImportFormat> format_of(const std::filesystem::path& file);
// "seattle-weather.csv.gz" → "seattle_weather".
std::string table_name_of(const std::filesystem::path& file);

// CSV and Parquet; `reader` is FileReader::open's. Chunks of about kImportChunkBytes.
std::unique_ptr<ImportSource> source_of_rows(std::unique_ptr<query::FileReader> reader);
Result<std::unique_ptr<ImportSource>> source_of_lines(const std::filesystem::path& file);

inline constexpr std::size_t kImportChunkBytes = 4U << 20U;

}  // namespace streamflow::app
