// Segments on TSBS-like data: bytes per point and encode/decode rates.
// Data:   400 hosts x 10 int64 fields, random walks N(0,1) clamped to 0..100 and truncated, 10 s grid, 4320 rows per
// host
//         (12 hours), one tag "hostname"; seed 42. Codec rates: blocks of 2048 values that stay in the cache.
// Checks: what is decoded equals what was encoded, or the program fails.
#include <time.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "encoding/bit_packing.h"
#include "encoding/column_block.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_aggregate.h"
#include "storage/segment/segment_reader.h"
#include "storage/segment/segment_writer.h"

namespace {

using namespace streamflow;

constexpr std::size_t kHosts = 400;
constexpr std::size_t kFields = 10;
constexpr std::size_t kRowsPerHost = 4320;
constexpr std::size_t kRows = kHosts * kRowsPerHost;
constexpr double kPoints = static_cast<double>(kRows * kFields);

// Processor time of this thread: neighbours on the machine do not count.
double seconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double begin = now();
  work();
  return now() - begin;
}

double best_of(int rounds, const std::function<void()>& work) {
  double best = 1e300;
  for (int round = 0; round < rounds; ++round) { best = std::min(best, seconds(work)); }
  return best;
}

void require(bool condition, const char* what) {
  if (!condition) {
    std::fprintf(stderr, "segment_bench: %s\n", what);
    std::exit(1);
  }
}

struct Data {
  TableSchema schema{"cpu", {"hostname"}, {}, DuplicatePolicy::kMerge};
  std::vector<std::string> hosts;
  std::vector<std::int64_t> times;
  std::vector<std::vector<std::uint64_t>> fields;

  Data() {
    std::mt19937_64 random(42);
    std::normal_distribution<double> step(0, 1);
    for (std::size_t h = 0; h < kHosts; ++h) {
      hosts.push_back("host_" + std::to_string(h));
      for (std::size_t row = 0; row < kRowsPerHost; ++row) {
        times.push_back(1451606400000000000 + static_cast<std::int64_t>(row) * 10000000000);
      }
    }
    std::sort(hosts.begin(), hosts.end());
    for (std::size_t f = 0; f < kFields; ++f) {
      schema.fields.push_back({"usage_" + std::to_string(f), FieldType::kInt64});
      std::vector<std::uint64_t>& values = fields.emplace_back();
      for (std::size_t h = 0; h < kHosts; ++h) {
        double value = static_cast<double>(random() % 101);
        for (std::size_t row = 0; row < kRowsPerHost; ++row) {
          value = std::clamp(value + step(random), 0.0, 100.0);
          values.push_back(static_cast<std::uint64_t>(value));
        }
      }
    }
  }

  storage::SegmentTableInput input() const {
    storage::SegmentTableInput in;
    in.schema = &schema;
    in.series_count = kHosts;
    in.series.assign(hosts.begin(), hosts.end());
    for (std::size_t h = 0; h <= kHosts; ++h) {
      in.series_row_begin.push_back(static_cast<std::uint32_t>(h * kRowsPerHost));
    }
    in.times = times;
    for (const auto& values : fields) { in.fields.push_back({values, {}, {}}); }
    return in;
  }
};

