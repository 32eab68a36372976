// Automatic change points against human annotations: F1 (margin 5) and segment cover of the Turing Change Point
// Dataset's evaluation (van den Burg & Williams 2020), per series and on average.
//   pattern_changepoints --data FOLDER     FOLDER holds annotations.csv and series/*.csv (index,time,value...)
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "analytics/pattern/changepoint.h"
#include "bench_options.h"

namespace {

using Points = std::set<long>;
using Annotations = std::map<std::string, Points>;  // by annotator
constexpr long kMargin = 5;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream words(line);
  for (std::string cell; std::getline(words, cell, ',');) cells.push_back(cell);
  return cells;
}

std::map<std::string, Annotations> read_annotations(const std::filesystem::path& path) {
  std::map<std::string, Annotations> result;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    Points& points = result[cells[0]][cells[1]];
    if (const long index = std::stol(cells[2]); index >= 0) points.insert(index);
  }
  return result;
}

std::vector<std::vector<double>> read_columns(const std::filesystem::path& path) {
  std::vector<std::vector<double>> columns;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  columns.resize(cells_of(line).size() - 2);
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const std::string text = column + 2 < cells.size() ? cells[column + 2] : "";
      char* end = nullptr;
      const double value = std::strtod(text.c_str(), &end);
      columns[column].push_back(end == text.c_str() ? std::nan("") : value);
    }
  }
  return columns;
}

// Each true point takes the nearest unused prediction within the margin.
double matched(const Points& truth, Points predicted) {
  double count = 0.0;
  for (const long point : truth) {
    auto nearest = predicted.end();
    for (auto at = predicted.begin(); at != predicted.end(); ++at) {
      if (std::abs(*at - point) > kMargin) continue;
      if (nearest == predicted.end() || std::abs(*at - point) < std::abs(*nearest - point)) nearest = at;
    }
    if (nearest == predicted.end()) continue;
    predicted.erase(nearest);
    count += 1.0;
  }
  return count;
}

double f1_score(const Annotations& annotations, Points predicted) {
  predicted.insert(0);  // the beginning counts as a change for everybody, so that "none" can be right
  Points all = {0};
  double recall = 0.0;
  for (const auto& [annotator, points] : annotations) {
    Points truth = points;
    truth.insert(0);
    all.insert(truth.begin(), truth.end());
    recall += matched(truth, predicted) / static_cast<double>(truth.size()) / static_cast<double>(annotations.size());
  }
  const double precision = matched(all, predicted) / static_cast<double>(predicted.size());
  return 2.0 * precision * recall / (precision + recall);
}

std::vector<std::pair<long, long>> segments(Points points, long length) {
  points.insert(0);
  points.insert(length);
  std::vector<std::pair<long, long>> result;
  for (auto at = points.begin(); std::next(at) != points.end(); ++at) result.emplace_back(*at, *std::next(at));
  return result;
}

double cover(const Annotations& annotations, const Points& predicted, long length) {
  double sum = 0.0;
  for (const auto& [annotator, points] : annotations) {
    for (const auto& [begin, end] : segments(points, length)) {
      double best = 0.0;
      for (const auto& [from, to] : segments(predicted, length)) {
        const double both = static_cast<double>(std::min(end, to) - std::max(begin, from));
        const double either = static_cast<double>(std::max(end, to) - std::min(begin, from));
        best = std::max(best, both / either);
      }
      sum += static_cast<double>(end - begin) * best / static_cast<double>(length);
    }
  }
  return sum / static_cast<double>(annotations.size());
}

}  // namespace

int main(int argc, char** argv) {
  streamflow::bench::Options options(argc, argv, "pattern_changepoints --data FOLDER");
  const std::filesystem::path folder = options.text("--data", "");
  if (!options.accepted()) return 2;
  const auto annotations = read_annotations(folder / "annotations.csv");
  if (annotations.empty()) {
    std::fprintf(stderr, "no annotations below '%s'; give --data FOLDER\n", folder.c_str());
    return 2;
  }
  double f1_sum = 0.0;
  double cover_sum = 0.0;
  for (const auto& [name, by_annotator] : annotations) {
    const auto columns = read_columns(folder / "series" / (name + ".csv"));
    const std::vector<streamflow::analytics::SeriesView> views(columns.begin(), columns.end());
    const auto found = streamflow::analytics::changepoints(views);
    if (!found.has_value()) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), found.error().message.c_str());
      return 1;
    }
    const Points predicted(found->points.begin(), found->points.end());
    const double f1 = f1_score(by_annotator, predicted);
    const double covered = cover(by_annotator, predicted, static_cast<long>(columns[0].size()));
    f1_sum += f1;
    cover_sum += covered;
    std::printf("%-20s F1 %.3f cover %.3f points", name.c_str(), f1, covered);
    for (const long point : predicted) std::printf(" %ld", point);
    std::printf("\n");
  }
  const double count = static_cast<double>(annotations.size());
  std::printf("%-20s F1 %.3f cover %.3f\n", "mean", f1_sum / count, cover_sum / count);
  return 0;
}
