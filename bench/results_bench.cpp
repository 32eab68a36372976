// How fast results are encoded and files are read.
//   results_bench                      encoders over chunks in memory
//   results_bench <file> [tag...]      the file reader over a CSV or Parquet file
// Data:   setseed(0.42). "numbers": a time of nanoseconds, 4 doubles of full precision, 1 bigint. "metrics": the time,
// one
//         of 400 host names, 3 doubles of two decimals, 1 bigint. 1,024,000 rows each.
// Checks: encoded sizes are the same in every round, and the rows read are the file's less the rejected ones.
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/main/materialized_query_result.hpp"
#include "query/files/file_reader.h"
#include "query/results/result_encoder.h"

namespace {

using namespace streamflow;

constexpr int kRounds = 5;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;  // a server sends and empties the buffer at this size

const char* const kNumbers =
    "SELECT make_timestamp_ns(1700000000000000000 + i * 10000000123) AS time, random() AS a, random() * 100 AS b, "
    "random() * 1e6 AS c, random() - 0.5 AS d, (random() * 1e9)::BIGINT AS n FROM range(1024000) t(i)";
const char* const kMetrics =
    "SELECT make_timestamp_ns(1700000000000000000 + i * 10000000000) AS time, 'host_' || (i % 400) AS host, "
    "round(random() * 100, 2) AS a, round(random() * 100, 2) AS b, round(random() * 100, 2) AS c, "
    "(random() * 1000)::BIGINT AS n FROM range(1024000) t(i)";

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "results_bench: %s\n", message.c_str());
  std::exit(1);
}

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Data {
  std::vector<std::string> names;
  duckdb::vector<duckdb::LogicalType> types;
  std::vector<duckdb::unique_ptr<duckdb::DataChunk>> chunks;
  std::size_t row_count = 0;
};

Data load(duckdb::Connection& connection, const char* sql) {
  connection.Query("SELECT setseed(0.42)");
  auto result = connection.Query(sql);
  if (result->HasError()) fail(result->GetError());
  Data data{{result->names.begin(), result->names.end()}, result->types, {}, 0};
  while (auto chunk = result->Fetch()) {
    data.row_count += chunk->size();
    data.chunks.push_back(std::move(chunk));
  }
  return data;
}

std::size_t encode(duckdb::Connection& connection, query::ResultFormat format, Data& data, std::string& out) {
  const auto encoder = query::make_result_encoder(format);
  std::size_t bytes = 0;
  const auto check = [&](const Status& status) {
    if (!status.has_value()) fail(status.error().message);
    if (out.size() < kPieceBytes) return;
    bytes += out.size();
    out.clear();
  };
  check(encoder->begin(*connection.context, data.names, data.types, out));
  for (auto& chunk : data.chunks) check(encoder->chunk(*chunk, out));
  check(encoder->end(data.row_count, 1, out));
  bytes += out.size();
  out.clear();
  return bytes;
}

void measure(duckdb::Connection& connection, const char* name, Data& data, query::ResultFormat format,
             const char* format_name) {
  double best = 1e9;
  std::size_t bytes = 0;
  std::string out;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = thread_seconds();
    const std::size_t encoded = encode(connection, format, data, out);
    best = std::min(best, thread_seconds() - begin);
    if (round > 0 && encoded != bytes) fail("another size in another round");
    bytes = encoded;
  }
  std::printf("%-8s %-6s %8.0f MB/s %7.1f ns/row %6.1f bytes/row\n", name, format_name,
              static_cast<double>(bytes) / best / 1e6, best * 1e9 / static_cast<double>(data.row_count),
              static_cast<double>(bytes) / static_cast<double>(data.row_count));
}

void encoders() {
  duckdb::DuckDB database(nullptr);
  duckdb::Connection connection(database);
  connection.Query("SET threads = 1");
  for (const auto& [name, sql] : {std::pair("numbers", kNumbers), {"metrics", kMetrics}}) {
    Data data = load(connection, sql);
    measure(connection, name, data, query::ResultFormat::kArrowStream, "arrow");
    measure(connection, name, data, query::ResultFormat::kJson, "json");
    measure(connection, name, data, query::ResultFormat::kCsv, "csv");
  }
}

void read_file(const char* path, std::vector<std::string> tags) {
  query::FileReadOptions options;
  options.table = "bench";
  options.tags = std::move(tags);
  const auto now = std::chrono::steady_clock::now;
  const auto seconds_since = [&](auto begin) { return std::chrono::duration<double>(now() - begin).count(); };
  const auto begin = now();
  auto reader = query::FileReader::open(path, options);
  if (!reader.has_value()) fail(reader.error().message);
  const double open_seconds = seconds_since(begin);
  RowBatch batch;
  std::uint64_t row_count = 0, series_count = 0;
  for (;;) {
    const auto more = reader.value()->next(batch);
    if (!more.has_value()) fail(more.error().message);
    if (!more.value()) break;
    if (const Status valid = validate(batch); !valid.has_value()) fail(valid.error().message);
    row_count += batch.row_count();
    series_count = std::max<std::uint64_t>(series_count, batch.series_count);
  }
  const double seconds = seconds_since(begin);
  for (const std::string& note : reader.value()->notes()) std::printf("%s\n", note.c_str());
  std::printf(
      "%llu rows, %llu estimated, %llu rejected, %llu series in the widest batch\n",
      static_cast<unsigned long long>(row_count), static_cast<unsigned long long>(reader.value()->row_count_estimate()),
      static_cast<unsigned long long>(reader.value()->rejected_rows()), static_cast<unsigned long long>(series_count));
  std::printf("%.3f s, of which %.3f s to open: %.2f M rows/s\n", seconds, open_seconds,
              static_cast<double>(row_count) / seconds / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    read_file(argv[1], {argv + 2, argv + argc});
  } else {
    encoders();
  }
}
