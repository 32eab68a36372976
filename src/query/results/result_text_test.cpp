// The texts of times, numbers and strings, without DuckDB.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "query/results/result_number_text.h"
#include "query/results/result_string_text.h"
#include "query/results/result_time_text.h"

namespace streamflow::query {
namespace {

template <class Append, class... Arguments>
std::string text_of(Append append, Arguments... arguments) {
  std::string out = ">";  // appended to, never replaced
  append(arguments..., out);
  EXPECT_EQ(out.front(), '>');
  return out.substr(1);
}

std::string timestamp(std::int64_t ticks, TimeUnit unit, Fraction fraction = Fraction::kShortest) {
  return text_of(append_timestamp, ticks, unit, fraction);
}

TEST(TimeText, TimestampsHaveAsManyDigitsAsTheyNeed) {
  EXPECT_EQ(timestamp(0, TimeUnit::kSecond), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(1'709'294'400'250'000'000, TimeUnit::kNano), "2024-03-01T12:00:00.250Z");
  EXPECT_EQ(timestamp(1'709'294'400'250'001'000, TimeUnit::kNano), "2024-03-01T12:00:00.250001Z");
  EXPECT_EQ(timestamp(1'709'294'400'000'000'001, TimeUnit::kNano), "2024-03-01T12:00:00.000000001Z");
  EXPECT_EQ(timestamp(1'709'294'400'007, TimeUnit::kMilli), "2024-03-01T12:00:00.007Z");
  EXPECT_EQ(timestamp(0, TimeUnit::kMicro, Fraction::kNanoseconds), "1970-01-01T00:00:00.000000000Z");
}

TEST(TimeText, TimestampsReachTheirExtremes) {
  EXPECT_EQ(timestamp(-1, TimeUnit::kNano), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(timestamp(INT64_MIN, TimeUnit::kNano), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(timestamp(INT64_MAX - 1, TimeUnit::kNano), "2262-04-11T23:47:16.854775806Z");
  EXPECT_EQ(timestamp(INT64_MAX, TimeUnit::kNano), "infinity");
  EXPECT_EQ(timestamp(-INT64_MAX, TimeUnit::kMicro), "-infinity");
  EXPECT_EQ(timestamp(-62'198'755'200, TimeUnit::kSecond), "-0001-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(253'402'300'800, TimeUnit::kSecond), "+10000-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(INT64_MIN, TimeUnit::kSecond).substr(0, 13), "-292277022657");
}

TEST(TimeText, DatesAgreeWithTheCalendarOfTheStandardLibrary) {
  for (std::int32_t days = -800'000; days < 3'000'000; days += 17) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    if (static_cast<int>(date.year()) < 0 || static_cast<int>(date.year()) > 9999) continue;
    char wanted[32];
    std::snprintf(wanted, sizeof wanted, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    ASSERT_EQ(text_of(append_date, days), wanted) << days;
  }
  EXPECT_EQ(text_of(append_date, INT32_MAX), "infinity");
  EXPECT_EQ(text_of(append_date, -INT32_MAX), "-infinity");
}

TEST(TimeText, TimesOfDay) {
  const auto micros = [](std::int64_t ticks) {
    return text_of(append_time_of_day, ticks, TimeUnit::kMicro, Fraction::kShortest);
  };
  EXPECT_EQ(micros(0), "00:00:00");
  EXPECT_EQ(micros(86'400'000'000), "24:00:00");
  EXPECT_EQ(micros(45'296'500'000), "12:34:56.500");
  EXPECT_EQ(text_of(append_time_of_day, std::int64_t{1}, TimeUnit::kNano, Fraction::kNanoseconds),
            "00:00:00.000000001");
}

TEST(TimeText, IntervalsAreIso8601) {
  const auto interval = [](std::int32_t months, std::int32_t days, std::int64_t micros) {
    return text_of(append_interval, months, days, micros);
  };
  EXPECT_EQ(interval(0, 0, 0), "PT0S");
  EXPECT_EQ(interval(14, 3, 14'706'700'000), "P1Y2M3DT4H5M6.700S");
  EXPECT_EQ(interval(0, -1, 0), "P-1D");
  EXPECT_EQ(interval(0, 0, -1), "PT-0.000001S");
  EXPECT_EQ(interval(-13, 0, -3'600'000'000), "P-1Y-1MT-1H");
  EXPECT_EQ(interval(INT32_MIN, 0, INT64_MIN), "P-178956970Y-8MT-2562047788H-54.775808S");
}

TEST(NumberText, FloatsReadBackToTheSameBits) {
  EXPECT_EQ(text_of(append_float64, 0.1), "0.1");
  EXPECT_EQ(text_of(append_float64, -0.0), "-0");
  EXPECT_EQ(text_of(append_float32, 0.1F), "0.1");
  EXPECT_EQ(text_of(append_float64, std::nan("")), "NaN");
  EXPECT_EQ(text_of(append_float64, -HUGE_VAL), "-Infinity");
  EXPECT_EQ(text_of(append_float32, HUGE_VALF), "Infinity");
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = text_of(append_float64, value);
    double back = 0;
    ASSERT_EQ(std::from_chars(text.data(), text.data() + text.size(), back).ptr, text.data() + text.size());
    ASSERT_EQ(std::memcmp(&back, &value, sizeof value), 0) << text;
  }
}

TEST(NumberText, WideIntegersAndDecimals) {
  const Int128 min = Int128{1} << 126U << 1U;
  EXPECT_EQ(text_of(append_int128, min), "-170141183460469231731687303715884105728");
  EXPECT_EQ(text_of(append_uint128, ~Uint128{0}), "340282366920938463463374607431768211455");
  EXPECT_EQ(text_of(append_int128, Int128{-7}), "-7");
  EXPECT_EQ(text_of(append_decimal, Int128{1250}, 2U), "12.50");
  EXPECT_EQ(text_of(append_decimal, Int128{-5}, 3U), "-0.005");
  EXPECT_EQ(text_of(append_decimal, Int128{0}, 2U), "0.00");
  EXPECT_EQ(text_of(append_decimal, Int128{123}, 3U), "0.123");
  EXPECT_EQ(text_of(append_decimal, Int128{-42}, 0U), "-42");
  EXPECT_EQ(text_of(append_decimal, Int128{1}, 38U), "0.00000000000000000000000000000000000001");
  EXPECT_EQ(text_of(append_uuid, 0x0123456789abcdefU, 0xfedcba9876543210U), "01234567-89ab-cdef-fedc-ba9876543210");
}

std::string json(std::string_view text) {
  return text_of(append_json_string, text);
}

TEST(StringText, JsonEscapesOnlyWhatItMust) {
  EXPECT_EQ(json(""), R"("")");
  EXPECT_EQ(json("plain text, longer than a word"), R"("plain text, longer than a word")");
  EXPECT_EQ(json("quote\" back\\slash"), R"("quote\" back\\slash")");
  EXPECT_EQ(json(std::string_view("\0\x01\x1f\b\f\n\r\t/\x7f", 10)), "\"\\u0000\\u0001\\u001f\\b\\f\\n\\r\\t/\x7f\"");
  EXPECT_EQ(json("Grüße, 世界 🎉 x"), "\"Grüße, 世界 🎉 x\"");
}

TEST(StringText, EveryByteIsEscapedAtEveryPlaceOfAWord) {
  for (int byte = 0; byte < 0x80; ++byte) {
    for (std::size_t place = 0; place < 17; ++place) {
      std::string text(17, 'a');
      text[place] = static_cast<char>(byte);
      const bool plain = byte >= 0x20 && byte != '"' && byte != '\\';
      ASSERT_EQ(json(text) == '"' + text + '"', plain) << byte << " at " << place;
      const bool quoted = byte == '"' || byte == ',' || byte == '\n' || byte == '\r';
      ASSERT_EQ(text_of(append_csv_field, text).front() == '"', quoted) << byte << " at " << place;
    }
  }
}

TEST(StringText, BrokenUtf8BecomesTheReplacementCharacter) {
  const struct {
    const char* name;
    std::string input, wanted;
  } cases[] = {
      {"lone continuation", "a\x80z", "a�z"},
      {"truncated at the end", "a\xE4\xB8", "a��"},
      {"overlong slash", "\xC0\xAF", "��"},
      {"overlong three bytes", "\xE0\x80\xAF", "���"},
      {"overlong four bytes", "\xF0\x80\x80\xAF", "����"},
      {"surrogate", "\xED\xA0\x80", "���"},
      {"beyond U+10FFFF", "\xF4\x90\x80\x80", "����"},
      {"five-byte lead", "\xF8x", "�x"},
      {"highest code point", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
  };
  for (const auto& [name, input, wanted] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(json(input), '"' + wanted + '"');
    EXPECT_EQ(text_of(append_utf8, input), wanted);
    EXPECT_EQ(text_of(append_csv_field, input), wanted);
    EXPECT_EQ(is_utf8(input), input == wanted);
  }
}

TEST(StringText, RandomBytesAlwaysComeOutAsUtf8) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    ASSERT_TRUE(is_utf8(json(text)));
    ASSERT_TRUE(is_utf8(text_of(append_csv_field, text)));
  }
}

TEST(StringText, CsvQuotes) {
  EXPECT_EQ(text_of(append_csv_field, ""), R"("")");
  EXPECT_EQ(text_of(append_csv_field, "plain"), "plain");
  EXPECT_EQ(text_of(append_csv_field, R"(a "b" c)"), R"("a ""b"" c")");
  EXPECT_EQ(text_of(append_csv_field, "a,b\r\nc\""), "\"a,b\r\nc\"\"\"");
}

TEST(StringText, Base64OfRfc4648) {
  EXPECT_EQ(text_of(append_base64, ""), "");
  EXPECT_EQ(text_of(append_base64, "f"), "Zg==");
  EXPECT_EQ(text_of(append_base64, "fo"), "Zm8=");
  EXPECT_EQ(text_of(append_base64, "foo"), "Zm9v");
  EXPECT_EQ(text_of(append_base64, "foobar"), "Zm9vYmFy");
  EXPECT_EQ(text_of(append_base64, "\xFB\xFF\xFE"), "+//+");
}

}  // namespace
}  // namespace streamflow::query
