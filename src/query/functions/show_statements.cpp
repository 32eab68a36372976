#include "query/functions/show_statements.h"

#include <algorithm>
#include <cctype>

#include "query/functions/storage_function.h"

namespace streamflow::query {

namespace {

char upper(char c) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

// Words in upper case, joined by single spaces; a final semicolon is dropped.
std::string normalized(std::string_view text) {
  std::string words;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      words.push_back(upper(c));
    } else if (!words.empty() && words.back() != ' ') {
      words.push_back(' ');
    }
  }
  while (!words.empty() && (words.back() == ' ' || words.back() == ';')) words.pop_back();
  return words;
}

constexpr std::size_t kShowBytesMax = 256;  // longer texts are no SHOW of ours

}  // namespace

std::optional<std::string> select_for_show(std::string_view text) {
  if (text.size() > kShowBytesMax) return std::nullopt;
  if (normalized(text) == "SHOW STORAGE") return std::string("SELECT * FROM ") + kStorageFunction + "()";
  return std::nullopt;
}

}  // namespace streamflow::query
