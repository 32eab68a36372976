// Codecs by themselves: decoding speed of each on every instruction set, sizes and cost of the chooser, sizes of real
// columns beside Gorilla.
// Data:   2048 values a block, seeds fixed below; `--csv FILE...` takes the numeric columns of CSV files instead and
//         prints bits a value of each (a line "file column values ours gorilla", then the total).
// Checks: what is decoded equals what was encoded, on every set, or the program fails.
#include <time.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/column_aggregate.h"
#include "encoding/column_block.h"
#include "encoding/gorilla.h"
#include "encoding/kernels.h"

namespace {

using namespace streamflow;
using Values = std::vector<std::uint64_t>;

constexpr std::size_t kBlock = 2048;
constexpr int kRounds = 5;
constexpr double kChecksumBits = 32;

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

void require(bool condition, const std::string& what) {
  if (!condition) {
    std::fprintf(stderr, "codec_bench: %s\n", what.c_str());
    std::exit(1);
  }
}

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

struct Column {
  std::string name;
  FieldType type;
  Values values;
};

Values make(std::size_t count, const std::function<std::uint64_t(std::size_t)>& value) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) { values[i] = value(i); }
  return values;
}

std::vector<Column> columns(std::size_t count) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, 1);
  double walk = 50;
  const auto step = [&](double size) { return walk = std::clamp(walk + normal(random) * size, 0.0, 100.0); };
  const auto decimal = [&] { return std::round(step(0.1) * 100) / 100; };
  std::vector<Column> all;
  const auto add = [&](const char* name, FieldType type, const std::function<std::uint64_t(std::size_t)>& value) {
    all.push_back({name, type, make(count, value)});
  };
  add("uniform, 10 bits", FieldType::kInt64, [&](auto) { return random() % 1024; });
  add("uniform, 45 bits", FieldType::kInt64, [&](auto) { return random() >> 19U; });
  add("outliers", FieldType::kInt64, [&](auto) { return random() % 64 == 0 ? random() >> 30U : random() % 16; });
  add("counter", FieldType::kUint64, [&, c = 0ULL](auto) mutable { return c += random() % 32; });
  add("counter with jumps", FieldType::kUint64,
      [&, c = 0ULL](auto) mutable { return c += random() % 90 == 0 ? random() >> 40U : random() % 32; });
  add("TSBS walk", FieldType::kInt64, [&](auto) { return static_cast<std::uint64_t>(step(1)); });
  add("regular time", FieldType::kInt64, [](auto i) { return 1700000000000000000U + i * 10000000000U; });
  add("jittered time", FieldType::kInt64, [&](auto i) {
    return 1700000000000000000U + i * 15000000000U +
           static_cast<std::uint64_t>(std::lround(normal(random) * 0.8)) * 1000000U;
  });
  add("two decimals", FieldType::kFloat64, [&](auto) { return bits_of(decimal()); });
  add("uniform decimals", FieldType::kFloat64,
      [&](auto) { return bits_of(static_cast<double>(random() % 4096) / 10); });
  add("float32 decimals", FieldType::kFloat64, [&](auto) { return bits_of(static_cast<float>(decimal())); });
  add("missed decimals", FieldType::kFloat64, [&](auto) { return bits_of(decimal()) + random() % 3 - 1; });
  add("full precision", FieldType::kFloat64, [&](auto) { return bits_of(step(0.1)); });
  return all;
}

