#include "app/sql/sql_text.h"

#include <gtest/gtest.h>

namespace streamflow::app {
namespace {

using Strings = std::vector<std::string>;

TEST(SplitSql, RespectsStringsIdentifiersAndComments) {
  const struct {
    const char* text;
    Strings statements;
    const char* rest;
    bool open;
  } cases[] = {
      {"", {}, "", false},
      {"select 1", {}, "select 1", false},
      {"select 1; select 2;", {"select 1", "select 2"}, "", false},
      {"select ';' ; select \"a;b\"", {"select ';'"}, "select \"a;b\"", false},
      {"select 'it''s; ok';x", {"select 'it''s; ok'"}, "x", false},
      {"select e'\\';';x", {"select e'\\';'"}, "x", false},
      {"select name';'", {}, "select name';'", false},
      {"-- a; b\nselect 1;", {"-- a; b\nselect 1"}, "", false},
      {"-- only a comment\n;;", {}, "", false},
      {"/* a /* b; */ c; */ select 1;", {"/* a /* b; */ c; */ select 1"}, "", false},
      {"select $$;$$; select $t$;$$;$t$;", {"select $$;$$", "select $t$;$$;$t$"}, "", false},
      {"select $1; select a$b;", {"select $1", "select a$b"}, "", false},
      {"select 'open; ", {}, "select 'open;", true},
      {"select 1; /* open", {"select 1"}, "/* open", true},
      {"select $x$ open;", {}, "select $x$ open;", true},
  };
  for (const auto& [text, statements, rest, open] : cases) {
    SCOPED_TRACE(text);
    const SplitSql split = split_sql(text);
    EXPECT_EQ(split.statements, statements);
    EXPECT_EQ(split.rest, rest);
    EXPECT_EQ(split.open, open);
  }
}

TEST(SplitSql, CommentsAloneAreBlank) {
  EXPECT_TRUE(is_blank_sql(" \n-- x\n/* y */ ; ;"));
  EXPECT_FALSE(is_blank_sql("-- x\nselect 1"));
}

TEST(CaretLines, PointsAtTheByteOnItsLine) {
  EXPECT_EQ(caret_lines("SELECT *\nFROM cpus", 14), "LINE 2: FROM cpus\n             ^");
  EXPECT_EQ(caret_lines("SELEC 1", 0), "LINE 1: SELEC 1\n        ^");
  EXPECT_EQ(caret_lines("x", 99), "LINE 1: x\n         ^");
  EXPECT_EQ(caret_lines("SELECT 'ü', y", 12), "LINE 1: SELECT 'ü', y\n                   ^");
}

TEST(CaretLines, ShortensLongLinesAroundThePosition) {
  const std::string statement(500, 'a');
  const std::string lines = caret_lines(statement, 400);
  EXPECT_LT(lines.size(), 260U);
  EXPECT_EQ(lines.find("LINE 1: …"), 0U);
}

}  // namespace
}  // namespace streamflow::app
