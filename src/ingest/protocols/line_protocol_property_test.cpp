#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "ingest/protocols/line_protocol.h"
#include "ingest/protocols/line_reference.h"

namespace streamflow::ingest {
namespace {

LineProtocolOptions options_for_tests() {
  LineProtocolOptions options;
  options.now = timestamp_from_ns(1'700'000'000'123'456'789);
  options.errors_max = 1'000'000;
  return options;
}

// Everything the contract promises, and agreement with the reference.
void expect_agreement(LineProtocolDecoder& decoder, const std::string& body, const LineProtocolOptions& options) {
  const LineProtocolResult result = decoder.decode(body, options);
  const reference::Decoded expected = reference::decode(body, options);
  std::size_t rows = 0;
  ASSERT_EQ(result.batches.size(), result.line_of_row.size());
  for (std::size_t b = 0; b < result.batches.size(); ++b) {
    const RowBatch& batch = result.batches[b];
    const Status valid = validate(batch);
    ASSERT_TRUE(valid.has_value()) << valid.error().message;
    ASSERT_EQ(batch.row_count(), result.line_of_row[b].size());
    ASSERT_TRUE(std::is_sorted(result.line_of_row[b].begin(), result.line_of_row[b].end()));
    rows += batch.row_count();
    std::set<std::vector<std::string>> distinct;
    for (std::uint32_t s = 0; s < batch.series_count; ++s) {
      const auto values = batch.tag_values(s);
      ASSERT_TRUE(distinct.emplace(values.begin(), values.end()).second)
          << "series " << s << " of " << batch.table << " is there twice";
    }
  }
  ASSERT_EQ(result.line_count, rows + result.error_count);
  ASSERT_EQ(rows, expected.rows.size());
  ASSERT_TRUE(reference::rows_of(result) == expected.rows);
  ASSERT_EQ(result.errors.size(), expected.errors.size());
  for (const LineError& error : result.errors) {
    ASSERT_FALSE(error.reason.empty());
    ASSERT_TRUE(expected.errors.contains(error.line)) << "line " << error.line << ": " << error.reason;
    // A line may be wrong in both ways; the decoder names what it meets first, the reference judges syntax first.
    if (expected.errors.at(error.line) == LineErrorKind::kUnprocessable) {
      ASSERT_EQ(error.kind, LineErrorKind::kUnprocessable) << "line " << error.line << ": " << error.reason;
    }
  }
}

std::string show(const std::string& body) {
  std::string text;
  for (const char c : body) { text += c == '\n' ? std::string("\\n\n") : std::string(1, c); }
  return text;
}

// Pieces chosen so that lines are good, nearly good, and hostile in equal parts.
class BodyMaker {
 public:
  explicit BodyMaker(std::uint64_t seed) : random_(seed) {}

