// The default detector on files of the Numenta Anomaly Benchmark, scored as NAB does (Lavin & Ahmad 2015): one alarm
// level for all files, sigmoid reward for early alarms, 15 % probation, normalised between the silent and the perfect
// detector. Also the time per value.
//   anomaly_nab --data FOLDER     FOLDER holds windows.csv (file,start,end) and series/*.csv (timestamp,value)
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "analytics/anomaly/detectors.h"
#include "bench_options.h"

namespace {

struct Window {
  std::size_t begin;
  std::size_t end;  // inclusive
};
struct Profile {
  const char* name;
  double false_alarm;
  double miss;
};
constexpr Profile kProfiles[] = {{"standard", 0.11, 1.0}, {"low FP", 0.22, 1.0}, {"low FN", 0.11, 2.0}};
struct File {
  std::vector<std::string> times;  // ISO order is time order
  std::vector<double> values;
  std::vector<Window> windows;
};

std::map<std::string, File> read_files(const std::filesystem::path& folder) {
  std::map<std::string, File> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "series")) {
    File& file = files[entry.path().filename().string()];
    std::ifstream stream(entry.path());
    std::string line;
    std::getline(stream, line);
    while (std::getline(stream, line)) {
      const std::size_t comma = line.find(',');
      file.times.push_back(line.substr(0, comma));
      file.values.push_back(std::stod(line.substr(comma + 1)));
    }
  }
  std::ifstream stream(folder / "windows.csv");
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    std::istringstream cells(line);
    std::string name, start, end;
    std::getline(cells, name, ',');
    std::getline(cells, start, ',');
    std::getline(cells, end, ',');
    File& file = files[name];
    const auto begin = std::lower_bound(file.times.begin(), file.times.end(), start) - file.times.begin();
    const auto after = std::upper_bound(file.times.begin(), file.times.end(), end) - file.times.begin();
    file.windows.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(after) - 1});
  }
  return files;
}

double sigmoid(double position) {
  return 2.0 / (1.0 + std::exp(5.0 * position)) - 1.0;
}

double length_of(const Window& window) {
  return static_cast<double>(window.end - window.begin);
}

// What an alarm outside all windows costs: less shortly after a window.
double false_alarm(const File& file, std::size_t alarm) {
  const Window* previous = nullptr;
  for (const Window& window : file.windows) {
    if (window.end < alarm && (previous == nullptr || window.end > previous->end)) previous = &window;
  }
  if (previous == nullptr) return -1.0;
  const double position = static_cast<double>(alarm - previous->end) / std::max(1.0, length_of(*previous));
  return position > 3.0 ? -1.0 : sigmoid(position);
}

struct Tally {
  double score = 0.0;
  std::size_t hits = 0;
  std::size_t false_alarms = 0;
};

Tally score_file(const File& file, const std::vector<std::size_t>& alarms, const Profile& profile) {
  const std::size_t probation =
      static_cast<std::size_t>(0.15 * static_cast<double>(std::min<std::size_t>(file.values.size(), 5000)));
  Tally tally;
  for (const Window& window : file.windows) {
    const auto first = std::find_if(alarms.begin(), alarms.end(), [&](std::size_t alarm) {
      return alarm >= probation && alarm >= window.begin && alarm <= window.end;
    });
    if (first == alarms.end()) {
      tally.score -= profile.miss;
    } else {
      const double position = -static_cast<double>(window.end - *first + 1) / (length_of(window) + 1.0);
      tally.score += sigmoid(position) / sigmoid(-1.0);
      ++tally.hits;
    }
  }
  for (const std::size_t alarm : alarms) {
    const bool inside = std::any_of(file.windows.begin(), file.windows.end(),
                                    [&](const Window& window) { return alarm >= window.begin && alarm <= window.end; });
    if (alarm < probation || inside) continue;
    tally.score += profile.false_alarm * false_alarm(file, alarm);
    ++tally.false_alarms;
  }
  return tally;
}

std::vector<std::size_t> alarms_of(const File& file) {
  auto detector = streamflow::analytics::make_default_detector({});
  std::vector<std::size_t> alarms;
  for (std::size_t index = 0; index < file.values.size(); ++index) {
    const auto score = (*detector)->update({&file.values[index], 1}, {});
    if (score.has_value() && score->score > 1.0) alarms.push_back(index);
  }
  return alarms;
}

}  // namespace

int main(int argc, char** argv) {
  streamflow::bench::Options options(argc, argv, "anomaly_nab --data FOLDER");
  const std::filesystem::path folder = options.text("--data", "");
  if (!options.accepted()) return 2;
  if (!std::filesystem::exists(folder / "windows.csv")) {
    std::fprintf(stderr, "no windows.csv in '%s'; give --data FOLDER\n", folder.c_str());
    return 2;
  }
  const auto files = read_files(folder);
  std::map<std::string, double> totals;
  double seconds = 0.0;
  std::size_t values = 0;
  std::size_t windows = 0;
  for (const auto& [name, file] : files) {
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<std::size_t> alarms = alarms_of(file);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    values += file.values.size();
    windows += file.windows.size();
    for (const Profile& profile : kProfiles) totals[profile.name] += score_file(file, alarms, profile).score;
    const Tally tally = score_file(file, alarms, kProfiles[0]);
    std::printf("%-44s windows hit %zu of %zu, false alarms %2zu, score %6.3f\n", name.c_str(), tally.hits,
                file.windows.size(), tally.false_alarms, tally.score);
  }
  for (const Profile& profile : kProfiles) {
    const double silent = -profile.miss * static_cast<double>(windows);
    const double perfect = static_cast<double>(windows);
    std::printf("%-10s %.2f\n", profile.name, 100.0 * (totals[profile.name] - silent) / (perfect - silent));
  }
  std::printf("%zu values, %.2f microseconds each\n", values, 1e6 * seconds / static_cast<double>(values));
  return 0;
}
