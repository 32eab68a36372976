#include "query/files/file_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <fstream>

#include "query/files/file_reader_session.h"

namespace streamflow::query {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;
constexpr std::int64_t kMarch1 = 19'783 * kDay;  // 2024-03-01

class FileReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> counter = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("streamflow_file_reader_" + std::to_string(::getpid()) + "_" + std::to_string(counter++));
    std::filesystem::create_directories(folder_);
    options_.table = "t";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text, const std::string& name = "data.csv") {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  // Writes the rows of a SELECT as Parquet.
  std::filesystem::path write_parquet(const std::string& sql, const std::string& name = "data.parquet") {
    auto session = FileSession::open();
    EXPECT_TRUE(session.has_value());
    const auto done = session.value()->query("COPY (" + sql + ") TO " + quoted_literal((folder_ / name).string()) +
                                             " (FORMAT parquet)");
    EXPECT_TRUE(done.has_value()) << done.error().message;
    return folder_ / name;
  }

  // All rows as one batch (the last of several when batch_rows is smaller), with the reader kept for its counters.
  RowBatch read(const std::filesystem::path& path) {
    RowBatch batch;
    auto opened = FileReader::open(path, options_);
    if (!opened.has_value()) {
      ADD_FAILURE() << opened.error().message;
      return batch;
    }
    reader_ = std::move(opened).value();
    const auto more = reader_->next(batch);
    EXPECT_TRUE(more.has_value()) << more.error().message;
    if (more.has_value() && more.value()) {
      const Status valid = validate(batch);
      EXPECT_TRUE(valid.has_value()) << valid.error().message;
    }
    RowBatch rest;
    const auto end = reader_->next(rest);
    EXPECT_TRUE(end.has_value() && !end.value());
    return batch;
  }
  RowBatch read_csv(const std::string& text) { return read(write(text)); }

  Error open_error(const std::filesystem::path& path) {
    const auto opened = FileReader::open(path, options_);
    EXPECT_FALSE(opened.has_value());
    return opened.has_value() ? Error{} : opened.error();
  }

  std::string notes() const {
    std::string all;
    for (const std::string& note : reader_->notes()) all += note + "\n";
    return all;
  }

  std::filesystem::path folder_;
  FileReadOptions options_;
  std::unique_ptr<FileReader> reader_;
};

std::vector<double> doubles(const FieldVector& field) {
  std::vector<double> values;
  for (const std::uint64_t bits : field.bits) values.push_back(std::bit_cast<double>(bits));
  return values;
}

std::string fields_of(const RowBatch& batch) {
  std::string out;
  for (const FieldVector& field : batch.fields) {
    out += (out.empty() ? "" : ", ") + field.name + " " + std::string(name_of(field.type));
  }
  return out;
}

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

using Times = std::vector<std::int64_t>;

