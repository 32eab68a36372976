#include "app/sql/sql_completion.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace streamflow::app {

namespace {

constexpr std::array<std::string_view, 88> kKeywords{
    "ALL",      "AND",        "AS",      "ASC",         "ASOF",       "BETWEEN", "BY",       "CASE",     "CAST",
    "COUNT",    "CREATE",     "CROSS",   "DATE",        "DATE_TRUNC", "DESC",    "DESCRIBE", "DISTINCT", "DOUBLE",
    "ELSE",     "END",        "EXCEPT",  "EXISTS",      "EXPLAIN",    "EXTRACT", "FALSE",    "FILTER",   "FIRST",
    "FROM",     "FULL",       "GROUP",   "HAVING",      "ILIKE",      "IN",      "INNER",    "INSERT",   "INTERSECT",
    "INTERVAL", "INTO",       "IS",      "JOIN",        "LAST",       "LEFT",    "LIKE",     "LIMIT",    "MAX",
    "MEDIAN",   "MIN",        "NATURAL", "NOT",         "NOW",        "NULL",    "NULLS",    "OFFSET",   "ON",
    "OR",       "ORDER",      "OUTER",   "OVER",        "PARTITION",  "PIVOT",   "QUALIFY",  "QUANTILE", "RIGHT",
    "ROUND",    "ROW_NUMBER", "SAMPLE",  "SELECT",      "SEMI",       "SHOW",    "STDDEV",   "SUM",      "SUMMARIZE",
    "TABLE",    "TABLES",     "THEN",    "TIME_BUCKET", "TIMESTAMP",  "TRUE",    "UNION",    "UNPIVOT",  "USING",
    "VALUES",   "VARCHAR",    "VIEW",    "WHEN",        "WHERE",      "WINDOW",  "WITH"};

constexpr std::array<std::string_view, 10> kCommands{"\\?", "\\d",      "\\dt",   "\\format",  "\\help",
                                                     "\\q", "\\timing", "\\quit", "\\refresh", "\\x"};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && lower(text.substr(0, prefix.size())) == lower(prefix);
}

// The word or quoted name before `end`, in lower case and without quotes.
std::string word_before(std::string_view text, std::size_t end) {
  while (end > 0 && std::isspace(static_cast<unsigned char>(text[end - 1])) != 0) --end;
  std::size_t begin = end;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return lower(text.substr(begin, end - begin));
}

bool wants_table(std::string_view before) {
  constexpr std::array<std::string_view, 6> kBeforeTables{"from", "join", "into", "describe", "table", "summarize"};
  return std::find(kBeforeTables.begin(), kBeforeTables.end(), before) != kBeforeTables.end();
}

bool mentions(std::string_view text, std::string_view table) {
  const std::string haystack = lower(text);
  const std::string needle = lower(table);
  for (std::size_t at = haystack.find(needle); at != std::string::npos; at = haystack.find(needle, at + 1)) {
    const bool begins = at == 0 || !is_word(haystack[at - 1]);
    const std::size_t end = at + needle.size();
    if (begins && (end == haystack.size() || !is_word(haystack[end]))) return true;
  }
  return false;
}

void offer(std::string_view name, std::string_view word, bool open_quote, std::vector<std::string>& candidates) {
  if (starts_with_ignoring_case(name, word)) candidates.push_back(open_quote ? quoted(name) : quoted_if_needed(name));
}

std::string common_prefix(const std::vector<std::string>& candidates) {
  std::string common = candidates.front();
  for (const std::string& candidate : candidates) {
    const auto end = std::mismatch(common.begin(), common.end(), candidate.begin(), candidate.end()).first;
    common.erase(end, common.end());
  }
  return common;
}

void offer_keywords(std::string_view word, std::vector<std::string>& candidates) {
  const bool typed_lower = std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) != 0; });
  for (const std::string_view keyword : kKeywords) {
    if (starts_with_ignoring_case(keyword, word))
      candidates.push_back(typed_lower ? lower(keyword) : std::string(keyword));
  }
}

void offer_names(std::string_view text, std::string_view word, bool tables_only, bool open_quote,
                 const Vocabulary& vocabulary, std::vector<std::string>& candidates) {
  const bool any_named = std::any_of(vocabulary.tables.begin(), vocabulary.tables.end(),
                                     [&](const Vocabulary::Table& table) { return mentions(text, table.name); });
  for (const Vocabulary::Table& table : vocabulary.tables) {
    offer(table.name, word, open_quote, candidates);
    if (tables_only || (any_named && !mentions(text, table.name))) continue;
    for (const std::string& column : table.columns) offer(column, word, open_quote, candidates);
  }
}

}  // namespace

Completion complete(std::string_view text, const Vocabulary& vocabulary) {
  Completion completion;
  completion.begin = text.size();
  if (text.starts_with('\\') && text.find(' ') == std::string_view::npos) {
    completion.begin = 0;
    for (const std::string_view command : kCommands) {
      if (command.starts_with(text)) completion.candidates.emplace_back(command);
    }
  } else {
    while (completion.begin > 0 && is_word(text[completion.begin - 1])) --completion.begin;
    const std::string_view word = text.substr(completion.begin);
    const bool open_quote = completion.begin > 0 && text[completion.begin - 1] == '"';
    if (open_quote) --completion.begin;
    const bool command = text.starts_with("\\d ");
    const bool tables_only = command || wants_table(word_before(text, completion.begin));
    if (!tables_only && !open_quote) {
      if (word.empty()) return completion;
      offer_keywords(word, completion.candidates);
    }
    offer_names(text, word, tables_only, open_quote, vocabulary, completion.candidates);
  }
  auto& candidates = completion.candidates;
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  if (!candidates.empty()) completion.common = common_prefix(candidates);
  return completion;
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string quoted_if_needed(std::string_view name) {
  const bool plain = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) {
                       return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
                     });
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  constexpr std::array<std::string_view, 24> kReserved{
      "ALL",  "AND",   "AS",     "ASC", "CASE",  "CAST", "CREATE", "DESC",  "DISTINCT", "ELSE",  "END",   "EXCEPT",
      "FROM", "GROUP", "HAVING", "IN",  "LIMIT", "NOT",  "OR",     "ORDER", "SELECT",   "TABLE", "UNION", "WHERE"};
  const bool reserved = std::find(kReserved.begin(), kReserved.end(), upper) != kReserved.end();
  return plain && !reserved ? std::string(name) : quoted(name);
}

}  // namespace streamflow::app
