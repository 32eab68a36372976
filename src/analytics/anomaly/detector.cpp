#include "analytics/anomaly/detector.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace streamflow::analytics {
namespace {

constexpr double kMagnitudeMax = 1e140;  // sums of squares over the longest memory stay finite

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

}  // namespace

Result<Score> Detector::update(std::span<const double> values, Timestamp time) {
  if (values.size() != width()) {
    return Error{ErrorCode::kInvalidArgument, std::string(name()) + ": got " + std::to_string(values.size()) +
                                                  " values, wanted " + std::to_string(width())};
  }
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return Score{};
  std::vector<double> bounded(values.begin(), values.end());
  for (double& value : bounded) value = std::clamp(value, -kMagnitudeMax, kMagnitudeMax);
  return learn(bounded, time);
}

Result<std::vector<Score>> score_history(Detector& detector, SeriesView values, std::span<const Timestamp> times) {
  if (!times.empty() && times.size() * detector.width() != values.size()) {
    return Error{ErrorCode::kInvalidArgument, "score history: got " + std::to_string(times.size()) + " times for " +
                                                  std::to_string(values.size()) + " values"};
  }
  std::vector<Score> scores;
  const std::size_t width = detector.width();
  for (std::size_t begin = 0; begin + width <= values.size(); begin += width) {
    const Timestamp time = times.empty() ? Timestamp{} : times[begin / width];
    SF_TRY(score, detector.update(values.subspan(begin, width), time));
    scores.push_back(std::move(score));
  }
  return scores;
}

std::string explain(const Score& score, double value) {
  if (!score.warm) return "still learning what is usual";
  std::string text = "value " + number(value) + ", usual " + number(score.low) + " to " + number(score.high);
  for (const Contribution& part : score.contributions) {
    text += "; " + std::string(part.view) + " " + number(part.observed) + ", usually " + number(part.usual) + " (" +
            number(part.score) + " times the alarm level)";
  }
  return text;
}

}  // namespace streamflow::analytics
