// Accuracy of the forecasting models on M3 and M4 series, beside what R's forecast package scored on the same ones.
// Data:   the folder named by STREAMFLOW_FORECAST_DATA, or ../shared/data/forecast: <group>_{train,test,info}.csv and
//         reference_scores.csv. Prints "skipped" when it is not there: the data may not be passed on.
// Scores: sMAPE and MASE averaged over series and steps, OWA relative to Naive2's; coverage and MSIS of the 95 %
//         interval. Seconds are processor time for fitting and predicting the whole group.
// Checks: every series gets a finite forecast from every model, or the program fails.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "analytics/forecast/arima/arima.h"
#include "analytics/forecast/automatic.h"
#include "analytics/forecast/complex_smoothing.h"
#include "analytics/forecast/ets.h"
#include "analytics/forecast/metrics.h"
#include "analytics/forecast/multi_seasonal.h"
#include "analytics/forecast/naive.h"
#include "analytics/forecast/optimised_theta.h"
#include "analytics/forecast/theta.h"
#include "bench_options.h"

namespace {

using namespace streamflow;
using namespace streamflow::analytics;
namespace fs = std::filesystem;

constexpr const char* kGroups[] = {"m3_yearly", "m3_quarterly", "m3_monthly", "m3_other",
                                   "m4_daily",  "m4_weekly",    "m4_hourly"};
constexpr double kLevels[] = {80, 95};

struct TestSeries {
  std::string id;
  std::size_t period = 1;
  Series train, test;
};

std::vector<std::vector<std::string>> read_rows(const fs::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);  // header
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::vector<std::string>& row = rows.emplace_back();
    for (std::string word; std::getline(words, word, ',');) { row.push_back(word); }
  }
  return rows;
}

std::vector<TestSeries> read_group(const fs::path& folder, const std::string& group) {
  std::vector<TestSeries> out;
  std::map<std::string, std::size_t> index;
  for (const auto& row : read_rows(folder / (group + "_info.csv"))) {
    index[row[0]] = out.size();
    out.push_back({row[0], static_cast<std::size_t>(std::stoul(row[2])), {}, {}});
  }
  for (const auto& row : read_rows(folder / (group + "_train.csv"))) {
    out[index.at(row[0])].train.push_back(std::stod(row[2]));
  }
  for (const auto& row : read_rows(folder / (group + "_test.csv"))) {
    out[index.at(row[0])].test.push_back(std::stod(row[2]));
  }
  return out;
}

struct Scores {
  double smape = 0, mase = 0, coverage80 = 0, coverage95 = 0, msis = 0, seconds = 0;
};

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <class T>
T need(Result<T> result, const std::string& who) {
  if (!result.has_value()) {
    std::fprintf(stderr, "forecast_accuracy: %s: %s\n", who.c_str(), result.error().message.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

Scores score(const ForecasterPointer& model, const std::vector<TestSeries>& group) {
  Scores scores;
  const double begin = processor_seconds();
  std::vector<Forecast> forecasts;
  for (const TestSeries& series : group) {
    const FittedModelPointer fitted = need(model->fit(series.train, series.period), series.id);
    forecasts.push_back(need(fitted->predict(series.test.size(), kLevels), series.id));
  }
  scores.seconds = processor_seconds() - begin;
  const auto count = static_cast<double>(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    const TestSeries& series = group[i];
    const Forecast& forecast = forecasts[i];
    const double scale = need(absolute_scale(series.train, series.period), series.id);
    scores.smape += need(symmetric_percentage_error(series.test, forecast.mean), series.id) / count;
    scores.mase += need(mean_absolute_scaled_error(series.test, forecast.mean, scale), series.id) / count;
    scores.coverage80 += need(coverage(series.test, forecast.intervals[0]), series.id) / count;
    scores.coverage95 += need(coverage(series.test, forecast.intervals[1]), series.id) / count;
    scores.msis += need(mean_scaled_interval_score(series.test, forecast.intervals[1], scale), series.id) / count;
  }
  return scores;
}

void print_reference(const std::vector<std::vector<std::string>>& reference, const std::string& group) {
  for (const auto& row : reference) {
    if (row[0] != group || row[2] == "sNaive" || row[2] == "SES") { continue; }
    std::printf("  R %-34s sMAPE %7s MASE %7s OWA %s  %s %s\n", row[2].c_str(), row[3].c_str(), row[4].c_str(),
                row[5].c_str(), row.size() > 6 ? row[6].c_str() : "", row.size() > 7 ? row[7].c_str() : "");
  }
}

void run_group(const fs::path& folder, const std::string& group,
               const std::vector<std::pair<std::string, ForecasterPointer>>& models) {
  const auto reference = read_rows(folder / "reference_scores.csv");
  double benchmark_smape = 1;
  double benchmark_mase = 1;
  for (const auto& row : reference) {
    if (row[0] != group || row[2] != "Naive2") { continue; }
    benchmark_smape = std::stod(row[3]);
    benchmark_mase = std::stod(row[4]);
  }
  const auto series = read_group(folder, group);
  std::printf("%s, %zu series\n", group.c_str(), series.size());
  print_reference(reference, group);
  for (const auto& [name, model] : models) {
    const Scores scores = score(model, series);
    std::printf("    %-34s sMAPE %7.4f MASE %7.4f OWA %.4f  %.2f %.2f  MSIS %.2f  %.2f s\n", name.c_str(), scores.smape,
                scores.mase, overall_weighted_average(scores.smape, scores.mase, benchmark_smape, benchmark_mase),
                scores.coverage80, scores.coverage95, scores.msis, scores.seconds);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  streamflow::bench::Options options(argc, argv, "forecast_accuracy [--groups m3_yearly,...] [--models AutoARIMA,...]");
  const std::string groups = options.text("--groups", "");
  const std::string wanted = options.text("--models", "");
  if (!options.accepted()) { return 2; }
  const std::vector<std::pair<std::string, ForecasterPointer>> models{
      {"SeasonalNaive", make_seasonal_naive()},
      {"Theta", make_theta()},
      {"AutoETS", make_ets()},
      {"AutoARIMA", make_arima()},
      {"OTM", make_optimised_theta(ThetaLine::kFixed)},
      {"DOTM", make_optimised_theta(ThetaLine::kDynamic)},
      {"CES", make_complex_smoothing()},
      {"MSTL", make_multi_seasonal()},
      {"LogMSTL", make_multi_seasonal({.periods = {}, .rest = nullptr, .scale = SeasonScale::kLogarithmic})},
      {"LogMSTL(ARIMA)",
       make_multi_seasonal({.periods = {}, .rest = make_arima(), .scale = SeasonScale::kLogarithmic})},
      {"FourierARIMA", make_fourier_arima()},
      {"Automatic", make_automatic()}};
  std::vector<std::pair<std::string, ForecasterPointer>> chosen;
  for (const auto& model : models) {
    if (wanted.empty() || ("," + wanted + ",").find("," + model.first + ",") != std::string::npos) {
      chosen.push_back(model);
    }
  }
  const char* named = std::getenv("STREAMFLOW_FORECAST_DATA");
  const fs::path folder = named != nullptr ? named : "../shared/data/forecast";
  if (!fs::exists(folder / "reference_scores.csv")) {
    std::printf("forecast_accuracy: skipped, no data in %s (set STREAMFLOW_FORECAST_DATA)\n", folder.c_str());
    return 0;
  }
  for (const char* group : kGroups) {
    if (groups.empty() || ("," + groups + ",").find("," + std::string(group) + ",") != std::string::npos) {
      run_group(folder, group, chosen);
    }
  }
  return 0;
}
