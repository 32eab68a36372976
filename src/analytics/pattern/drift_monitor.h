// Online change detection, one value at a time: CUSUM, Page-Hinkley, ADWIN, Bayesian run lengths (BOCPD).
// Source:     Page 1954; Hinkley 1971; Bifet & Gavalda 2007; Adams & MacKay 2007 with a normal-gamma model.
// Invariants: a value that is missing or infinite is passed over. State is bounded: O(log n) for ADWIN, run lengths
//             pruned below probability 1e-4 for BOCPD.
// Threads:    an object belongs to one thread.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

namespace streamflow::analytics {

// Two-sided cumulative sum around a known target; restarts at each alarm.
class Cusum {
 public:
  struct Options {
    double target = 0.0;     // mean in control
    double deviation = 1.0;  // standard deviation in control
    double slack = 0.5;      // half the shift worth finding, in deviations
    double threshold = 5.0;  // in deviations
  };
  explicit Cusum(const Options& options) : options_(options) {}
  // Whether this value raises the alarm.
  bool update(double value);
  double high() const { return high_; }
  double low() const { return low_; }

 private:
  Options options_;
  double high_ = 0.0;
  double low_ = 0.0;
};

// Two-sided drift of the mean, which is itself estimated; restarts at each alarm.
class PageHinkley {
 public:
  struct Options {
    std::size_t instances_min = 30;
    double delta = 0.005;  // change of the mean that is tolerated
    double threshold = 50.0;
  };
  explicit PageHinkley(const Options& options) : options_(options) {}
  bool update(double value);

 private:
  Options options_;
  std::size_t count_ = 0;
  double mean_ = 0.0;
  double sum_up_ = 0.0, sum_down_ = 0.0;  // cumulated deviations above and below the mean
  double low_up_ = 0.0, high_down_ = 0.0;
};

// A window of the newest values that shrinks whenever its two parts differ in mean.
class Adwin {
 public:
  explicit Adwin(double confidence = 0.002) : confidence_(confidence) {}
  // Whether the window shrank.
  bool update(double value);
  std::size_t width() const { return static_cast<std::size_t>(width_); }
  double mean() const { return width_ > 0.0 ? total_ / width_ : 0.0; }

 private:
  struct Bucket {
    double total = 0.0;
    double squares = 0.0;  // deviations from its own mean
  };
  void insert(double value);
  void compress();
  void drop_oldest();
  bool should_cut(double old_count, double old_total) const;
  bool shrink();

  double confidence_;
  double width_ = 0.0, total_ = 0.0, squares_ = 0.0;
  std::size_t updates_ = 0;
  std::vector<std::deque<Bucket>> rows_;  // row r: buckets of 2^r values, oldest first
};

// Probability of each run length since the last change. Standardise values first: the prior is for unit scale.
class RunLengthFilter {
 public:
  struct Options {
    double hazard = 1.0 / 250.0;                                     // chance of a change at each step
    double mean = 0.0, mean_weight = 1.0, shape = 1.0, scale = 1.0;  // normal-gamma prior: mu, kappa, alpha, beta
    double prune_below = 1e-4;                                       // 0 keeps every run length
  };
  explicit RunLengthFilter(const Options& options);
  void update(double value);
  // [i]: probability that the current run began lengths()[i] values ago.
  const std::vector<double>& probabilities() const { return probabilities_; }
  const std::vector<std::size_t>& lengths() const { return lengths_; }
  std::size_t most_probable_length() const;
  // Probability that the run is at most `length` values old.
  double probability_within(std::size_t length) const;

 private:
  struct Posterior {
    double mean, mean_weight, shape, scale;
  };
  Options options_;
  std::vector<std::size_t> lengths_;
  std::vector<double> probabilities_;
  std::vector<Posterior> posteriors_;
};

}  // namespace streamflow::analytics
