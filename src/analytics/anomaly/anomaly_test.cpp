// Parity with scikit-learn, rrcf and SciPy: tests/golden/analytics/make_anomaly.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

#include "analytics/anomaly/isolation_forest.h"
#include "analytics/anomaly/pareto_tail.h"
#include "analytics/anomaly/random_cut_tree.h"
#include "analytics/anomaly/spectral_residual.h"
#include "analytics/series.h"
#include "analytics/signal/golden_file.h"

namespace streamflow::analytics {
namespace {

const std::vector<double>& golden(const std::string& name) {
  static GoldenValues values = read_golden(STREAMFLOW_SOURCE_DIR "/tests/golden/analytics/anomaly.txt");
  return values[name];
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto left, auto right) { return values[left] < values[right]; });
  std::vector<double> result(values.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) result[order[rank]] = double(rank);
  return result;
}

double correlation(const std::vector<double>& left, const std::vector<double>& right) {
  const double count = double(left.size());
  const double left_mean = std::accumulate(left.begin(), left.end(), 0.0) / count;
  const double right_mean = std::accumulate(right.begin(), right.end(), 0.0) / count;
  double both = 0.0, first = 0.0, second = 0.0;
  for (std::size_t index = 0; index < left.size(); ++index) {
    both += (left[index] - left_mean) * (right[index] - right_mean);
    first += (left[index] - left_mean) * (left[index] - left_mean);
    second += (right[index] - right_mean) * (right[index] - right_mean);
  }
  return both / std::sqrt(first * second);
}

TEST(IsolationForest, RanksRowsAsScikitLearnDoes) {
  const auto forest = IsolationForest::fit(golden("rows"), 4, {.trees = 1000});
  ASSERT_TRUE(forest.has_value());
  const auto scores = forest->score_rows(golden("rows"));
  ASSERT_EQ(scores->size(), golden("isolation").size());
  EXPECT_GE(correlation(ranks(*scores), ranks(golden("isolation"))), 0.98);
  for (std::size_t row = 0; row < scores->size(); ++row) {
    EXPECT_NEAR((*scores)[row], golden("isolation")[row], 0.03) << row;
  }
}

TEST(IsolationForest, RefusesBadRowsAndAcceptsConstantOnes) {
  EXPECT_FALSE(IsolationForest::fit({}, 2, {}).has_value());
  EXPECT_FALSE(IsolationForest::fit(std::vector<double>{1, 2, 3}, 2, {}).has_value());
  EXPECT_FALSE(IsolationForest::fit(std::vector<double>{1, NAN}, 2, {}).has_value());
  EXPECT_FALSE(IsolationForest::fit(std::vector<double>{1, 2}, 2, {.trees = 0}).has_value());
  for (const std::size_t count : {1U, 2U, 50U}) {
    const std::vector<double> constant(count * 2, 3.0);
    const auto forest = IsolationForest::fit(constant, 2, {});
    ASSERT_TRUE(forest.has_value());
    const double score = forest->score(std::vector<double>{3.0, 3.0});
    EXPECT_TRUE(score > 0.0 && score <= 1.0) << score;
    EXPECT_FALSE(forest->score_rows(std::vector<double>{1.0}).has_value());
  }
}

TEST(RandomCutTree, DisplacementsMatchRrcfWithinFivePercent) {
  const std::vector<double>& points = golden("points");
  const std::size_t count = points.size() / 3;
  std::vector<double> displacement(count, 0.0);
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    RandomCutTree tree(3, seed);
    std::vector<std::int64_t> leaves;
    for (std::size_t index = 0; index < count; ++index) leaves.push_back(tree.insert({&points[3 * index], 3}));
    for (std::size_t index = 0; index < count; ++index) displacement[index] += tree.displacement(leaves[index]) / 1000;
  }
  ASSERT_EQ(golden("displacement").size(), count);
  const double got = std::accumulate(displacement.begin(), displacement.end(), 0.0);
  const double want = std::accumulate(golden("displacement").begin(), golden("displacement").end(), 0.0);
  EXPECT_NEAR(got / want, 1.0, 0.05);
  EXPECT_GE(correlation(displacement, golden("displacement")), 0.99);
}

