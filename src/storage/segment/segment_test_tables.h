// Tables for segment tests: random ones, written to a file and compared with a reader against plain loops over the
// rows. Invariants: everything follows from the generator given, so that a printed seed repeats a failure. Threads:
// values.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/segment/segment_reader.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {

// Owns what a SegmentTableInput points to.
struct TestTable {
  struct Field {
    std::vector<std::uint64_t> bits;
    std::vector<std::string> strings;
    std::vector<std::uint64_t> validity;
    std::vector<std::string_view> views;
  };
  TableSchema schema;
  std::vector<std::string> series;
  std::vector<std::uint32_t> series_row_begin{0};
  std::vector<std::int64_t> times;
  std::vector<Field> fields;

  SegmentTableInput input() {
    SegmentTableInput out;
    out.schema = &schema;
    out.series_count = static_cast<std::uint32_t>(series_row_begin.size() - 1);
    out.series.assign(series.begin(), series.end());
    out.series_row_begin = series_row_begin;
    out.times = times;
    for (Field& field : fields) {
      field.views.assign(field.strings.begin(), field.strings.end());
      out.fields.push_back({field.bits, field.views, field.validity});
    }
    return out;
  }
};

inline constexpr std::int64_t kStart = 1700000000000000000;
inline constexpr char kDatabase[] = "0123456789abcdef0123456789abcdef";

inline SegmentHeader test_header() {
  return {kDatabase, {"acme", "plant"}, ShardIndex{3}, 2, SequenceNumber{10}, SequenceNumber{99}};
}

inline std::uint64_t random_bits(FieldType type, std::uint64_t kind, std::mt19937_64& random) {
  constexpr double kSpecial[] = {-0.0, std::numeric_limits<double>::quiet_NaN(), 0.0,
                                 -std::numeric_limits<double>::infinity(), 1e300};
  switch (type) {
    case FieldType::kFloat64:
      if (kind == 0) {
        return random() % 40 == 0 ? std::bit_cast<std::uint64_t>(kSpecial[random() % 5])
                                  : std::bit_cast<std::uint64_t>(static_cast<double>(random() % 1000) / 10);
      }
      return kind == 1 ? random() : std::bit_cast<std::uint64_t>(21.5);
    case FieldType::kBool: return kind == 0 ? random() % 2 : 1;
    default: return kind == 0 ? random() % 100 : kind == 1 ? random() : 7;
  }
}

inline std::vector<std::uint64_t> random_validity(std::size_t rows, std::uint64_t kind, std::mt19937_64& random) {
  std::vector<std::uint64_t> words((rows + 63) / 64);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = kind == 0 ? random() % 3 != 0 : kind == 1 ? row / 500 % 2 == 0 : false;
    words[row / 64] |= std::uint64_t{valid} << (row % 64);
  }
  return words;
}

inline TestTable::Field random_field(FieldType type, std::size_t rows, std::mt19937_64& random) {
  TestTable::Field field;
  const std::uint64_t kind = random() % 3;
  if (const std::uint64_t nulls = random() % 4; nulls < 3) { field.validity = random_validity(rows, nulls, random); }
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = field.validity.empty() || ((field.validity[row / 64] >> (row % 64)) & 1U) != 0;
    if (type == FieldType::kString) {
      const std::size_t bytes = kind == 0 ? random() % 8 : kind == 1 ? random() % 60 : random() % 50 == 0 ? 60000 : 3;
      field.strings.emplace_back(valid ? bytes : 0, static_cast<char>('a' + random() % 4));
    } else {
      field.bits.push_back(valid ? random_bits(type, kind, random) : 0);
    }
  }
  return field;
}

