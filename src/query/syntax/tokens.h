// SQL text as tokens: enough of PostgreSQL's lexer to find clauses of our own without being fooled by strings, quoted
// names and comments.
// Invariants: tokens are in order, do not overlap, and view the text; white space and comments (nested ones too) are
//             between them. Text that ends inside a string, name or comment ends with a kSymbol token: DuckDB says what
//             is wrong with it.
// Threads:    pure.
// Errors:     none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace streamflow::query {

enum class TokenKind : std::uint8_t { kWord, kQuotedName, kNumber, kString, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kSymbol;
  std::size_t begin = 0;
  std::string_view text;  // as written
  std::size_t end() const { return begin + text.size(); }
  bool is_word(std::string_view upper_case) const;  // not for quoted names
  bool is_symbol(char symbol) const { return kind == TokenKind::kSymbol && text.size() == 1 && text[0] == symbol; }
};

std::vector<Token> tokens_of(std::string_view text);

std::string content_of(const Token& token);         // of a quoted name, a string or a word
std::string quoted_name(std::string_view name);     // "name"
std::string quoted_text(std::string_view content);  // 'content'

}  // namespace streamflow::query
