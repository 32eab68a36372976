#include "app/sql/sql_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/sql/terminal.h"

namespace streamflow::app {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// What a token-to-skip does at `at`: its end, and whether that end was really found.
struct Skipped {
  std::size_t end;
  bool closed = true;
  bool comment = false;
};

Skipped skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != quote) continue;
    if (i + 1 < text.size() && text[i + 1] == quote) {
      ++i;  // a doubled quote stands for itself
      continue;
    }
    return {i + 1};
  }
  return {text.size(), false};
}

// E'...': backslash escapes the next character.
Skipped skip_escaped(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 2; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '\'') {
      if (i + 1 >= text.size() || text[i + 1] != '\'') return {i + 1};
      ++i;
    }
  }
  return {text.size(), false};
}

Skipped skip_block_comment(std::string_view text, std::size_t at) {
  std::size_t depth = 0;  // PostgreSQL's and DuckDB's block comments nest
  for (std::size_t i = at; i + 1 < text.size(); ++i) {
    if (text[i] == '/' && text[i + 1] == '*') {
      ++depth;
      ++i;
    } else if (text[i] == '*' && text[i + 1] == '/') {
      ++i;
      if (--depth == 0) return {i + 1, true, true};
    }
  }
  return {text.size(), false, true};
}

// $$...$$ or $tag$...$tag$; nullopt when the dollar begins no such string ($1 is a parameter).
std::optional<Skipped> skip_dollar(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  while (i < text.size() && is_word(text[i]) &&
         !(i == at + 1 && std::isdigit(static_cast<unsigned char>(text[i])) != 0))
    ++i;
  if (i >= text.size() || text[i] != '$') return std::nullopt;
  const std::string_view tag = text.substr(at, i + 1 - at);
  const std::size_t end = text.find(tag, i + 1);
  if (end == std::string_view::npos) return Skipped{text.size(), false};
  return Skipped{end + tag.size()};
}

// The string, identifier or comment that begins at `at`, if one does.
std::optional<Skipped> skip_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  const bool word_before = at > 0 && is_word(text[at - 1]);
  if (c == '\'' || c == '"') return skip_quoted(text, at);
  if ((c == 'e' || c == 'E') && next == '\'' && !word_before) return skip_escaped(text, at);
  if (c == '-' && next == '-') return Skipped{std::min(text.find('\n', at), text.size()), true, true};
  if (c == '/' && next == '*') return skip_block_comment(text, at);
  if (c == '$' && !word_before) return skip_dollar(text, at);
  return std::nullopt;
}

}  // namespace

SplitSql split_sql(std::string_view text) {
  SplitSql split;
  std::size_t begin = 0;
  bool substance = false;  // anything but blanks and comments since `begin`
  for (std::size_t at = 0; at < text.size();) {
    if (const auto skipped = skip_at(text, at)) {
      substance = substance || !skipped->comment;
      split.open = !skipped->closed;
      at = skipped->end;
      continue;
    }
    if (text[at] == ';') {
      if (substance) split.statements.emplace_back(trimmed(text.substr(begin, at - begin)));
      begin = at + 1;
      substance = false;
    } else if (std::isspace(static_cast<unsigned char>(text[at])) == 0) {
      substance = true;
    }
    ++at;
  }
  if (substance || split.open) split.rest = trimmed(text.substr(begin));
  return split;
}

bool is_blank_sql(std::string_view text) {
  const SplitSql split = split_sql(text);
  return split.statements.empty() && split.rest.empty();
}

std::string caret_lines(std::string_view statement, std::size_t position) {
  constexpr std::size_t kContext = 60;  // cells kept before the caret when the line is long
  position = std::min(position, statement.size());
  const std::size_t before = statement.substr(0, position).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(statement.find('\n', position), statement.size());
  const auto line_number =
      1 + std::count(statement.begin(), statement.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  std::size_t from = begin;
  if (position - begin > kContext) {
    from = position - kContext;
    while (from < position && (static_cast<unsigned char>(statement[from]) & 0xC0U) == 0x80U) ++from;
  }
  const std::string head = fmt::format("LINE {}: {}", line_number, from > begin ? "…" : "");
  const std::string left = printable(statement.substr(from, position - from));
  const std::string right = fit(printable(statement.substr(position, end - position)), kContext);
  return fmt::format("{}{}{}\n{}^", head, left, right, std::string(display_width(head) + display_width(left), ' '));
}

}  // namespace streamflow::app