inline TestTable random_table(const std::string& name, const std::vector<std::uint32_t>& row_counts,
                              std::mt19937_64& random) {
  TestTable table;
  table.schema = {name, {"device", "site"}, {}, random() % 2 == 0 ? DuplicatePolicy::kKeep : DuplicatePolicy::kMerge};
  const bool keep = table.schema.duplicates == DuplicatePolicy::kKeep;
  std::set<std::pair<std::string, std::string>> names;
  while (names.size() < row_counts.size()) {
    names.emplace("d" + std::to_string(random() % 100000),
                  random() % 5 == 0 ? "" : "site" + std::to_string(random() % 3));
  }
  auto tags = names.begin();
  for (const std::uint32_t rows : row_counts) {
    table.series.push_back(tags->first);
    table.series.push_back((tags++)->second);
    std::int64_t time = kStart;
    for (std::uint32_t row = 0; row < rows; ++row) {
      table.times.push_back(time);
      time += keep && random() % 10 == 0 ? 0 : 1000000000 + static_cast<std::int64_t>(random() % 3);
    }
    table.series_row_begin.push_back(static_cast<std::uint32_t>(table.times.size()));
  }
  for (const FieldType type : {FieldType::kFloat64, FieldType::kInt64, FieldType::kUint64, FieldType::kBool,
                               FieldType::kString, FieldType::kFloat64}) {
    table.schema.fields.push_back({"f" + std::to_string(table.fields.size()), type});
    table.fields.push_back(random_field(type, table.times.size(), random));
  }
  return table;
}

inline Result<SegmentSummary> write_segment(FileSystem& files, std::span<TestTable> tables) {
  SF_TRY(writer, SegmentWriter::create(files, "1.seg", test_header()));
  for (TestTable& table : tables) { SF_CHECK(writer->add_table(table.input())); }
  return writer->finish();
}

inline bool is_valid(std::span<const std::uint64_t> validity, std::size_t row) {
  return validity.empty() || ((validity[row / 64] >> (row % 64)) & 1U) != 0;
}

// The oracle: plain loops over all rows of a range.
struct Naive {
  BlockStatistics s;
  std::uint64_t min_key = 0, max_key = 0;

  static bool less(FieldType type, std::uint64_t a, std::uint64_t b) {
    if (type == FieldType::kFloat64) {
      const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
      return std::isnan(y) ? !std::isnan(x) : x < y;
    }
    return type == FieldType::kInt64 ? std::bit_cast<std::int64_t>(a) < std::bit_cast<std::int64_t>(b) : a < b;
  }
  void add(FieldType type, std::uint64_t bits, std::int64_t time) {
    if (s.count == 0 || time < s.first_time) {
      s.first_time = time;
      s.first_bits = bits;
    }
    if (s.count == 0 || time >= s.last_time) {
      s.last_time = time;
      s.last_bits = bits;
    }
    s.min_bits = s.count == 0 || less(type, bits, s.min_bits) ? bits : s.min_bits;
    s.max_bits = s.count == 0 || less(type, s.max_bits, bits) ? bits : s.max_bits;
    s.sum_int += type == FieldType::kInt64 ? Int128{std::bit_cast<std::int64_t>(bits)} : Int128{bits};
    s.sum_double += std::bit_cast<double>(bits);
    ++s.count;
  }
};

inline void expect_statistics(const TestTable& table, std::size_t f, std::size_t begin, std::size_t end,
                              const BlockStatistics& got) {
  const FieldType type = table.schema.fields[f].type;
  Naive naive;
  for (std::size_t row = begin; row < end; ++row) {
    if (is_valid(table.fields[f].validity, row)) {
      naive.add(type, type == FieldType::kString ? 0 : table.fields[f].bits[row], table.times[row]);
    } else {
      ++naive.s.nulls;
    }
  }
  const BlockStatistics& want = naive.s;
  ASSERT_EQ(got.count, want.count);
  ASSERT_EQ(got.nulls, want.nulls);
  if (want.count == 0) { return; }
  ASSERT_EQ(got.first_time, want.first_time);
  ASSERT_EQ(got.last_time, want.last_time);
  if (type == FieldType::kString) { return; }
  ASSERT_EQ(got.first_bits, want.first_bits);
  ASSERT_EQ(got.last_bits, want.last_bits);
  ASSERT_FALSE(Naive::less(type, got.min_bits, want.min_bits) || Naive::less(type, want.min_bits, got.min_bits));
  ASSERT_FALSE(Naive::less(type, got.max_bits, want.max_bits) || Naive::less(type, want.max_bits, got.max_bits));
  if (type == FieldType::kFloat64) {
    const double tolerance = 1e-9 * std::fabs(want.sum_double);
    ASSERT_TRUE(std::fabs(got.sum_double - want.sum_double) <= tolerance || got.sum_double == want.sum_double ||
                !std::isfinite(want.sum_double) || !std::isfinite(got.sum_double));
  } else {
    ASSERT_TRUE(got.sum_int == want.sum_int);
  }
}