void bench_speed(const Column& column) {
  constexpr int kRepeats = 1000;
  const auto rate = [&](const std::function<void()>& work) {
    return static_cast<double>(kRepeats * column.values.size()) / 1e6 / best_of(kRounds, [&] {
             for (int i = 0; i < kRepeats; ++i) { work(); }
           });
  };
  for (const std::string_view set : encoding::kernel_names()) {
    require(encoding::force_kernels(set), "no such instruction set");
    encoding::ColumnBlockEncoder encoder;
    encoder.begin_column();
    encoding::Bytes bytes;
    encoding::ColumnValues out;
    const encoding::BlockShape shape{.type = column.type, .row_count = column.values.size()};
    const double encode = rate([&] {
      bytes.clear();
      encoder.encode({.type = column.type, .bits = column.values}, bytes);
    });
    const double decode = rate([&] { require(decode_column_block(bytes, shape, out).has_value(), "decoding"); });
    require(out.bits == column.values, column.name + ": a value changed");
    encoding::ColumnAggregator aggregator;
    const double aggregate = rate([&] { require(aggregator.aggregate(bytes, shape).has_value(), "aggregating"); });
    Values selection;
    const encoding::ValueRange range{column.values[0], column.values[1]};
    const double select =
        rate([&] { require(aggregator.select(bytes, shape, range, selection).has_value(), "select"); });
    const auto descriptor = encoding::descriptor_from(encoding::ByteReader(bytes).fixed<std::uint16_t>());
    std::printf("%-18s %-7.*s %6.2f %8.0f %8.0f %9.0f %8.0f  %s\n", column.name.c_str(), static_cast<int>(set.size()),
                set.data(), 8.0 * static_cast<double>(bytes.size()) / static_cast<double>(column.values.size()), encode,
                decode, aggregate, select, encoding::to_string(descriptor).c_str());
  }
  encoding::force_kernels("");
}

void bench_gorilla(const Column& column) {
  encoding::Bytes bytes;
  Values out(column.values.size());
  const double encode = best_of(kRounds, [&] {
    for (int i = 0; i < 100; ++i) {
      bytes.clear();
      encoding::encode_gorilla(column.values, bytes);
    }
  });
  const double decode = best_of(kRounds, [&] {
    for (int i = 0; i < 100; ++i) { require(encoding::decode_gorilla(bytes, out).has_value(), "Gorilla"); }
  });
  require(out == column.values, "Gorilla: a value changed");
  const auto count = static_cast<double>(column.values.size());
  std::printf("%-18s %-7s %6.2f %8.0f %8.0f\n", column.name.c_str(), "Gorilla",
              8.0 * static_cast<double>(bytes.size()) / count, 100 * count / encode / 1e6, 100 * count / decode / 1e6);
}

// Bits of a column as a segment stores it: even blocks of at most 2048 values, a checksum each.
double encoded_bits(const Column& column, encoding::ChooserEffort effort) {
  encoding::ColumnBlockEncoder encoder(effort);
  encoder.begin_column();
  const std::size_t blocks = (column.values.size() + kBlock - 1) / kBlock;
  const std::size_t even = (column.values.size() + blocks - 1) / blocks;
  const std::size_t rows = (even + 255) / 256 * 256;
  double bits = 0;
  for (std::size_t begin = 0; begin < column.values.size(); begin += rows) {
    const auto part = std::span(column.values).subspan(begin, std::min(rows, column.values.size() - begin));
    encoding::Bytes bytes;
    encoder.encode({.type = column.type, .bits = part}, bytes);
    encoding::ColumnValues out;
    require(decode_column_block(bytes, {.type = column.type, .row_count = part.size()}, out).has_value() &&
                std::equal(part.begin(), part.end(), out.bits.begin(), out.bits.end()),
            column.name + ": a value changed");
    bits += 8.0 * static_cast<double>(bytes.size()) + kChecksumBits;
  }
  return bits;
}

