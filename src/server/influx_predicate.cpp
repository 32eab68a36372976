#include "server/influx_predicate.h"

#include <fmt/format.h>

#include <cctype>

#include "server/http_types.h"

namespace streamflow::server {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<storage::TagTerm>> run() {
    std::vector<storage::TagTerm> terms;
    skip_spaces();
    while (at_ < text_.size()) {
      if (!terms.empty()) {
        SF_TRY(word, read_text("AND"));
        if (!equal_ignoring_case(word, "AND")) {
          return wanted("AND: a predicate has nothing else between comparisons");
        }
        skip_spaces();
      }
      SF_TRY(tag, read_text("a tag's name"));
      skip_spaces();
      if (at_ == text_.size() || text_[at_] != '=') { return wanted("=: a predicate compares with nothing else"); }
      ++at_;
      skip_spaces();
      SF_TRY(value, read_text("a value in double quotes"));
      skip_spaces();
      if (tag == "_field") { return wanted("no _field: a delete takes whole rows"); }
      terms.push_back({std::move(tag), {std::move(value)}});
    }
    return terms;
  }

 private:
  Error wanted(std::string_view what) const {
    return {ErrorCode::kInvalidArgument, fmt::format("predicate, character {}: wanted {}", at_ + 1, what)};
  }

  void skip_spaces() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) { ++at_; }
  }

  // A quoted text, or letters that run together.
  Result<std::string> read_text(std::string_view what) {
    const auto is_letter = [](char c) {
      return std::isspace(static_cast<unsigned char>(c)) == 0 && c != '=' && c != '!' && c != '"' && c != '\'';
    };
    std::string word;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const char quote = text_[at_];
      for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) { ++at_; }
        word.push_back(text_[at_]);
      }
      if (at_ == text_.size()) { return wanted("the closing quote"); }
      ++at_;
      return word;
    }
    while (at_ < text_.size() && is_letter(text_[at_])) { word.push_back(text_[at_++]); }
    if (word.empty()) { return wanted(what); }
    return word;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<storage::TagTerm>> parse_influx_predicate(std::string_view text) {
  return Parser(text).run();
}

}  // namespace streamflow::server
