#include "analytics/pattern/profile_stream.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "analytics/pattern/similarity.h"

namespace streamflow::analytics {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr std::size_t kRefreshAppends = 4096;  // appends between direct covariances: bounds their drift

// Highest correlation of `query` with windows ending before it, searched backwards in doubling pieces; stops early once
// it is above `enough`.
double nearest_before(const WindowStatistics& statistics, std::size_t query, double enough) {
  double best = kNone;
  std::size_t end = query + 1 >= statistics.window ? query + 1 - statistics.window : 0;
  std::size_t piece = std::bit_ceil(8 * statistics.window);
  while (end > 0 && best <= enough) {
    const std::size_t begin = end > piece ? end - piece : 0;
    for (const double correlation : correlation_profile(statistics, query, begin, end)) {
      best = std::max(best, correlation);
    }
    end = begin;
    piece *= 2;
  }
  return best;
}

}  // namespace

Result<ProfileStream> ProfileStream::start(std::size_t window) {
  if (window < 3) {
    return Error{ErrorCode::kInvalidArgument,
                 "profile stream: the window is " + std::to_string(window) + ", wanted at least 3"};
  }
  return ProfileStream(window);
}

void ProfileStream::append(double value) {
  const bool finite = std::isfinite(value);
  if (finite && !centred_) {
    centred_ = true;
    centre_ = value;
  }
  missing_.push_back(!finite);
  statistics_.values.push_back(finite ? value - centre_ : 0.0);
  const std::size_t before = statistics_.count();
  statistics_.extend(missing_);
  if (statistics_.count() == before) return;
  advance_covariances();
  left_correlation_.push_back(kNone);
  right_correlation_.push_back(kNone);
  left_index_.push_back(-1);
  right_index_.push_back(-1);
  compare_newest();
}

void ProfileStream::advance_covariances() {
  const std::size_t newest = statistics_.count() - 1;
  covariance_.push_back(0.0);
  const bool refresh = ++appends_since_refresh_ >= kRefreshAppends;
  if (refresh) appends_since_refresh_ = 0;
  for (std::size_t other = newest; other > 0; --other) {
    covariance_[other] = refresh ? statistics_.covariance(newest, other)
                                 : covariance_[other - 1] + statistics_.df[newest] * statistics_.dg[other] +
                                       statistics_.df[other] * statistics_.dg[newest];
  }
  covariance_[0] = statistics_.covariance(newest, 0);
}

void ProfileStream::compare_newest() {
  const std::size_t newest = statistics_.count() - 1;
  const std::size_t zone = exclusion_zone(statistics_.window);
  for (std::size_t other = 0; other + zone < newest; ++other) {
    const double correlation = statistics_.correlation(covariance_[other], newest, other);
    if (correlation > left_correlation_[newest]) {
      left_correlation_[newest] = correlation;
      left_index_[newest] = static_cast<std::int64_t>(other);
    }
    if (correlation > right_correlation_[other]) {
      right_correlation_[other] = correlation;
      right_index_[other] = static_cast<std::int64_t>(newest);
    }
  }
}

double ProfileStream::newest_left_distance() const {
  return left_correlation_.empty() ? std::numeric_limits<double>::infinity()
                                   : distance_of(left_correlation_.back(), statistics_.window);
}

MatrixProfile ProfileStream::profile() const {
  MatrixProfile profile;
  profile.window = statistics_.window;
  profile.left_index = left_index_;
  profile.right_index = right_index_;
  for (std::size_t start = 0; start < left_index_.size(); ++start) {
    profile.left_distance.push_back(distance_of(left_correlation_[start], statistics_.window));
    profile.right_distance.push_back(distance_of(right_correlation_[start], statistics_.window));
    const bool left = left_correlation_[start] > right_correlation_[start];
    profile.distance.push_back(left ? profile.left_distance.back() : profile.right_distance.back());
    profile.index.push_back(left ? left_index_[start] : right_index_[start]);
  }
  return profile;
}

Result<Discord> left_discord(SeriesView series, std::size_t window, std::size_t training) {
  if (window < 3 || training < window || training + window > series.size()) {
    return Error{ErrorCode::kInvalidArgument, "left discord: the window of " + std::to_string(window) +
                                                  " and the training part of " + std::to_string(training) +
                                                  " values do not fit a series of " + std::to_string(series.size()) +
                                                  "; wanted 3 <= window <= training <= length - window"};
  }
  const WindowStatistics statistics = window_statistics(series, window);
  const std::size_t ahead = std::bit_ceil(8 * window);
  std::vector<bool> struck(statistics.count(), false);
  Discord discord{training, -1.0};
  double lowest = std::numeric_limits<double>::infinity();  // the discord's nearest correlation so far
  for (std::size_t start = training; start < statistics.count(); ++start) {
    if (struck[start] || std::isinf(statistics.offset[start])) continue;
    const double nearest = nearest_before(statistics, start, lowest);
    if (nearest < lowest && nearest > kNone) {
      lowest = nearest;
      discord = {start, distance_of(nearest, window)};
    }
    const std::size_t begin = std::min(start + window, statistics.count());
    const std::size_t end = std::min(begin + ahead, statistics.count());
    const std::vector<double> following = correlation_profile(statistics, start, begin, end);
    for (std::size_t index = 0; index < following.size(); ++index) {
      if (following[index] > lowest) struck[begin + index] = true;
    }
  }
  if (discord.distance < 0.0) {
    return Error{ErrorCode::kInvalidArgument,
                 "left discord: no window after the training part is free of missing values"};
  }
  return discord;
}

}  // namespace streamflow::analytics
