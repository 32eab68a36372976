#include "query/syntax/tokens.h"

#include <algorithm>
#include <cctype>

namespace streamflow::query {

namespace {

bool is_word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_word_part(char c) {
  return is_word_start(c) || is_digit(c) || c == '$';
}
char upper(char c) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (skip_space()) tokens_.push_back(next());
    return std::move(tokens_);
  }

 private:
  char at(std::size_t offset) const { return at_ + offset < text_.size() ? text_[at_ + offset] : '\0'; }
  bool starts(std::string_view prefix) const { return text_.substr(at_, prefix.size()) == prefix; }

  // Past white space and comments; false at the end.
  bool skip_space() {
    while (at_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      } else if (starts("--")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (starts("/*")) {
        skip_comment();
      } else {
        return true;
      }
    }
    return false;
  }

  void skip_comment() {
    std::size_t depth = 0;
    do {
      if (starts("/*")) {
        ++depth;
        at_ += 2;
      } else if (starts("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < text_.size());
  }

  Token next() {
    const std::size_t begin = at_;
    const TokenKind kind = advance();
    at_ = std::min(at_, text_.size());
    return {kind, begin, text_.substr(begin, at_ - begin)};
  }

  TokenKind advance() {
    const char c = at(0);
    if ((c == 'e' || c == 'E') && at(1) == '\'') {
      ++at_;
      return quoted('\'', true) ? TokenKind::kString : TokenKind::kSymbol;
    }
    if (is_word_start(c)) {
      while (is_word_part(at(0)) && at_ < text_.size()) ++at_;
      return TokenKind::kWord;
    }
    if (is_digit(c) || (c == '.' && is_digit(at(1)))) return number();
    if (c == '\'') return quoted('\'', false) ? TokenKind::kString : TokenKind::kSymbol;
    if (c == '"') return quoted('"', false) ? TokenKind::kQuotedName : TokenKind::kSymbol;
    if (c == '$' && dollar_quoted()) return TokenKind::kString;
    ++at_;
    return TokenKind::kSymbol;
  }

  TokenKind number() {
    while (is_digit(at(0)) || at(0) == '_') ++at_;
    if (at(0) == '.') ++at_;
    while (is_digit(at(0)) || at(0) == '_') ++at_;
    if (upper(at(0)) == 'E' && (is_digit(at(1)) || ((at(1) == '-' || at(1) == '+') && is_digit(at(2))))) {
      at_ += 2;
      while (is_digit(at(0))) ++at_;
    }
    return TokenKind::kNumber;
  }

  // False when the text ends inside.
  bool quoted(char quote, bool has_escapes) {
    ++at_;
    while (at_ < text_.size()) {
      if (has_escapes && at(0) == '\\') {
        at_ += 2;
      } else if (at(0) != quote) {
        ++at_;
      } else if (at(1) == quote) {
        at_ += 2;
      } else {
        ++at_;
        return true;
      }
    }
    return false;
  }

  // $$…$$ and $tag$…$tag$.
  bool dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_word_part(text_[end]) && text_[end] != '$') ++end;
    if (end >= text_.size() || text_[end] != '$' || is_digit(at(1))) return false;
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    return true;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

std::string doubled(std::string_view content, char quote) {
  std::string result(1, quote);
  for (const char c : content) {
    if (c == quote) result.push_back(c);
    result.push_back(c);
  }
  result.push_back(quote);
  return result;
}

}  // namespace

bool Token::is_word(std::string_view upper_case) const {
  return kind == TokenKind::kWord && text.size() == upper_case.size() &&
         std::equal(text.begin(), text.end(), upper_case.begin(), [](char a, char b) { return upper(a) == b; });
}

std::vector<Token> tokens_of(std::string_view text) {
  return Lexer(text).run();
}

std::string content_of(const Token& token) {
  if (token.kind != TokenKind::kString && token.kind != TokenKind::kQuotedName) return std::string(token.text);
  const char quote = token.kind == TokenKind::kString ? '\'' : '"';
  if (token.text[0] != quote) return std::string(token.text);
  std::string content;
  for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
    content.push_back(token.text[i]);
    if (token.text[i] == quote) ++i;
  }
  return content;
}

std::string quoted_name(std::string_view name) {
  return doubled(name, '"');
}
std::string quoted_text(std::string_view content) {
  return doubled(content, '\'');
}

}  // namespace streamflow::query
