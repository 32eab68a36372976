// Reads the golden values beside the tests: lines of `name value value ...`, written by
// tests/golden/analytics/make_*.py. Threads: pure functions. Errors:  for tests only: a missing file or name gives an
// empty vector, which no golden comparison accepts.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace streamflow::analytics {

using GoldenValues = std::map<std::string, std::vector<double>>;

inline GoldenValues read_golden(const std::string& path) {
  GoldenValues result;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::string word;
    while (words >> word) result[name].push_back(std::stod(word));
  }
  return result;
}

}  // namespace streamflow::analytics