  std::string body() {
    std::string text;
    const std::size_t lines = below(12);
    for (std::size_t i = 0; i < lines; ++i) {
      text += below(5) == 0 ? noise() : line();
      text += pick({"\n", "\n", "\n", "\n", "\r\n", "\n\n", "\n# comment, with=\"quote\n", " \n"});
    }
    if (below(3) == 0 && !text.empty()) { mutate(text); }
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string pick(std::initializer_list<const char*> choices) { return choices.begin()[below(choices.size())]; }

  std::string name() {
    return pick({"cpu", "m", "usage", "f", "g", "host", "a b", "x", "time", "temperature_of_the_second_boiler_in_hall",
                 "\xC3\xA4"});
  }
  std::string escaped(std::string text) {
    std::string out;
    for (const char c : text) { out += c == ' ' || c == ',' || c == '=' ? std::string("\\") + c : std::string(1, c); }
    return out;
  }
  std::string value() {
    return pick({"1",
                 "1.5",
                 "-0",
                 "0i",
                 "42i",
                 "100i",
                 "-7i",
                 "7u",
                 "18446744073709551615u",
                 "9223372036854775807i",
                 "9223372036854775808i",
                 "-9223372036854775808i",
                 "1e3",
                 "1e400",
                 "1e-400",
                 ".5",
                 "5.",
                 "t",
                 "F",
                 "true",
                 "False",
                 "tru",
                 "NaN",
                 "-inf",
                 "\"\"",
                 "\"text\"",
                 "\"a\\\"b\\\\c\\d\"",
                 "\"two\nlines = x \"",
                 "\"open",
                 "",
                 "0x1",
                 "1i2",
                 "+5",
                 "+5i",
                 "00012i",
                 "123456789012345678901234567890",
                 "1234567.875",
                 "\"\xC3\xA4\"",
                 "\"\xFF\"",
                 "12345678i",
                 "123456781234567i",
                 "1_000",
                 "--1",
                 "1ii",
                 "-u",
                 "-0u",
                 "-1u"});
  }
  std::string stamp() {
    return pick({"", " 1", " 1700000000000000000", " -5", " 9223372036854775806", " 9223372036854775807",
                 " -9223372036854775806", " -9223372036854775807", " 99999999999999999999", " 12x", " 1.5", "  7 ", " ",
                 " +3", " -"});
  }
  std::string line() {
    std::string text = escaped(below(3) != 0 ? pick({"cpu", "mem"}) : name());
    for (std::size_t tags = below(4); tags > 0; --tags) {
      text += "," + escaped(below(2) != 0 ? pick({"host", "region", "dc"}) : name()) + "=" +
              escaped(pick({"a", "b", "server 1", "", "x=y", "\\", "c\\"}));
    }
    text += pick({" ", " ", " ", "  ", ""});
    const std::size_t fields = 1 + below(5);
    static const char* const kUsual[] = {"usage", "idle", "count=1", "note", "on"};
    for (std::size_t i = 0; i < fields; ++i) {
      text += i == 0 ? "" : ",";
      if (below(2) != 0) {
        static const char* const kValues[] = {"1.5", "42i", "7u", "\"text\"", "true"};
        text += escaped(kUsual[i]) + "=" + kValues[i];
      } else {
        text += escaped(name()) + pick({"=", "=", "=", "=", ""}) + value();
      }
    }
    return text + stamp();
  }
  std::string noise() {
    std::string text;
    for (std::size_t i = below(40); i > 0; --i) {
      text += pick({"a", "=", ",", " ", "\\", "\"", "1", "i", "\n", "\r", "#", "m f=1", "-", "\xC3", "=\""});
    }
    return text;
  }
  void mutate(std::string& text) {
    for (std::size_t i = 1 + below(3); i > 0 && !text.empty(); --i) {
      const std::size_t at = below(text.size());
      switch (below(3)) {
        case 0: text.erase(at, 1 + below(3)); break;
        case 1: text.insert(at, 1, "=,\" \\\n\r#ti0"[below(11)]); break;
        default: text[at] = static_cast<char>(random_()); break;
      }
    }
  }

  std::mt19937_64 random_;
};

TEST(LineProtocolDecoderProperty, AgreesWithTheReferenceOnRandomBodies) {
  const std::uint64_t seed = std::random_device{}();
  LineProtocolDecoder decoder;
  for (std::uint64_t round = 0; round < 20'000; ++round) {
    BodyMaker maker(seed + round);
    const std::string body = maker.body();
    ASSERT_NO_FATAL_FAILURE(expect_agreement(decoder, body, options_for_tests())) << "seed " << seed + round << "\n"
                                                                                  << show(body);
  }
}

// One body that has every construct of the protocol.
std::string corpus() {
  return "# a comment\n"
         "cpu,host=a,region=eu\\ west usage=42.5,count=7i,big=18446744073709551615u,on=true,note=\"say \\\"hi\\\"\" "
         "1700000000000000000\n"
         "cpu,region=eu\\ west,host=a usage=43,count=8i,big=1u,on=F,note=\"two\nlines\" 1700000001000000000\r\n"
         "\n"
         "cpu,host=b usage=-1.25e-3,extra=1i\n"
         "bro\\,ken\\ name,k\\=ey=v\\,al f\\ x=1i,\"quoted\"=2i 5\n"
         "no_fields\n"
         "cpu,host=b usage=1i 1\n"
         "cpu,usage=1 idle=2 3\n"
         "last value=t";
}

TEST(LineProtocolDecoderProperty, AgreesWithTheReferenceOnEveryTruncatedPrefix) {
  const std::string body = corpus();
  LineProtocolDecoder decoder;
  for (std::size_t bytes = 0; bytes <= body.size(); ++bytes) {
    // A copy of its own, so that a sanitizer sees reads behind it.
    const std::string prefix(body.data(), bytes);
    ASSERT_NO_FATAL_FAILURE(expect_agreement(decoder, prefix, options_for_tests()))
        << "prefix of " << bytes << " bytes";
  }
}

TEST(LineProtocolDecoderProperty, AgreesWithTheReferenceOnEveryReplacedByte) {
  const std::string body = corpus();
  LineProtocolDecoder decoder;
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const char c : {'\n', '"', '\\', '=', ',', ' ', '\r', '\0', '\xFF', '7'}) {
      std::string changed = body;
      changed[at] = c;
      ASSERT_NO_FATAL_FAILURE(expect_agreement(decoder, changed, options_for_tests()))
          << "byte " << at << " is " << int{c} << "\n"
          << show(changed);
    }
  }
}

TEST(LineProtocolDecoderProperty, AgreesWithTheReferenceInEveryPrecision) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  LineProtocolDecoder decoder;
  for (const std::int64_t unit :
       {std::int64_t{1}, std::int64_t{1'000}, std::int64_t{1'000'000}, std::int64_t{1'000'000'000},
        std::int64_t{60'000'000'000}, std::int64_t{3'600'000'000'000}}) {
    LineProtocolOptions options = options_for_tests();
    options.ns_per_unit = unit;
    const std::int64_t edge = to_ns(kTimestampMax) / unit;
    std::string body;
    for (const std::int64_t near : {edge, -edge, std::int64_t{0}}) {
      for (std::int64_t i = -2; i <= 2; ++i) {
        if (!(near == to_ns(kTimestampMax) && i > 1)) { body += "m f=1 " + std::to_string(near + i) + "\n"; }
      }
    }
    for (int i = 0; i < 100; ++i) {
      body += "m f=1 " + std::to_string(static_cast<std::int64_t>(random()) >> (random() % 60)) + "\n";
    }
    ASSERT_NO_FATAL_FAILURE(expect_agreement(decoder, body, options)) << "seed " << seed << " unit " << unit;
  }
}

// Long bodies of few tables with gaps: growth, validity bitmaps and batches cut for being mostly NULL.
TEST(LineProtocolDecoderProperty, AgreesWithTheReferenceOnLongSparseBodies) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  LineProtocolDecoder decoder;
  for (const std::size_t columns : {3U, 70U, 600U}) {
    std::string body;
    for (int line = 0; line < 3'000; ++line) {
      body += (random() % 8 == 0 ? "n,t" : "m,t") + std::to_string(random() % (columns / 3)) + "=" +
              std::to_string(random() % 9) + " ";
      const std::size_t first = random() % columns;
      const std::size_t count = 1 + random() % 3;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t column = (first + i) % columns;
        const char* const ending = column % 5 == 0 ? "i" : column % 5 == 1 ? "u" : column % 5 == 2 ? ".5" : "";
        const std::string quote = column % 5 == 3 ? "\"" : "";
        body += (i == 0 ? "f" : ",f") + std::to_string(column) + "=" + quote + std::to_string(random() % 1000) + quote +
                ending;
      }
      body += "\n";
    }
    ASSERT_NO_FATAL_FAILURE(expect_agreement(decoder, body, options_for_tests()))
        << "seed " << seed << " columns " << columns;
  }
}

}  // namespace
}  // namespace streamflow::ingest