TEST(RandomCutTree, RemovalsLeaveATreeAsIfBuiltFromTheRest) {
  const std::vector<double>& points = golden("points");
  double with_removals = 0.0, without = 0.0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    RandomCutTree churned(3, seed);
    RandomCutTree plain(3, seed + 7777);
    std::vector<std::int64_t> leaves;
    for (std::size_t index = 0; index < 64; ++index) leaves.push_back(churned.insert({&points[3 * index], 3}));
    for (std::size_t index = 0; index < 32; ++index) churned.remove(leaves[index]);
    for (std::size_t index = 32; index < 64; ++index) {
      const std::int64_t leaf = plain.insert({&points[3 * index], 3});
      if (index == 63) without += plain.displacement(leaf);
    }
    EXPECT_EQ(churned.size(), 32U);
    with_removals += churned.displacement(leaves[63]);
    for (std::size_t index = 32; index < 64; ++index) churned.remove(leaves[index]);
    EXPECT_EQ(churned.size(), 0U);
  }
  EXPECT_NEAR(with_removals / without, 1.0, 0.1);
}

TEST(RandomCutTree, EqualPointsShareALeaf) {
  RandomCutTree tree(2, 3);
  const double point[] = {1.0, 2.0};
  const double other[] = {1.0, 2.5};
  const std::int64_t leaf = tree.insert(point);
  EXPECT_EQ(tree.insert(point), leaf);
  const std::int64_t apart = tree.insert(other);
  EXPECT_EQ(tree.displacement(apart), 2.0);
  tree.remove(leaf);
  EXPECT_EQ(tree.displacement(apart), 1.0);
  tree.remove(leaf);
  EXPECT_EQ(tree.size(), 1U);
}

TEST(ParetoTail, IsAsLikelyAsScipysFit) {
  for (const std::string label : {"-0.30", "0.05", "0.40"}) {
    const ParetoTail tail = fit_pareto_tail(golden("excesses_" + label));
    ASSERT_FALSE(golden("likelihood_" + label).empty());
    EXPECT_GE(tail.log_likelihood, golden("likelihood_" + label)[0] - 1e-3) << label;
    EXPECT_NEAR(tail.quantile(0.01) / golden("quantile_" + label)[0], 1.0, 0.01) << label;
  }
}

TEST(ParetoTail, SurvivesDegenerateExcesses) {
  EXPECT_EQ(fit_pareto_tail({}).quantile(0.1), 0.0);
  EXPECT_GT(fit_pareto_tail(Series{2.0}).quantile(0.1), 0.0);
  EXPECT_GT(fit_pareto_tail(Series(50, 2.0)).quantile(0.1), 0.0);
  EXPECT_TRUE(std::isfinite(fit_pareto_tail(Series{1e-300, 1e300}).quantile(0.1)));
  EXPECT_EQ(fit_pareto_tail(Series{1.0, 2.0}).quantile(1.5), 0.0);
}

TEST(SpectralResidual, FindsTheSpikeInASeason) {
  Series series(600);
  for (std::size_t index = 0; index < series.size(); ++index) series[index] = std::sin(double(index) / 7.0);
  series[400] += 3.0;
  const auto scores = spectral_residual(series, {});
  ASSERT_TRUE(scores.has_value());
  EXPECT_EQ(std::max_element(scores->begin() + 50, scores->end() - 50) - scores->begin(), 400);
  EXPECT_GT((*scores)[400], 1.0);
}

TEST(SpectralResidual, SurvivesHostileSeries) {
  EXPECT_FALSE(spectral_residual(Series{1.0, NAN, 2.0}, {}).has_value());
  EXPECT_FALSE(spectral_residual(Series{1.0}, {.score_window = 0}).has_value());
  for (const Series& series :
       {Series{}, Series{1.0}, Series{1.0, 2.0}, Series(64, 5.0), Series{1e308, -1e308, 1e308, 0.0}}) {
    const auto scores = spectral_residual(series, {});
    ASSERT_EQ(scores->size(), series.size());
    for (const double score : *scores) EXPECT_TRUE(std::isfinite(score));
  }
}

}  // namespace
}  // namespace streamflow::analytics