void bench_chooser() {
  std::printf(
      "\nchooser: sampled and sticky beside weighing every value, 64 blocks a column; share: of the encoding time,\n"
      "what keeping each column's first choice for ever would save\n");
  std::printf("%-18s %8s %10s %8s %8s %10s %8s %7s\n", "column", "bits", "exhaustive", "excess", "ns/value",
              "exhaustive", "no choice", "share");
  double sampled_all = 0, exhaustive_all = 0, sampled_time = 0, fixed_time = 0;
  for (const Column& column : columns(64 * kBlock)) {
    const double sampled = encoded_bits(column, encoding::ChooserEffort::kSampled);
    const double exhaustive = encoded_bits(column, encoding::ChooserEffort::kExhaustive);
    const auto nanoseconds = [&](encoding::ChooserEffort effort) {
      return 1e9 / static_cast<double>(column.values.size()) * best_of(kRounds, [&] {
               encoding::ColumnBlockEncoder encoder(effort);
               encoder.begin_column();
               encoding::Bytes bytes;
               for (std::size_t begin = 0; begin < column.values.size(); begin += kBlock) {
                 bytes.clear();
                 encoder.encode({.type = column.type, .bits = std::span(column.values).subspan(begin, kBlock)}, bytes);
               }
             });
    };
    const auto count = static_cast<double>(column.values.size());
    const double time = nanoseconds(encoding::ChooserEffort::kSampled);
    const double fixed = nanoseconds(encoding::ChooserEffort::kFirst);
    std::printf("%-18s %8.3f %10.3f %+7.2f%% %8.2f %10.2f %9.2f %6.1f%%\n", column.name.c_str(), sampled / count,
                exhaustive / count, 100 * (sampled / exhaustive - 1), time,
                nanoseconds(encoding::ChooserEffort::kExhaustive), fixed, 100 * (1 - fixed / time));
    sampled_time += time;
    fixed_time += std::min(fixed, time);  // where the first choice was a bad one, choosing pays for itself
    sampled_all += sampled;
    exhaustive_all += exhaustive;
  }
  std::printf("%-18s %+27.2f%% %37.1f%%\n", "all", 100 * (sampled_all / exhaustive_all - 1),
              100 * (1 - fixed_time / sampled_time));
  require(sampled_all <= 1.015 * exhaustive_all, "the chooser wastes more than 1.5%");
}

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> cells;
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) { line.remove_suffix(1); }
  for (std::size_t comma = line.find(','); comma != std::string_view::npos; comma = line.find(',')) {
    cells.push_back(line.substr(0, comma));
    line.remove_prefix(comma + 1);
  }
  cells.push_back(line);
  return cells;
}

// Columns of which nine in ten cells are numbers; other cells are left out.
std::vector<Column> read_csv(const std::string& path) {
  std::ifstream file(path);
  require(file.good(), "cannot read " + path);
  std::string line;
  std::getline(file, line);
  std::vector<Column> all;
  for (const std::string_view name : split(line)) { all.push_back({std::string(name), FieldType::kFloat64, {}}); }
  std::size_t rows = 0;
  for (; std::getline(file, line); ++rows) {
    const std::vector<std::string_view> cells = split(line);
    for (std::size_t c = 0; c < std::min(cells.size(), all.size()); ++c) {
      double value = 0;
      const char* const end = cells[c].data() + cells[c].size();
      const auto [rest, error] = std::from_chars(cells[c].data(), end, value);
      if (error == std::errc() && rest == end) { all[c].values.push_back(bits_of(value)); }
    }
  }
  std::erase_if(all,
                [&](const Column& column) { return column.values.size() * 10 < rows * 9 || column.values.empty(); });
  return all;
}

void bench_files(int count, char** paths) {
  double values = 0, ours = 0, gorilla = 0;
  for (int i = 0; i < count; ++i) {
    for (const Column& column : read_csv(paths[i])) {
      const double own = encoded_bits(column, encoding::ChooserEffort::kSampled);
      encoding::Bytes bytes;
      encoding::encode_gorilla(column.values, bytes);
      const auto n = static_cast<double>(column.values.size());
      const double theirs = 8.0 * static_cast<double>(bytes.size());
      const std::string name = std::string(paths[i]).substr(std::string(paths[i]).find_last_of('/') + 1);
      std::printf("%s %s %.0f %.3f %.3f\n", name.c_str(), column.name.c_str(), n, own / n, theirs / n);
      values += n;
      ours += own;
      gorilla += theirs;
    }
  }
  std::printf("total - %.0f %.3f %.3f\n", values, ours / values, gorilla / values);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::string_view(argv[1]) == "--csv") {
    bench_files(argc - 2, argv + 2);
    return 0;
  }
  require(argc == 1, "usage: codec_bench [--csv FILE...]");
  std::printf("%-18s %-7s %6s %8s %8s %9s %8s  M values/s; codec\n", "block", "set", "bits", "encode", "decode",
              "aggregate", "select");
  for (const Column& column : columns(kBlock)) { bench_speed(column); }
  for (const Column& column : columns(kBlock)) { bench_gorilla(column); }
  bench_chooser();
  return 0;
}
