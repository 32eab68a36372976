#include "app/sql/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace streamflow::app {
namespace {

TEST(Terminal, WritesNoEscapeCodesWithoutColour) {
  EXPECT_EQ(Terminal{}.red("x"), "x");
  EXPECT_EQ((Terminal{.interactive = true, .colour = true, .columns = 80}.dim("x")), "\033[2mx\033[0m");
}

TEST(Terminal, AFileIsNotATerminal) {
  const int file = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  const Terminal terminal = terminal_of(file);
  ::close(file);
  EXPECT_FALSE(terminal.interactive);
  EXPECT_FALSE(terminal.colour);
  EXPECT_EQ(terminal.columns, 0U);
}

TEST(DisplayWidth, CountsCellsNotBytes) {
  const struct {
    const char* text;
    std::size_t width;
  } cases[] = {{"", 0}, {"abc", 3}, {"µs", 2}, {"e\xCC\x81", 1}, {"日本", 4}, {"\xFF", 1}, {"\xE6\x97", 2}};
  for (const auto& [text, width] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(display_width(text), width);
  }
}

TEST(Fit, CutsAtCharactersAndMarksTheCut) {
  EXPECT_EQ(fit("abcdef", 6), "abcdef");
  EXPECT_EQ(fit("abcdef", 4), "abc…");
  EXPECT_EQ(fit("日本語", 4), "日…");
  EXPECT_EQ(fit("abc", 0), "");
}

TEST(Printable, ShowsControlCharactersInsteadOfObeyingThem) {
  EXPECT_EQ(printable("a\nb\tc"), "a\\nb\\tc");
  EXPECT_EQ(printable("\033[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u009b");
  EXPECT_EQ(printable("\xFF"), "\\xff");
  EXPECT_EQ(printable("Zürich"), "Zürich");
}

TEST(Readable, NumbersForPeople) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(readable_seconds(0.00064), "640 µs");
  EXPECT_EQ(readable_seconds(0.0123), "12.3 ms");
  EXPECT_EQ(readable_seconds(4.56), "4.56 s");
  EXPECT_EQ(readable_seconds(125.2), "2 min 5 s");
  EXPECT_EQ(readable_bytes(999), "999 B");
  EXPECT_EQ(readable_bytes(13493022), "13.5 MB");
}

}  // namespace
}  // namespace streamflow::app
