// For tests: golden values, one named list of numbers a line, made by the script beside the file.
// Errors: an unknown name throws std::out_of_range, which fails the test that asked.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace streamflow::analytics {

class GoldenValues {
 public:
  // `file` lies in tests/golden/forecast.
  explicit GoldenValues(const std::string& file) {
    std::ifstream in(std::string(STREAMFLOW_SOURCE_DIR) + "/tests/golden/forecast/" + file);
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      std::vector<double>& values = lists_[name];
      for (std::string word; words >> word;) { values.push_back(std::strtod(word.c_str(), nullptr)); }
    }
  }

  const std::vector<double>& operator[](const std::string& name) const { return lists_.at(name); }
  bool contains(const std::string& name) const { return lists_.count(name) > 0; }

 private:
  std::map<std::string, std::vector<double>> lists_;
};

// The largest difference of two lists, relative to values beyond 1; infinite for NaN and for lists of unequal length.
inline double farthest(const std::vector<double>& got, const std::vector<double>& want) {
  double largest = got.size() == want.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    const double here = std::abs(got[i] - want[i]) / std::max(1.0, std::abs(want[i]));
    largest = std::isnan(here) ? INFINITY : std::max(largest, here);
  }
  return largest;
}

}  // namespace streamflow::analytics