TEST_F(FileReaderTest, ReadsDailyPrices) {
  const RowBatch batch = read_csv(
      "date,open,high,low,close,adjclose,volume\n"
      "2024-03-01,1469.250000,1478.000000,1438.359985,1455.219971,1455.219971,931800000\n"
      "2024-03-02,1455.219971,1455.219971,1397.430054,1399.420044,1399.420044,1009000000\n");
  EXPECT_EQ(batch.times, (Times{kMarch1, kMarch1 + kDay}));
  EXPECT_EQ(fields_of(batch), "open float64, high float64, low float64, close float64, adjclose float64, volume int64");
  EXPECT_EQ(doubles(batch.fields[3]), (std::vector<double>{1455.219971, 1399.420044}));
  EXPECT_EQ(batch.fields[5].bits, (std::vector<std::uint64_t>{931'800'000, 1'009'000'000}));
  EXPECT_EQ(batch.duplicates, DuplicatePolicy::kKeep);
  EXPECT_EQ(batch.table, "t");
  EXPECT_EQ(batch.series_count, 1U);
  EXPECT_EQ(reader_->rejected_rows(), 0U);
  EXPECT_EQ(reader_->progress(), 1);
  EXPECT_CONTAINS(notes(), "time: column \"date\", dates or times as text");
  EXPECT_CONTAINS(notes(), "fields: open float64");
}

TEST_F(FileReaderTest, ReadsDailyWeatherWithATag) {
  options_.tags = {"weather"};
  const RowBatch batch = read_csv(
      "date,precipitation,temp_max,temp_min,wind,weather\n"
      "2012-01-01,0.0,12.8,5.0,4.7,drizzle\n2012-01-02,10.9,10.6,2.8,4.5,rain\n2012-01-03,0.8,11.7,7.2,2.3,rain\n"
      "2012-01-04,0,1,2,3,\n");
  EXPECT_EQ(batch.tags, std::vector<std::string>{"weather"});
  EXPECT_EQ(batch.series, (std::vector<std::string>{"drizzle", "rain", ""}));
  EXPECT_EQ(batch.series_of_row, (std::vector<std::uint32_t>{0, 1, 1, 2}));
  EXPECT_EQ(fields_of(batch), "precipitation float64, temp_max float64, temp_min float64, wind float64");
}

TEST_F(FileReaderTest, ReadsColumnsWithSpacesAndCapitals) {
  const RowBatch batch = read_csv("Date,CO2,adjusted CO2\n1958-03-01,315.70,314.44\n1958-04-01,317.46,315.16\n");
  EXPECT_EQ(batch.times[0], -4'324 * kDay);
  EXPECT_EQ(fields_of(batch), "CO2 float64, adjusted CO2 float64");
}

TEST_F(FileReaderTest, ReadsTimestampChannelValue) {
  options_.tags = {"channel_id"};
  const RowBatch batch = read_csv(
      "timestamp,channel_id,value\n2024-03-01T00:00:00.123456789Z,007,1.5\n2024-03-01T02:00:01+02:00,12,\n2024-03-01 "
      "00:00:02,007,3\n");
  EXPECT_EQ(batch.times, (Times{kMarch1 + 123'456'789, kMarch1 + kSecond, kMarch1 + 2 * kSecond}));
  EXPECT_EQ(batch.series, (std::vector<std::string>{"007", "12"}));  // a tag keeps its zeros
  EXPECT_EQ(fields_of(batch), "value float64");
  EXPECT_TRUE(batch.fields[0].valid(0));
  EXPECT_FALSE(batch.fields[0].valid(1));
  EXPECT_TRUE(batch.fields[0].valid(2));
}

TEST_F(FileReaderTest, ReadsFlightsOfParquet) {
  options_.tags = {"origin", "destination"};
  const auto path = write_parquet(
      "SELECT TIMESTAMP '2001-01-01 00:01:00' + to_minutes(i) AS date, (33 + i)::BIGINT AS delay, 2176::BIGINT AS "
      "distance, "
      "CASE i % 3 WHEN 0 THEN 'LAS' ELSE 'ATL' END AS origin, CASE i % 2 WHEN 0 THEN 'PHL' END AS destination FROM "
      "range(5000) t(i)");
  const RowBatch batch = read(path);
  ASSERT_EQ(batch.row_count(), 5000U);
  EXPECT_EQ(batch.times[0], 11'323 * kDay + 60 * kSecond);
  EXPECT_EQ(batch.times[4999], 11'323 * kDay + 5'000 * 60 * kSecond);
  EXPECT_EQ(fields_of(batch), "delay int64, distance int64");
  EXPECT_EQ(batch.series, (std::vector<std::string>{"LAS", "PHL", "ATL", "", "ATL", "PHL", "LAS", ""}));
  EXPECT_EQ(batch.fields[0].bits[4999], 5032U);
  EXPECT_EQ(reader_->row_count_estimate(), 5000U);
  EXPECT_CONTAINS(notes(), "time: column \"date\", TIMESTAMP");
}

TEST_F(FileReaderTest, ReadsEveryParquetType) {
  const auto path = write_parquet(
      "SELECT '2024-03-01 00:00:00.123456789'::TIMESTAMP_NS AS ts, 18446744073709551615::UBIGINT AS u64, (-5)::TINYINT "
      "AS i8, "
      "4294967295::UINTEGER AS u32, 1.25::DECIMAL(9,2) AS dec, 0.5::FLOAT AS f, true AS b, 'x' AS s, DATE '2024-01-02' "
      "AS day2, "
      "[1, 2] AS list, 7::HUGEINT AS huge, NULL::INTEGER AS none");
  const RowBatch batch = read(path);
  EXPECT_EQ(batch.times, Times{kMarch1 + 123'456'789});
  EXPECT_EQ(fields_of(batch),
            "u64 uint64, i8 int64, u32 int64, dec float64, f float64, b boolean, s string, day2 string, list string, "
            "huge float64, none int64");
  EXPECT_EQ(batch.fields[0].bits[0], UINT64_MAX);
  EXPECT_EQ(static_cast<std::int64_t>(batch.fields[1].bits[0]), -5);
  EXPECT_EQ(batch.fields[2].bits[0], 4294967295U);
  EXPECT_EQ(doubles(batch.fields[3])[0], 1.25);
  EXPECT_EQ(doubles(batch.fields[4])[0], 0.5);
  EXPECT_EQ(batch.fields[5].bits[0], 1U);
  EXPECT_EQ(batch.fields[7].strings[0], "2024-01-02");
  EXPECT_EQ(batch.fields[8].strings[0], "[1, 2]");
  EXPECT_FALSE(batch.fields[10].valid(0));
}

TEST_F(FileReaderTest, ReadsTimesOfParquetInEveryUnit) {
  for (const std::string type : {"TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMPTZ", "DATE"}) {
    SCOPED_TRACE(type);
    const RowBatch batch = read(write_parquet("SELECT '2024-03-01'::" + type + " AS t, 1 AS v"));
    EXPECT_EQ(batch.times, Times{kMarch1});
  }
}

TEST_F(FileReaderTest, ReadsTimesAsText) {
  const struct {
    const char* name;
    const char* first;
    const char* second;
    std::int64_t time;
    const char* note;
  } cases[] = {
      {"slashes", "2024/03/01 00:00:05", "2024/03/02 00:00:00", kMarch1 + 5 * kSecond, "as text"},
      {"american", "03/01/2024", "03/13/2024", kMarch1, "%m/%d/%Y"},
      {"british", "01/03/2024", "13/03/2024", kMarch1, "%d/%m/%Y"},
      {"german", "01.03.2024 00:00:05", "02.03.2024 00:00:00", kMarch1 + 5 * kSecond, "%d.%m.%Y"},
      {"month name", "Mar 1 2024", "Apr 1 2024", kMarch1, "%b %d %Y"},
      {"day first", "1 Mar 2024", "1 Apr 2024", kMarch1, "%d %b %Y"},
      {"month only", "2024-03", "2024-04", kMarch1, "%Y-%m"},
      {"mail", "\"Fri, 01 Mar 2024 02:00:00 +0200\"", "\"Sat, 02 Mar 2024 02:00:00 +0200\"", kMarch1, "%a, %d"},
      {"am and pm", "03/01/2024 12:00:05 AM", "03/13/2024 12:00:05 PM", kMarch1 + 5 * kSecond, "%p"},
  };
  for (const auto& [name, first, second, time, note] : cases) {
    SCOPED_TRACE(name);
    const RowBatch batch = read_csv("symbol,date,price\nA," + std::string(first) + ",1\nA," + second + ",2\n");
    ASSERT_EQ(batch.row_count(), 2U) << notes();
    EXPECT_EQ(batch.times[0], time);
    EXPECT_CONTAINS(notes(), note);
  }
}

TEST_F(FileReaderTest, SaysWhenDayAndMonthCouldBeExchanged) {
  const RowBatch batch = read_csv("date,v\n03/01/2024,1\n03/02/2024,2\n");
  EXPECT_EQ(batch.row_count(), 2U);
  EXPECT_CONTAINS(notes(), "the other way round");
  read_csv("date,v\n03/13/2024,1\n03/02/2024,2\n");
  EXPECT_EQ(notes().find("the other way round"), std::string::npos);
}

TEST_F(FileReaderTest, GuessesTheUnitOfNumbers) {
  const struct {
    const char* name;
    const char* column;
    const char* value;
    std::int64_t time;
    const char* note;
  } cases[] = {
      {"seconds", "time", "1709251200", kMarch1, "in s (guessed"},
      {"milliseconds", "ts", "1709251200000", kMarch1, "in ms"},
      {"microseconds", "timestamp", "1709251200000000", kMarch1, "in us"},
      {"nanoseconds", "Time", "1709251200000000001", kMarch1 + 1, "in ns"},
      {"negative", "time", "-86400", -kDay, "in s"},
      {"fraction", "time", "1709251200.123456789", kMarch1 + 123'456'789, "in s"},
      {"fraction of milliseconds", "time", "1709251200000.25", kMarch1 + 250'000, "in ms"},
      {"compact date", "date", "20240301", kMarch1, "YYYYMMDD"},
      {"year", "year", "1980", 3'652 * kDay, "years"},
      {"not a year", "time", "1980", 1'980 * kSecond, "in s"},
  };
  for (const auto& [name, column, value, time, note] : cases) {
    SCOPED_TRACE(name);
    const RowBatch batch = read_csv(std::string(column) + ",v\n" + value + ",1\n");
    EXPECT_EQ(batch.times, Times{time}) << notes();
    EXPECT_CONTAINS(notes(), note);
  }
}

TEST_F(FileReaderTest, ObeysTheUnitThatWasGiven) {
  for (const auto& [unit, time] :
       {std::pair("s", 100 * kSecond), {"ms", kSecond / 10}, {"us", 100'000L}, {"ns", 100L}}) {
    options_.time_unit = unit;
    EXPECT_EQ(read_csv("time,v\n100,1\n").times, Times{time}) << unit;
    EXPECT_EQ(read(write_parquet("SELECT 100::DOUBLE AS time, 1 AS v")).times, Times{time}) << unit;
  }
  options_.time_unit = "h";
  EXPECT_CONTAINS(open_error(write("time,v\n100,1\n")).message, "unknown time unit 'h': give s, ms, us or ns");
  options_.time_unit = "s";
  EXPECT_CONTAINS(open_error(write("time,v\n2024-03-01,1\n")).message, "has no unit");
}

TEST_F(FileReaderTest, FractionsOfParquetDoublesAreExact) {
  EXPECT_EQ(read(write_parquet("SELECT 1709251200.25::DOUBLE AS time, 1 AS v")).times, Times{kMarch1 + kSecond / 4});
}

TEST_F(FileReaderTest, PrefersTemporalColumnsThenNames) {
  EXPECT_EQ(fields_of(read_csv("ts,date,v\n17,2024-03-01,1\n")), "ts int64, v int64");
  EXPECT_EQ(fields_of(read_csv("date,timestamp,v\n2024-03-02,2024-03-01,1\n")), "date string, v int64");
  EXPECT_EQ(fields_of(read_csv("died,name\n2024-03-01,x\n")), "name string");
  EXPECT_EQ(fields_of(read_csv("time,date,v\nbreakfast,2024-03-01,1\n")), "time_1 string, v int64");
  EXPECT_CONTAINS(notes(), "column \"time\" is not the time, so it is called \"time_1\"");
}

TEST_F(FileReaderTest, AddsTheTimeOfDayToADate) {
  const RowBatch batch =
      read_csv("date,time,v\n2024-03-01,00:00:05,1\n2024-03-01,00:00:06.5,2\n2024-03-01,,3\n,00:00:01,4\n");
  EXPECT_EQ(batch.times, (Times{kMarch1 + 5 * kSecond, kMarch1 + 6 * kSecond + kSecond / 2}));
  EXPECT_EQ(fields_of(batch), "v int64");
  EXPECT_CONTAINS(notes(), "plus \"time\", a time of day");
  EXPECT_CONTAINS(notes(), "rejected 1 row: no time of day\n");
  EXPECT_CONTAINS(notes(), "rejected 1 row: no time\n");
}

TEST_F(FileReaderTest, TakesTheNamedTimeColumnOrNone) {
  options_.time_column = "born";
  EXPECT_EQ(read_csv("date,Born,v\n2024-03-02,2024-03-01,1\n").times, Times{kMarch1});
  options_.time_column = "gone";
  const Error error = open_error(write("date,v\n2024-03-02,1\n"));
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_CONTAINS(error.message, "no column \"gone\"");
  EXPECT_CONTAINS(error.message, "date, v");
  options_.time_column = "v";
  EXPECT_CONTAINS(open_error(write("date,v\n2024-03-02,word\n")).message, "not times that can be read");
}

TEST_F(FileReaderTest, RefusesFilesWithoutOneTimeColumn) {
  const struct {
    const char* name;
    const char* text;
    const char* message;
  } cases[] = {
      {"none", "a,b\n1,2\n", "no time column found; name the time column with --time-column, one of: a, b"},
      {"several", "born,died\n2024-03-01,2024-03-02\n", "2 columns hold times"},
      {"a word", "time,b\nnoon,2\n", "not times that can be read"},
      {"no values", "time,b\n,2\n", "time"},
      {"not years", "year,b\n12,2\n", "holds no years"},
  };
  for (const auto& [name, text, message] : cases) {
    SCOPED_TRACE(name);
    const Error error = open_error(write(text));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_CONTAINS(error.message, message);
    EXPECT_CONTAINS(error.message, "data.csv");
  }
}

TEST_F(FileReaderTest, CountsRowsWithoutTime) {
  const RowBatch batch = read_csv(
      "time,v\n2024-03-01,1\n,2\nsoon,3\nlater,4\n2024-03-02,5\n1500-01-01,6\n2024-03-03,7\n2024-03-04,8\n2024-03-05,"
      "9\n2024-03-06,10\n");
  EXPECT_EQ(batch.row_count(), 6U);
  EXPECT_EQ(batch.fields[0].bits, (std::vector<std::uint64_t>{1, 5, 7, 8, 9, 10}));
  EXPECT_EQ(reader_->rejected_rows(), 4U);
  EXPECT_CONTAINS(notes(), "rejected 1 row: no time\n");
  EXPECT_CONTAINS(notes(), "rejected 3 rows: time not readable, first 'soon'");
}

TEST_F(FileReaderTest, CountsTimesOutsideTheRange) {
  const RowBatch batch =
      read(write_parquet("SELECT * FROM (VALUES (TIMESTAMP '2024-03-01', 1), ('3000-01-01', 2), "
                         "('1600-01-01', 3), ('infinity', 4), ('-infinity', 5), (NULL, 6)) t(time, v)"));
  EXPECT_EQ(batch.row_count(), 1U);
  EXPECT_EQ(reader_->rejected_rows(), 5U);
  EXPECT_CONTAINS(notes(), "rejected 4 rows: time outside 1677-09-21 to 2262-04-11");
  options_.time_unit = "s";
  EXPECT_EQ(read_csv("time,v\n9223372036854775807,1\n1,2\n").times, Times{kSecond});
}

TEST_F(FileReaderTest, CountsBrokenLines) {
  const RowBatch batch = read_csv(
      "time,v,s\n2024-03-01,1,x\n2024-03-01,2,x\n2024-03-01,3,x\n2024-03-01,4\n2024-03-01,5,y,z\n2024-03-01,6,"
      "\"a\nb\"\n2024-03-01,7,\"c\n");
  EXPECT_EQ(batch.fields[0].bits, (std::vector<std::uint64_t>{1, 2, 3, 6}));
  EXPECT_EQ(batch.fields[1].strings[3], "a\nb");
  EXPECT_EQ(reader_->rejected_rows(), 3U);
  EXPECT_CONTAINS(notes(), "broken line, MISSING COLUMNS, first 'line 5: Expected Number of Columns: 3 Found: 2'");
  EXPECT_CONTAINS(notes(), "broken line, TOO MANY COLUMNS");
  EXPECT_CONTAINS(notes(), "broken line, UNQUOTED VALUE");
}

// DuckDB looks at 20,480 rows and would round 1.5 to 2 in a column that began with integers.
TEST_F(FileReaderTest, ChecksTypesAgainstEveryRow) {
  std::string text = "time,a,b,c,d\n";
  for (int i = 0; i < 30'000; ++i) text += "2024-03-01,1,2,3.5,true\n";
  const RowBatch batch = read_csv(text + "2024-03-01,1.5,word,none,maybe\n");
  EXPECT_EQ(fields_of(batch), "a float64, b string, c string, d string");
  EXPECT_EQ(batch.row_count(), 30'001U);
  EXPECT_EQ(doubles(batch.fields[0]).back(), 1.5);
  EXPECT_EQ(batch.fields[1].strings[30'000], "word");
  EXPECT_EQ(reader_->rejected_rows(), 0U);
}

TEST_F(FileReaderTest, ObeysTypesThatWereGiven) {
  options_.types = {
      {"a", FieldType::kFloat64}, {"b", FieldType::kString}, {"c", FieldType::kUint64}, {"d", FieldType::kBool}};
  const RowBatch batch = read_csv(
      "time,a,b,c,d\n2024-03-01,1,007,18446744073709551615,1\n2024-03-01,2,1.50,2.5,1\n2024-03-01,,,,\n2024-03-01,3,x,-"
      "1,0\n");
  EXPECT_EQ(fields_of(batch), "a float64, b string, c uint64, d boolean");
  EXPECT_EQ(doubles(batch.fields[0]), (std::vector<double>{1, 0}));
  EXPECT_EQ(batch.fields[1].strings[0], "007");
  EXPECT_EQ(batch.fields[2].bits[0], UINT64_MAX);
  EXPECT_EQ(batch.row_count(), 2U);
  EXPECT_FALSE(batch.fields[2].valid(1));  // a row of NULLs is a row
  EXPECT_EQ(reader_->rejected_rows(), 2U);
  EXPECT_CONTAINS(notes(), "rejected 2 rows: column \"c\": not a uint64, first '2.5'");
  options_.types = {{"a", FieldType::kInt64}};
  EXPECT_EQ(
      read(write_parquet("SELECT DATE '2024-03-01' AS time, unnest([1.0, 2.5, 3.0]::DOUBLE[]) AS a")).fields[0].bits,
      (std::vector<std::uint64_t>{1, 3}));
}

TEST_F(FileReaderTest, RefusesWrongOptions) {
  const auto path = write("time,a,b\n2024-03-01,1,2\n");
  const auto message = [&](auto change) {
    options_ = FileReadOptions{};
    options_.table = "t";
    change(options_);
    return open_error(path).message;
  };
  EXPECT_CONTAINS(message([](auto& o) { o.tags = {"c"}; }), "tag \"c\": no such column; the file has time, a, b");
  EXPECT_CONTAINS(message([](auto& o) { o.tags = {"time"}; }), "tag \"time\": that column is the time");
  EXPECT_CONTAINS(message([](auto& o) { o.tags = {"a", "A"}; }), "named twice");
  EXPECT_CONTAINS(message([](auto& o) {
                    o.types = {{"c", FieldType::kBool}};
                  }),
                  "type of column \"c\": no such column");
  EXPECT_CONTAINS(message([](auto& o) {
                    o.tags = {"a"};
                    o.types = {{"a", FieldType::kBool}};
                  }),
                  "a tag is always a string");
  EXPECT_CONTAINS(message([](auto& o) { o.batch_rows = 0; }), "batch_rows");
}

TEST_F(FileReaderTest, RefusesFilesThatAreNone) {
  EXPECT_EQ(open_error(folder_ / "missing.csv").code, ErrorCode::kNotFound);
  EXPECT_EQ(open_error(folder_).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(open_error(write("")).code, ErrorCode::kInvalidArgument);
  const Error error = open_error(write("PAR1 and then nothing of the kind", "x.parquet"));
  EXPECT_TRUE(error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kIo) << error.message;
}

TEST_F(FileReaderTest, ReportsParquetThatIsCutOff) {
  const auto path = write_parquet("SELECT TIMESTAMP '2024-03-01' AS time, i AS v FROM range(100000) t(i)");
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_FALSE(open_error(path).message.empty());
}

TEST_F(FileReaderTest, RejectsStringsThatAreTooLong) {
  options_.tags = {"tag"};
  const RowBatch batch =
      read_csv("time,tag,s\n2024-03-01," + std::string(4097, 'x') + ",a\n2024-03-01,ok,b\n2024-03-01,ok," +
               std::string(65'537, 'y') + "\n2024-03-01," + std::string(4096, 'z') + ",c\n");
  EXPECT_EQ(batch.row_count(), 2U);
  EXPECT_EQ(reader_->rejected_rows(), 2U);
  EXPECT_CONTAINS(notes(), "column \"tag\": longer than 4096 bytes");
  EXPECT_CONTAINS(notes(), "column \"s\": longer than 65536 bytes");
}

TEST_F(FileReaderTest, SplitsIntoBatchesOfTheSizeWanted) {
  options_.batch_rows = 1000;
  options_.tags = {"host"};
  const auto path = write_parquet(
      "SELECT to_timestamp(i) AS time, 'h' || (i // 1500) AS host, CASE WHEN i % 3 > 0 THEN i END AS v FROM "
      "range(3500) t(i)");
  auto reader = FileReader::open(path, options_);
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  std::int64_t row = 0;
  double progress = 0;
  RowBatch batch;
  for (const std::size_t wanted : {1000U, 1000U, 1000U, 500U}) {
    const auto more = reader.value()->next(batch);
    ASSERT_TRUE(more.has_value() && more.value());
    ASSERT_TRUE(validate(batch).has_value());
    ASSERT_EQ(batch.row_count(), wanted);
    for (std::size_t i = 0; i < wanted; ++i, ++row) {
      ASSERT_EQ(batch.times[i], row * kSecond);
      ASSERT_EQ(batch.tag_values(batch.series_of_row[i])[0], "h" + std::to_string(row / 1500));
      ASSERT_EQ(batch.fields[0].valid(i), row % 3 > 0);
      ASSERT_EQ(batch.fields[0].bits[i], row % 3 > 0 ? static_cast<std::uint64_t>(row) : 0U);
    }
    EXPECT_GT(reader.value()->progress(), progress);
    progress = reader.value()->progress();
  }
  EXPECT_FALSE(reader.value()->next(batch).value());
  EXPECT_FALSE(reader.value()->next(batch).value());  // and again
  EXPECT_EQ(reader.value()->progress(), 1);
}

TEST_F(FileReaderTest, EmptyValuesAreNullAndRowsOfNullsAreRows) {
  const RowBatch batch = read_csv("time,s,v\n2024-03-01,a,1\n2024-03-02,\"\",\n2024-03-03,,\n");
  ASSERT_EQ(batch.row_count(), 3U);
  for (const FieldVector& field : batch.fields) {
    EXPECT_TRUE(field.valid(0));
    EXPECT_FALSE(field.valid(1));
    EXPECT_FALSE(field.valid(2));
  }
  EXPECT_EQ(reader_->rejected_rows(), 0U);
}

TEST_F(FileReaderTest, ReadsOtherDialects) {
  EXPECT_EQ(fields_of(read(write("time\tv\n2024-03-01\t1\n2024-03-02\t2\n", "x.tsv"))), "v int64");
  EXPECT_EQ(fields_of(read_csv("time;v;w\r\n2024-03-01;1;a\r\n2024-03-02;2;b\r\n")), "v int64, w string");
  EXPECT_EQ(fields_of(read_csv("\xEF\xBB\xBFtime,v\n2024-03-01,1\n")), "v int64");
  EXPECT_EQ(read_csv("time,\"a \"\"b\"\"\",\"it's\"\n2024-03-01,1,2\n").fields[0].name, "a \"b\"");
}

TEST_F(FileReaderTest, TakesPathsLiterally) {
  write("time,v\n2024-03-01,1\n", "a1.csv");
  for (const std::string name : {"a*.csv", "a?.csv", "a[1].csv", "it's.csv", "k=v.csv"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(read(write("time,w\n2024-03-01,2\n2024-03-02,3\n", name)).row_count(), 2U);
  }
  std::filesystem::create_directories(folder_ / "year=2024");
  EXPECT_EQ(fields_of(read(write_parquet("SELECT DATE '2024-03-01' AS time, 1 AS v", "year=2024/x.parquet"))),
            "v int64");
}

TEST_F(FileReaderTest, ManySeriesAndBatchesAgreeWithTheFile) {
  options_.batch_rows = 7'000;
  options_.tags = {"a", "b"};
  auto reader = FileReader::open(write_parquet("SELECT to_timestamp(i) AS time, ['x', 'xy', NULL][i % 3 + 1] AS a, "
                                               "['yz', 'z', '', NULL][i % 4 + 1] AS b, i AS v FROM range(20000) t(i)"),
                                 options_);
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  const std::string a[] = {"x", "xy", ""}, b[] = {"yz", "z", "", ""};
  RowBatch batch;
  std::size_t row = 0;
  while (reader.value()->next(batch).value()) {
    EXPECT_EQ(batch.series_count, 9U);  // '' and NULL are the same: no tag
    for (std::size_t i = 0; i < batch.row_count(); ++i, ++row) {
      const auto values = batch.tag_values(batch.series_of_row[i]);
      ASSERT_EQ(values[0], a[row % 3]);
      ASSERT_EQ(values[1], b[row % 4]);
    }
  }
  EXPECT_EQ(row, 20'000U);
}

}  // namespace
}  // namespace streamflow::query
