#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analytics/optimize/lbfgs.h"
#include "analytics/optimize/nelder_mead.h"

namespace streamflow::analytics {
namespace {

double rosenbrock(std::span<const double> x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
  }
  return sum;
}

double rosenbrock_with_gradient(std::span<const double> x, std::span<double> gradient) {
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double curve = x[i + 1] - x[i] * x[i];
    gradient[i] += -400 * x[i] * curve - 2 * (1 - x[i]);
    gradient[i + 1] += 200 * curve;
  }
  return rosenbrock(x);
}

TEST(NelderMead, FindsTheValleyOfRosenbrock) {
  const auto found =
      nelder_mead(rosenbrock, std::vector<double>{-1.2, 1.0}, {.tolerance = 1e-14, .evaluations_max = 5000});
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.point[0], 1, 1e-5);
  EXPECT_NEAR(found.point[1], 1, 1e-5);
}

TEST(NelderMead, StopsAtItsBudgetAndSaysSo) {
  const std::vector<double> start{-1.2, 1.0};
  const auto found = nelder_mead(rosenbrock, start, {.evaluations_max = 20});
  EXPECT_FALSE(found.converged);
  EXPECT_LE(found.evaluations, 24U);  // the last step may shrink
  EXPECT_LE(found.value, rosenbrock(start));
}

TEST(NelderMead, KeepsOutOfWhereTheObjectiveIsNotANumber) {
  const auto wall = [](std::span<const double> x) {
    return x[0] < 0.5 ? std::numeric_limits<double>::quiet_NaN() : x[0] * x[0];
  };
  const auto found = nelder_mead(wall, std::vector<double>{2.0}, {.tolerance = 1e-12});
  EXPECT_NEAR(found.point[0], 0.5, 1e-4);
}

TEST(NelderMead, RestartsImproveAStuckSimplex) {
  const std::vector<double> start(6, -1.0);
  const NelderMeadOptions once{.tolerance = 1e-9, .evaluations_max = 20000};
  NelderMeadOptions often = once;
  often.restarts_max = 20;
  EXPECT_LE(nelder_mead(rosenbrock, start, often).value, nelder_mead(rosenbrock, start, once).value);
}

TEST(NelderMead, AcceptsNoCoordinatesAndAnEverywhereInfiniteObjective) {
  EXPECT_EQ(nelder_mead([](auto) { return 3.0; }, {}).value, 3.0);
  const auto nowhere =
      nelder_mead([](auto) { return std::numeric_limits<double>::infinity(); }, std::vector<double>{1.0, 2.0});
  EXPECT_TRUE(std::isinf(nowhere.value));
  EXPECT_EQ(nowhere.point, (std::vector<double>{1.0, 2.0}));
}

TEST(Lbfgs, SolvesRosenbrockInManyDimensions) {
  const auto found = lbfgs(rosenbrock_with_gradient, std::vector<double>(20, -1.0));
  EXPECT_TRUE(found.converged);
  for (const double coordinate : found.point) { EXPECT_NEAR(coordinate, 1, 1e-4); }
}

TEST(Lbfgs, StaysInsideTheBoxAndFindsTheCorner) {
  const Box box{{-2, -2}, {0.5, 2}};
  const auto checked = [&](std::span<const double> x, std::span<double> gradient) {
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_GE(x[i], box.lower[i]);
      EXPECT_LE(x[i], box.upper[i]);
    }
    return rosenbrock_with_gradient(x, gradient);
  };
  const auto found = lbfgs(checked, std::vector<double>{-5.0, 5.0}, box);
  EXPECT_NEAR(found.point[0], 0.5, 1e-6);
  EXPECT_NEAR(found.point[1], 0.25, 1e-5);  // the constrained minimum: y = x²
}

TEST(Lbfgs, NumericGradientAgreesWithTheAnalyticOne) {
  const std::vector<double> x{0.3, -0.7, 1.1};
  std::vector<double> analytic(3), numeric(3), bounded(3);
  rosenbrock_with_gradient(x, analytic);
  with_numeric_gradient(rosenbrock)(x, numeric);
  with_numeric_gradient(rosenbrock, Box{{0.3, -9, -9}, {9, -0.7, 9}})(x, bounded);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(numeric[i], analytic[i], 1e-6 * (1 + std::abs(analytic[i])));
    EXPECT_NEAR(bounded[i], analytic[i], 1e-2 * (1 + std::abs(analytic[i])));  // one-sided at the walls
  }
}

TEST(Lbfgs, GivesBackTheStartWhenTheObjectiveRefusesIt) {
  const auto refused = [](std::span<const double>, std::span<double> gradient) {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    return std::numeric_limits<double>::quiet_NaN();
  };
  const auto found = lbfgs(refused, std::vector<double>{1.0});
  EXPECT_FALSE(found.converged);
  EXPECT_TRUE(std::isinf(found.value));
  EXPECT_EQ(found.point, std::vector<double>{1.0});
}

}  // namespace
}  // namespace streamflow::analytics
