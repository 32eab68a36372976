#include "analytics/forecast/reconcile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace streamflow::analytics {
namespace {

// total(0) = a(1) + b(2); a = 3 + 4; b = 5 + 6
const Hierarchy kTree{{std::nullopt, 0, 0, 1, 1, 2, 2}};

HierarchicalForecast example() {
  HierarchicalForecast out;
  out.mean = {{100, 110}, {40, 42}, {55, 60}, {18, 20}, {20, 21}, {30, 31}, {28, 30}};
  std::mt19937_64 random(31);
  std::normal_distribution<double> normal;
  const double spread[] = {3, 2, 2, 1, 1, 1, 1};
  for (std::size_t k = 0; k < 7; ++k) {
    Series& history = out.history.emplace_back();
    Series& residuals = out.residuals.emplace_back();
    for (int t = 0; t < 40; ++t) {
      history.push_back(out.mean[k][0] + normal(random));
      residuals.push_back(spread[k] * normal(random));
    }
  }
  out.residuals[2][0] = std::nan("");
  return out;
}

void expect_adds_up(const std::vector<Series>& values) {
  for (std::size_t h = 0; h < values[0].size(); ++h) {
    EXPECT_NEAR(values[0][h], values[1][h] + values[2][h], 1e-9);
    EXPECT_NEAR(values[1][h], values[3][h] + values[4][h], 1e-9);
    EXPECT_NEAR(values[2][h], values[5][h] + values[6][h], 1e-9);
  }
}

constexpr Reconciliation kMethods[] = {Reconciliation::kBottomUp, Reconciliation::kTopDown, Reconciliation::kOrdinary,
                                       Reconciliation::kVariance, Reconciliation::kMinimumTrace};

TEST(Reconcile, AddsUpByEveryMethod) {
  for (const Reconciliation method : kMethods) {
    SCOPED_TRACE(static_cast<int>(method));
    const auto values = reconcile(kTree, example(), method);
    ASSERT_TRUE(values.has_value()) << values.error().message;
    expect_adds_up(*values);
  }
  EXPECT_EQ((*reconcile(kTree, example(), Reconciliation::kBottomUp))[3], example().mean[3]);
  EXPECT_NEAR((*reconcile(kTree, example(), Reconciliation::kTopDown))[0][1], 110, 1e-9);
}

TEST(Reconcile, LeavesForecastsThatAddUpAlone) {
  HierarchicalForecast forecast = example();
  forecast.mean = *reconcile(kTree, forecast, Reconciliation::kBottomUp);
  for (const Reconciliation method :
       {Reconciliation::kBottomUp, Reconciliation::kOrdinary, Reconciliation::kMinimumTrace}) {
    const auto values = *reconcile(kTree, forecast, method);
    for (std::size_t k = 0; k < values.size(); ++k) { EXPECT_NEAR(values[k][0], forecast.mean[k][0], 1e-9); }
  }
}

// Two parts and a total, equal variances: each forecast moves a third of the gap.
TEST(Reconcile, SharesTheGapByTheLeastSquares) {
  const auto values = reconcile({{std::nullopt, 0, 0}}, {{{10}, {4}, {3}}, {}, {}}, Reconciliation::kOrdinary);
  ASSERT_TRUE(values.has_value());
  EXPECT_NEAR((*values)[0][0], 9, 1e-12);
  EXPECT_NEAR((*values)[1][0], 5, 1e-12);
  EXPECT_NEAR((*values)[2][0], 4, 1e-12);
}

TEST(Reconcile, TrustsTheNodeThatErredLess) {
  HierarchicalForecast forecast{{{10}, {4}, {3}}, {}, {}};
  forecast.residuals = {{0.1, -0.1, 0.1, -0.1}, {1, 1, -1, -1}, {1, -1, -1, 1}};
  const auto values = reconcile({{std::nullopt, 0, 0}}, forecast, Reconciliation::kVariance);
  EXPECT_NEAR((*values)[0][0], 10, 0.05);
}

TEST(Reconcile, NeverAddsToTheErrorOfTheBottom) {
  std::mt19937_64 random(77);
  std::normal_distribution<double> normal;
  double before = 0, after = 0;
  for (int round = 0; round < 200; ++round) {
    const Series truth{100, 40, 60, 18, 22, 31, 29};
    HierarchicalForecast forecast = example();
    const double spread[] = {3, 2, 2, 1, 1, 1, 1};
    for (std::size_t k = 0; k < 7; ++k) { forecast.mean[k] = {truth[k] + spread[k] * normal(random)}; }
    const auto values = *reconcile(kTree, forecast, Reconciliation::kMinimumTrace);
    for (std::size_t k = 0; k < 7; ++k) {
      before += std::pow(forecast.mean[k][0] - truth[k], 2);
      after += std::pow(values[k][0] - truth[k], 2);
    }
  }
  EXPECT_LT(after, 0.8 * before) << "seed 77";
}

TEST(Reconcile, RefusesWhatIsNoHierarchy) {
  const auto message = [](const Hierarchy& hierarchy, const HierarchicalForecast& forecast, Reconciliation method) {
    const auto values = reconcile(hierarchy, forecast, method);
    return values.has_value() ? std::string("accepted") : values.error().message;
  };
  EXPECT_NE(message({}, {}, Reconciliation::kBottomUp).find("got 0 nodes"), std::string::npos);
  EXPECT_NE(message({{5}}, {{{1}}, {}, {}}, Reconciliation::kBottomUp).find("names parent 5"), std::string::npos);
  EXPECT_NE(message({{1, 0}}, {{{1}, {1}}, {}, {}}, Reconciliation::kBottomUp).find("part of itself"),
            std::string::npos);
  EXPECT_NE(message({{1, 0, 1}}, {{{1}, {1}, {1}}, {}, {}}, Reconciliation::kBottomUp).find("part of itself"),
            std::string::npos);
  EXPECT_NE(message(kTree, {{{1}}, {}, {}}, Reconciliation::kBottomUp).find("1 lists"), std::string::npos);
  HierarchicalForecast forecast = example();
  forecast.mean[3].pop_back();
  EXPECT_NE(message(kTree, forecast, Reconciliation::kBottomUp).find("node 3"), std::string::npos);
  forecast = example();
  forecast.mean[3][0] = std::nan("");
  EXPECT_NE(message(kTree, forecast, Reconciliation::kBottomUp).find("missing"), std::string::npos);
  forecast = example();
  forecast.residuals.clear();
  EXPECT_NE(message(kTree, forecast, Reconciliation::kMinimumTrace).find("residuals"), std::string::npos);
  forecast.history.clear();
  EXPECT_NE(message(kTree, forecast, Reconciliation::kTopDown).find("history"), std::string::npos);
}

}  // namespace
}  // namespace streamflow::analytics
