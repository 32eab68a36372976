#include "bench_options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace streamflow::bench {

std::string Options::text(const std::string& name, std::string otherwise) {
  const auto found = std::find(words_.begin(), words_.end(), name);
  if (found == words_.end()) { return otherwise; }
  if (found + 1 == words_.end()) {
    fault_ = name + " needs a value";
    return otherwise;
  }
  std::string value = *(found + 1);
  words_.erase(found, found + 2);
  return value;
}

std::uint64_t Options::integer(const std::string& name, std::uint64_t otherwise) {
  const std::string word = text(name, std::to_string(otherwise));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) {
    fault_ = name + " needs a whole number, not " + word;
  }
  return value;
}

bool Options::flag(const std::string& name) {
  const auto found = std::find(words_.begin(), words_.end(), name);
  if (found == words_.end()) { return false; }
  words_.erase(found);
  return true;
}

bool Options::accepted() const {
  if (fault_.empty() && words_.empty()) { return true; }
  std::fprintf(stderr, "%s\nusage: %s\n",
               fault_.empty() ? ("unknown option " + words_.front()).c_str() : fault_.c_str(), usage_.c_str());
  return false;
}

}  // namespace streamflow::bench