inline void expect_field(const TestTable& table, const SegmentTable& read, std::size_t b, std::size_t f,
                         DecodedColumn& values) {
  const BlockInfo& block = read.blocks()[b];
  const Status status = read.read_field(b, f, values);
  ASSERT_TRUE(status.has_value()) << status.error().message;
  for (std::size_t i = 0; i < block.row_count; ++i) {
    const std::size_t row = block.row_begin + i;
    ASSERT_EQ(is_valid(values.validity, i), is_valid(table.fields[f].validity, row)) << row;
    if (table.schema.fields[f].type == FieldType::kString) {
      ASSERT_EQ(values.strings[i], table.fields[f].strings[row]) << row;
    } else {
      ASSERT_EQ(values.bits[i], table.fields[f].bits[row]) << row;
    }
  }
  const auto whole = read.statistics(b, f);
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  expect_statistics(table, f, block.row_begin, block.row_begin + block.row_count, *whole);
  const auto micro = read.micro_statistics(b, f);
  ASSERT_EQ(micro->size(), (block.row_count + 255) / 256);
  for (std::size_t m = 0; m < micro->size(); ++m) {
    const std::size_t begin = block.row_begin + m * 256;
    expect_statistics(table, f, begin, std::min<std::size_t>(begin + 256, block.row_begin + block.row_count),
                      (*micro)[m]);
  }
}

inline void expect_equal(const TestTable& table, const SegmentTable& read) {
  ASSERT_EQ(read.schema(), table.schema);
  ASSERT_EQ(read.row_count(), table.times.size());
  ASSERT_EQ(read.series_count() + 1, table.series_row_begin.size());
  for (std::uint32_t s = 0; s < read.series_count(); ++s) {
    ASSERT_EQ(read.series_row_begin()[s], table.series_row_begin[s]);
    for (std::size_t t = 0; t < table.schema.tags.size(); ++t) {
      ASSERT_EQ(read.series_tags(s)[t], table.series[s * table.schema.tags.size() + t]);
    }
  }
  DecodedColumn values;
  std::size_t row = 0;
  for (std::size_t b = 0; b < read.blocks().size(); ++b) {
    SCOPED_TRACE("block " + std::to_string(b));
    const BlockInfo& block = read.blocks()[b];
    ASSERT_EQ(block.row_begin, row);
    row += block.row_count;
    ASSERT_TRUE(read.read_times(b, values));
    const auto bits = std::span(table.times).subspan(block.row_begin, block.row_count);
    ASSERT_TRUE(std::equal(bits.begin(), bits.end(), values.bits.begin(), values.bits.end(),
                           [](std::int64_t a, std::uint64_t c) { return a == std::bit_cast<std::int64_t>(c); }));
    ASSERT_EQ(block.time_min, *std::min_element(bits.begin(), bits.end()));
    ASSERT_EQ(block.time_max, *std::max_element(bits.begin(), bits.end()));
    for (std::size_t f = 0; f < table.fields.size(); ++f) {
      SCOPED_TRACE("field " + std::to_string(f));
      expect_field(table, read, b, f, values);
    }
  }
  ASSERT_EQ(row, table.times.size());
}

}  // namespace streamflow::storage
