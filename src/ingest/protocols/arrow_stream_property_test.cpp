// What no sender may do to the decoder: cut, flip, lie. Sanitizers watch in the nightly run.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

#include "ingest/protocols/arrow_golden.h"
#include "ingest/protocols/arrow_series.h"
#include "ingest/protocols/arrow_stream.h"

namespace streamflow::ingest {
namespace {

using arrow_golden::options;
using arrow_golden::stream;

constexpr std::size_t kLongStream = 3'000;  // longer ones are sampled

ArrowStreamOptions options_of(const std::string& name) {
  const std::string text = arrow_golden::read(arrow_golden::folder() / (name + ".txt"));
  ArrowStreamOptions given = options(text.substr(0, text.find('\n')));
  given.decompressed_bytes_max = 1U << 20U;
  given.columns_bytes_max = 4U << 20U;
  return given;
}

// Whatever comes out is a batch as the engine wants it, or an error with a sentence.
void expect_sane(std::string_view bytes, const ArrowStreamOptions& given) {
  const auto result = decode_arrow_stream(bytes, given);
  if (!result.has_value()) {
    ASSERT_FALSE(result.error().message.empty());
    ASSERT_TRUE(result.error().code == ErrorCode::kInvalidArgument || result.error().code == ErrorCode::kTooLarge)
        << result.error().message;
    return;
  }
  const Status valid = validate(result->batch);
  ASSERT_TRUE(valid.has_value()) << valid.error().message;
  ASSERT_GE(result->error_count, result->errors.size());
}

TEST(ArrowStreamProperty, EveryTruncatedPrefixIsRefusedOrWholeMessages) {
  for (const std::string& name : arrow_golden::names()) {
    SCOPED_TRACE(name);
    const std::string whole = stream(name);
    const ArrowStreamOptions given = options_of(name);
    const auto full = decode_arrow_stream(whole, given);
    ASSERT_TRUE(full.has_value());
    const std::size_t step = whole.size() / kLongStream * 7 + 1;
    for (std::size_t size = 0; size < whole.size(); size += step) {
      const std::string prefix = whole.substr(0, size);  // a copy, so that sanitizers see reads past its end
      expect_sane(prefix, given);
      const auto cut = decode_arrow_stream(prefix, given);
      if (!cut.has_value()) { continue; }
      EXPECT_LE(cut->batch.row_count(), full->batch.row_count());
    }
  }
}

TEST(ArrowStreamProperty, FlippedBytesAndLyingLengths) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::uint64_t kLies[] = {0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, ~0ULL};
  for (const std::string& name : arrow_golden::names()) {
    SCOPED_TRACE(name);
    const std::string whole = stream(name);
    const ArrowStreamOptions given = options_of(name);
    const std::size_t step = whole.size() / kLongStream * 7 + 1;
    for (std::size_t at = 0; at < whole.size(); at += step) {
      std::string bad = whole;
      bad[at] = static_cast<char>(bad[at] ^ static_cast<char>(1U << (random() % 8)));
      expect_sane(bad, given);
      const std::uint64_t lie = kLies[random() % std::size(kLies)];
      std::memcpy(bad.data() + at, &lie, std::min({sizeof lie, bad.size() - at, std::size_t{1} << (random() % 4)}));
      expect_sane(bad, given);
    }
  }
}

TEST(ArrowSeries, NumbersAsANaiveMapDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const std::size_t tag_count : {1U, 2U, 5U, 31U, 128U}) {
    arrow::SeriesMemo memo(tag_count);
    std::map<std::vector<std::uint32_t>, std::uint32_t> naive;
    std::vector<std::uint32_t> expected, numbers;
    for (int batch = 0; batch < 12; ++batch) {
      const std::size_t rows = random() % 3000;
      const std::uint32_t codes_max = batch == 10 ? 0xFFFFFFF0U : 1U << static_cast<unsigned>(batch);
      std::vector<std::vector<std::uint32_t>> codes(tag_count, std::vector<std::uint32_t>(rows));
      for (auto& of_tag : codes) {
        for (auto& code : of_tag) { code = static_cast<std::uint32_t>(random()) % codes_max; }
      }
      for (std::size_t row = 0; row < rows; ++row) {
        std::vector<std::uint32_t> key;
        key.reserve(tag_count);
        for (const auto& of_tag : codes) { key.push_back(of_tag[row]); }
        expected.push_back(naive.try_emplace(key, static_cast<std::uint32_t>(naive.size())).first->second);
      }
      memo.number(codes, rows, numbers);
      ASSERT_EQ(numbers, expected) << tag_count << " tags, batch " << batch;
      ASSERT_EQ(memo.size(), naive.size());
    }
    for (const auto& [key, number] : naive) {
      const auto codes = memo.codes_of(number);
      ASSERT_TRUE(std::equal(codes.begin(), codes.end(), key.begin(), key.end()));
    }
  }
}

}  // namespace
}  // namespace streamflow::ingest
