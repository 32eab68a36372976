#include "app/import/line_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>

namespace streamflow::app {
namespace {

using ::testing::HasSubstr;

class LineFileTest : public ::testing::Test {
 protected:
  LineFileTest() { std::filesystem::create_directories(folder_); }
  ~LineFileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path plain(const std::string& text) {
    std::ofstream(folder_ / "x.lp", std::ios::binary) << text;
    return folder_ / "x.lp";
  }
  std::filesystem::path zipped(const std::string& text) {
    const auto path = folder_ / "x.lp.gz";
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path;
  }
  // All pieces, checked to end at line ends, joined by '|'; the rows counted.
  std::pair<std::string, std::uint64_t> read(const std::filesystem::path& path, std::size_t bytes) {
    auto file = LineFile::open(path);
    if (!file) return {file.error().message, 0};
    std::string joined;
    std::uint64_t rows = 0;
    for (LineFile::Piece piece;;) {
      auto more = (*file)->next(bytes, piece);
      if (!more) return {more.error().message, 0};
      if (!*more) break;
      EXPECT_EQ(piece.first_line, 1U + static_cast<std::uint64_t>(std::count(joined.begin(), joined.end(), '\n')));
      joined += (joined.empty() ? "" : "|") + piece.text;
      rows += piece.rows;
    }
    return {joined, rows};
  }
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("streamflow-line-file-" + std::to_string(::getpid()));
};

std::string without_bars(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '|'), text.end());
  return text;
}

TEST_F(LineFileTest, PiecesEndAtLineEndsWhateverTheirSize) {
  const std::string text =
      "# a comment \" with a quote\n\nm,t=a\"b f=1 1\nm f=\"two\nlines \\\" \n still\" 2\n  # c\nm f=1,g=\"x\" 3\nlast "
      "f=1";
  for (const auto& path : {plain(text), zipped(text)}) {
    for (std::size_t bytes = 1; bytes <= text.size() + 1; ++bytes) {
      SCOPED_TRACE(bytes);
      const auto [joined, rows] = read(path, bytes);
      EXPECT_EQ(without_bars(joined), text);
      EXPECT_EQ(rows, 4U);
      EXPECT_EQ(joined.find("two\n|"), std::string::npos);
    }
  }
}

TEST_F(LineFileTest, EmptyFilesHaveNoPieces) {
  EXPECT_EQ(read(plain(""), 10).first, "");
  EXPECT_EQ(read(zipped(""), 10).first, "");
}

TEST_F(LineFileTest, DamagedGzipIsAnError) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "m f=" + std::to_string(i * 7919 % 10007) + " " + std::to_string(i) + "\n";
  const auto path = zipped(text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(read(path, 1000).first, HasSubstr("cannot read"));
}

TEST_F(LineFileTest, MissingFilesAndEndlessLines) {
  auto missing = LineFile::open(folder_ / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(read(plain(std::string(LineFile::kLineBytesMax + 2, 'x')), 1U << 20U).first, HasSubstr("longer than"));
}

}  // namespace
}  // namespace streamflow::app