void bench_segment(const Data& data) {
  storage::SimulatedFileSystem files;
  storage::SegmentSummary summary;
  const storage::SegmentTableInput input = data.input();
  const double write_seconds = best_of(3, [&] {
    auto writer = storage::SegmentWriter::create(files, "bench.seg", {std::string(32, '0'), {}, {}, 1, {}, {}});
    require(writer.has_value() && (*writer)->add_table(input).has_value(), "writing failed");
    summary = *(*writer)->finish();
  });
  auto reader = storage::SegmentReader::open(files, "bench.seg");
  require(reader.has_value(), "opening failed");
  const storage::SegmentTable& table = (*reader)->tables()[0];
  storage::DecodedColumn out;
  const auto read_all = [&](bool compare) {
    for (std::size_t f = 0; f < kFields; ++f) {
      for (std::size_t b = 0; b < table.blocks().size(); ++b) {
        require(table.read_field(b, f, out).has_value(), "reading failed");
        const auto* want = data.fields[f].data() + table.blocks()[b].row_begin;
        require(!compare || std::equal(out.bits.begin(), out.bits.end(), want), "a value changed");
      }
    }
  };
  read_all(true);
  const double read_seconds = best_of(3, [&] { read_all(false); });
  std::uint64_t payload = 0;
  std::uint64_t times = 0;
  for (std::size_t b = 0; b < table.blocks().size(); ++b) {
    times += table.encoded_bytes(b, std::nullopt);
    for (std::size_t f = 0; f < kFields; ++f) { payload += table.encoded_bytes(b, f); }
  }
  const double statistics_seconds = best_of(3, [&] {
    for (std::size_t f = 0; f < kFields; ++f) {
      for (std::size_t b = 0; b < table.blocks().size(); ++b) {
        require(table.statistics(b, f).has_value(), "statistics failed");
      }
    }
  });
  require((*reader)->verify().has_value(), "verify failed");
  std::printf("segment, TSBS-like, %zu hosts x %zu fields x %zu rows\n", kHosts, kFields, kRowsPerHost);
  std::printf("  bytes per point, everything  %.4f\n", static_cast<double>(summary.bytes) / kPoints);
  std::printf("    field blocks and checksums %.4f\n", static_cast<double>(payload) / kPoints);
  std::printf("    time blocks, bytes per row %.4f\n", static_cast<double>(times) / static_cast<double>(kRows));
  std::printf("    statistics, directory, tags %.4f\n", static_cast<double>(summary.bytes - payload - times) / kPoints);
  std::printf("  write  %8.1f M points/s\n", kPoints / write_seconds / 1e6);
  std::printf("  read   %8.1f M points/s\n", kPoints / read_seconds / 1e6);
  std::printf("  block statistics of all blocks and fields %.2f ms\n", statistics_seconds * 1e3);
}

std::vector<std::uint64_t> make(const std::function<std::uint64_t(std::size_t)>& value) {
  std::vector<std::uint64_t> values(2048);
  for (std::size_t i = 0; i < values.size(); ++i) { values[i] = value(i); }
  return values;
}

void bench_block(const char* name, FieldType type, const std::vector<std::uint64_t>& values) {
  constexpr int kRepeats = 2000;
  encoding::ColumnBlockEncoder encoder;
  encoding::Bytes bytes;
  encoding::ColumnValues out;
  const auto encode = [&] {
    bytes.clear();
    encoder.encode({.type = type, .bits = values}, bytes);
  };
  const auto decode = [&] {
    require(encoding::decode_column_block(bytes, {.type = type, .row_count = values.size()}, out).has_value(),
            "decode");
  };
  encode();
  decode();
  require(out.bits == values, "a value changed");
  const auto repeat = [&](const std::function<void()>& work) {
    return static_cast<double>(kRepeats * values.size()) / 1e6 / best_of(3, [&] {
             for (int i = 0; i < kRepeats; ++i) { work(); }
           });
  };
  const double encode_rate = repeat(encode);
  const double decode_rate = repeat(decode);
  const auto descriptor = encoding::descriptor_from(encoding::ByteReader(bytes).fixed<std::uint16_t>());
  std::printf("  %-22s %6.2f bits  encode %7.1f  decode %7.1f M values/s  (%s)\n", name,
              8.0 * static_cast<double>(bytes.size()) / static_cast<double>(values.size()), encode_rate, decode_rate,
              encoding::to_string(descriptor).c_str());
}

