// Seeded data of the shape of TSBS `cpu-only`, as line protocol or by columns: hosts x 10 tags, 10 integer fields, one
// row per host and interval, all hosts at one time before the next time. Source:     the Time Series Benchmark Suite's
// cpu-only use case: each field is a random walk with steps of N(0, 1),
//             clamped to [0, 100] and cut to an integer. Own code; steps come from a table of normal quantiles.
// Invariants: the same options give the same bytes, however they are cut into batches.
// Threads:    an object belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace streamflow::bench {

struct TsbsOptions {
  std::uint32_t hosts = 4000;
  std::uint64_t seed = 1;
  std::int64_t start_ns = 1'767'225'600'000'000'000;  // 2026-01-01T00:00:00Z
  std::int64_t interval_ns = 10'000'000'000;
  std::uint32_t first_host = 0;  // hosts [first_host, first_host + hosts): several generators share one data set
};

class TsbsGenerator {
 public:
  static constexpr std::size_t kTags = 10;
  static constexpr std::size_t kFields = 10;
  static const std::array<std::string, kTags> kTagNames;
  static const std::array<std::string, kFields> kFieldNames;
  static std::array<std::string, kTags> tags_of(std::uint32_t host, std::uint64_t seed);

  // Rows by columns; a host is counted from options.first_host.
  struct Columns {
    std::vector<std::int64_t> times;
    std::vector<std::uint32_t> hosts;
    std::array<std::vector<std::int64_t>, kFields> fields;
  };

  explicit TsbsGenerator(const TsbsOptions& options);

  // Appends the next `rows` lines to `out`, each with its newline.
  void append(std::uint64_t rows, std::string& out);
  // Replaces `out` by the next `rows` rows.
  void next(std::uint64_t rows, Columns& out);
  std::uint64_t rows() const { return rows_; }  // so far

 private:
  struct Host {
    std::string text;                            // "cpu,hostname=...,service_environment=... "
    std::array<std::int32_t, kFields> values{};  // thousandths
  };
  std::uint64_t random();
  void walk(Host& host);
  void begin_round();
  char* write_row(Host& host, char* at);

  TsbsOptions options_;
  std::vector<Host> hosts_;
  std::size_t line_bytes_max_ = 0;
  std::array<std::int32_t, 4096> steps_{};  // quantiles of N(0, 1) in thousandths
  std::uint64_t state_;
  std::uint64_t rows_ = 0;
  std::size_t next_host_ = 0;
  std::int64_t time_ns_;
  std::array<char, 20> time_text_{};
  std::size_t time_bytes_ = 0;
};

}  // namespace streamflow::bench
