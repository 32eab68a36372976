#include "storage/memtable/sorted_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <tuple>

namespace streamflow::storage {
namespace {

struct PlainRow {
  std::uint32_t series;
  std::int64_t time;
  std::optional<std::int64_t> number;
  std::optional<std::string> text;
};

// A batch of rows over two fields: 0 an int64, 1 a string. Each row's series is its own entry, so ids repeat.
std::shared_ptr<ArrivedRows> arrived(const std::vector<PlainRow>& rows) {
  auto batch = std::make_shared<RowBatch>();
  FieldVector number, text;
  number.name = "number";
  number.type = FieldType::kInt64;
  text.name = "text";
  text.type = FieldType::kString;
  number.validity.assign((rows.size() + 63) / 64, 0);
  text.validity = number.validity;
  auto shared = std::make_shared<ArrivedRows>();
  ArrivedRows& out = *shared;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    batch->times.push_back(rows[i].time);
    batch->series_of_row.push_back(batch->series_count++);
    out.series_ids.push_back(SeriesId{rows[i].series});
    number.bits.push_back(static_cast<std::uint64_t>(rows[i].number.value_or(0)));
    text.strings.push_back(rows[i].text.value_or(""));
    if (rows[i].number) { number.validity[i / 64] |= std::uint64_t{1} << (i % 64); }
    if (rows[i].text) { text.validity[i / 64] |= std::uint64_t{1} << (i % 64); }
  }
  batch->fields = {number, text};
  out.batch = batch;
  out.field_indexes = {0, 1};
  return shared;
}

std::vector<PlainRow> plain(const SortedRows& rows) {
  std::vector<PlainRow> out;
  const SortedRows::Column* number = rows.column(0);
  const SortedRows::Column* text = rows.column(1);
  const auto valid = [](const SortedRows::Column* c, std::uint32_t row) {
    return c != nullptr && (c->validity.empty() || ((c->validity[row / 64] >> (row % 64)) & 1U) != 0);
  };
  for (std::size_t s = 0; s < rows.series.size(); ++s) {
    for (std::uint32_t row = rows.row_begin[s]; row < rows.row_begin[s + 1]; ++row) {
      PlainRow r{rows.series[s].value, rows.times[row], std::nullopt, std::nullopt};
      if (valid(number, row)) { r.number = static_cast<std::int64_t>(number->bits[row]); }
      if (valid(text, row)) { r.text = std::string(text->strings[row]); }
      out.push_back(r);
    }
  }
  return out;
}

// The rules of DuplicatePolicy, in the plainest way.
std::vector<PlainRow> expected(const std::vector<PlainRow>& rows, DuplicatePolicy policy) {
  std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<PlainRow>> groups;
  for (const PlainRow& row : rows) { groups[{row.series, row.time}].push_back(row); }
  std::vector<PlainRow> out;
  for (const auto& [key, group] : groups) {
    if (policy == DuplicatePolicy::kKeep) {
      out.insert(out.end(), group.begin(), group.end());
      continue;
    }
    PlainRow row = group.front();
    for (const PlainRow& newer : group) {
      if (policy == DuplicatePolicy::kLast || newer.number) { row.number = newer.number; }
      if (policy == DuplicatePolicy::kLast || newer.text) { row.text = newer.text; }
    }
    out.push_back(row);
  }
  return out;
}

void expect_equal(const std::vector<PlainRow>& got, const std::vector<PlainRow>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(std::tie(got[i].series, got[i].time, got[i].number, got[i].text),
              std::tie(want[i].series, want[i].time, want[i].number, want[i].text))
        << "row " << i;
  }
}

std::vector<PlainRow> random_rows(std::mt19937_64& random, std::size_t count) {
  std::vector<PlainRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    PlainRow row{static_cast<std::uint32_t>(random() % 5), static_cast<std::int64_t>(random() % 40) - 20, std::nullopt,
                 std::nullopt};
    if (random() % 4 != 0) { row.number = static_cast<std::int64_t>(random()); }
    if (random() % 3 != 0) { row.text = std::string(random() % 6, 'x') + std::to_string(i); }
    rows.push_back(row);
  }
  return rows;
}

TEST(SortedRows, SortingAndMergingAgreeWithThePlainRules) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (const DuplicatePolicy policy : {DuplicatePolicy::kMerge, DuplicatePolicy::kLast, DuplicatePolicy::kKeep}) {
      std::vector<PlainRow> all;
      std::vector<std::shared_ptr<const ArrivedRows>> batches;
      std::vector<SortedRows> pages;
      for (std::size_t page = 0; page < 1 + seed % 4; ++page) {
        std::vector<std::shared_ptr<const ArrivedRows>> of_page;
        for (std::size_t b = 0; b < 1 + random() % 3; ++b) {
          const auto rows = random_rows(random, random() % 90);
          all.insert(all.end(), rows.begin(), rows.end());
          of_page.push_back(arrived(rows));
        }
        batches.insert(batches.end(), of_page.begin(), of_page.end());
        pages.push_back(sort_rows(of_page, policy));
      }
      const auto want = expected(all, policy);
      expect_equal(plain(sort_rows(batches, policy)), want);
      std::vector<RowSource> sources;
      for (const SortedRows& page : pages) { sources.push_back(source_of(page)); }
      expect_equal(plain(merge_rows(sources, policy)), want);

      const TimeRange range{timestamp_from_ns(-5), timestamp_from_ns(7)};
      std::vector<PlainRow> inside;
      for (const PlainRow& row : want) {
        if (range.contains(timestamp_from_ns(row.time))) { inside.push_back(row); }
      }
      for (RowSource& source : sources) {
        for (RowRun& run : source.runs) { run = cut(run, source.times, range); }
      }
      expect_equal(plain(merge_rows(sources, policy)), inside);
    }
  }
}

TEST(SortedRows, ColumnsThatOneSourceLacksAreNull) {
  auto first = arrived({{1, 10, 7, "a"}});
  auto second = arrived({{1, 20, 8, "b"}});
  second->field_indexes = {2, 1};  // another field: the schema widened in between
  const SortedRows rows =
      sort_rows(std::vector<std::shared_ptr<const ArrivedRows>>{first, second}, DuplicatePolicy::kMerge);
  ASSERT_EQ(rows.columns.size(), 3U);
  EXPECT_EQ(rows.column(0)->validity, std::vector<std::uint64_t>{0b01});
  EXPECT_EQ(rows.column(2)->validity, std::vector<std::uint64_t>{0b10});
  EXPECT_TRUE(rows.column(1)->validity.empty());
}

TEST(SortedRows, OfNothingIsEmpty) {
  EXPECT_EQ(sort_rows({}, DuplicatePolicy::kMerge).row_count(), 0U);
  EXPECT_EQ(merge_rows({}, DuplicatePolicy::kKeep).row_count(), 0U);
}

}  // namespace
}  // namespace streamflow::storage