void bench_blocks(const Data& data) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, 1);
  double walk = 20;
  const auto bits = [](double v) { return std::bit_cast<std::uint64_t>(v); };
  std::printf("one block of 2048 values\n");
  bench_block("TSBS walk", FieldType::kInt64, {data.fields[0].begin(), data.fields[0].begin() + 2048});
  bench_block("regular time", FieldType::kInt64, {data.times.begin(), data.times.begin() + 2048});
  bench_block("uniform 10 bits", FieldType::kInt64, make([&](auto) { return random() % 1024; }));
  bench_block("counter", FieldType::kUint64, make([&, c = 0ULL](auto) mutable { return c += random() % 32; }));
  bench_block("outliers", FieldType::kInt64,
              make([&](auto) { return random() % 64 == 0 ? random() >> 30U : random() % 16; }));
  bench_block("two decimals", FieldType::kFloat64, make([&](auto) {
                walk += normal(random) / 10;
                return bits(std::round(walk * 100) / 100);
              }));
  bench_block("full precision", FieldType::kFloat64, make([&](auto) { return bits(normal(random)); }));
  bench_block("booleans", FieldType::kBool, make([&](auto) { return random() % 2; }));
}

void bench_unpack() {
  std::printf("unpacking alone\n");
  std::mt19937_64 random(2);
  const auto values = make([&](auto) { return random(); });
  std::vector<std::uint64_t> out(values.size());
  for (const unsigned width : {3U, 7U, 12U, 20U, 31U, 45U}) {
    encoding::Bytes bytes;
    encoding::pack_bits(values, 0, width, bytes);
    const double time = best_of(3, [&] {
      for (int i = 0; i < 20000; ++i) { encoding::unpack_bits(bytes, static_cast<std::uint64_t>(i), width, out); }
    });
    std::printf("  width %2u  %7.1f M values/s\n", width, 20000.0 * 2048 / time / 1e6);
  }
}

// A year of one series at 1 Hz in 1000 buckets, from statistics and the blocks that edges cut.
void bench_year() {
  constexpr std::size_t kYearRows = 31536000;
  constexpr std::size_t kBuckets = 1000;
  TableSchema schema{"year", {}, {{"value", FieldType::kInt64}}, DuplicatePolicy::kMerge};
  std::mt19937_64 random(3);
  std::vector<std::int64_t> times(kYearRows);
  std::vector<std::uint64_t> values(kYearRows);
  std::uint64_t walk = 1000;
  std::uint64_t sum = 0;
  for (std::size_t row = 0; row < kYearRows; ++row) {
    times[row] = 1451606400000000000 + static_cast<std::int64_t>(row) * 1000000000;
    walk += random() % 7;
    values[row] = walk % 10000;
    sum += values[row];
  }
  storage::SegmentTableInput input;
  input.schema = &schema;
  input.series_count = 1;
  input.series_row_begin = {0, kYearRows};
  input.times = times;
  input.fields.push_back({values, {}, {}});
  storage::SimulatedFileSystem files;
  auto writer = storage::SegmentWriter::create(files, "year.seg", {std::string(32, '0'), {}, {}, 1, {}, {}});
  require(writer.has_value() && (*writer)->add_table(input).has_value() && (*writer)->finish().has_value(), "writing");
  auto reader = storage::SegmentReader::open(files, "year.seg");
  require(reader.has_value(), "opening failed");
  storage::SeriesBuckets wanted;
  wanted.range = {timestamp_from_ns(times.front()), timestamp_from_ns(times.back() + 1)};
  wanted.bucket_count = kBuckets;
  const double time = best_of(9, [&] {
    const auto buckets = storage::aggregate_series((*reader)->tables()[0], wanted);
    require(buckets.has_value(), "aggregating failed");
    storage::Int128 total = 0;
    for (const storage::BlockStatistics& bucket : *buckets) { total += bucket.sum_int; }
    require(total == storage::Int128{sum}, "the buckets' sums are not the rows'");
  });
  std::printf("one year at 1 Hz, %zu rows, in %zu buckets: %.2f ms\n", kYearRows, kBuckets, time * 1e3);
}

}  // namespace

int main() {
  const Data data;
  bench_segment(data);
  bench_blocks(data);
  bench_unpack();
  bench_year();
  return 0;
}
