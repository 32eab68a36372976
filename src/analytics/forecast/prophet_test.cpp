#include "analytics/forecast/prophet.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analytics/statistics/golden_values.h"

namespace streamflow::analytics {
namespace {

const GoldenValues& golden() {
  static const GoldenValues kValues("prophet_r.txt");
  return kValues;
}

double parameter(const FittedModel& model, const std::string& name) {
  for (const ModelParameter& parameter : model.summary().parameters) {
    if (parameter.name == name) { return parameter.value; }
  }
  return std::nan("");
}

TEST(Prophet, AgreesWithProphetForR) {
  const Series& passengers = golden()["passengers"];
  for (const ProphetMode mode : {ProphetMode::kAdditive, ProphetMode::kMultiplicative}) {
    const std::string name = mode == ProphetMode::kAdditive ? "additive" : "multiplicative";
    SCOPED_TRACE(name);
    ProphetOptions options;
    options.mode = mode;
    options.seasons = {{"yearly", 365.25, 10, 10}};
    options.times = golden()["days"];
    const auto model = make_prophet(options)->fit(SeriesView(passengers).first(132), 12);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    const Series& want = golden()[name + ".parameters"];
    // The first slope and the first change can trade places at almost no cost: R stops a little earlier on that ridge.
    EXPECT_NEAR(parameter(**model, "k"), want[0], 0.05);
    EXPECT_NEAR(parameter(**model, "m"), want[1], 0.005);
    EXPECT_NEAR(parameter(**model, "sigma"), want[2], 0.0005);
    const auto forecast = (*model)->predict(12);
    ASSERT_TRUE(forecast.has_value());
    for (std::size_t h = 0; h < 12; ++h) {
      EXPECT_NEAR(forecast->mean[h], golden()[name + ".mean"][h], 5) << "1 % of the range; step " << h;
    }
    EXPECT_FALSE((*model)->predict(13).has_value());
  }
}

TEST(Prophet, FollowsATrendThatBends) {
  Series series;
  std::mt19937_64 random(14);
  std::normal_distribution<double> normal(0, 1);
  const auto line = [](double t) { return t < 100 ? 2 * t : 200 - (t - 100); };
  for (int t = 0; t < 200; ++t) { series.push_back(line(t) + normal(random)); }
  const double levels[] = {80, 95};
  const auto model = make_prophet()->fit(series, 1);
  const auto forecast = (*model)->predict(20, levels);
  ASSERT_TRUE(forecast.has_value());
  EXPECT_NEAR(forecast->mean[19], line(219), 12);
  EXPECT_LT(forecast->intervals[1].lower[0], forecast->intervals[0].lower[0]);
  EXPECT_GT(forecast->intervals[1].upper[19] - forecast->intervals[1].lower[19],
            forecast->intervals[1].upper[0] - forecast->intervals[1].lower[0]);
}

TEST(Prophet, LearnsHolidays) {
  Series series, holiday;
  std::mt19937_64 random(15);
  std::normal_distribution<double> normal(0, 0.5);
  for (int t = 0; t < 130; ++t) {
    const bool here = t % 30 == 5;
    holiday.push_back(here ? 1 : 0);
    if (t < 120) { series.push_back(50 + (here ? 20 : 0) + normal(random)); }
  }
  ProphetOptions options;
  options.regressors = {{{"holiday", holiday}, 10}};
  const auto model = make_prophet(options)->fit(series, 1);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const auto forecast = (*model)->predict(10);
  EXPECT_NEAR(forecast->mean[5] - forecast->mean[4], 20, 2);
  const auto beyond = (*model)->predict(11);
  ASSERT_FALSE(beyond.has_value());
  EXPECT_NE(beyond.error().message.find("end 10 steps after"), std::string::npos) << beyond.error().message;
}

TEST(Prophet, RefusesBadOptions) {
  const Series series(40, 3.0);
  const auto refused = [&](const ProphetOptions& options) {
    return !make_prophet(options)->fit(series, 1).has_value();
  };
  ProphetOptions options;
  options.change_range = 0;
  EXPECT_TRUE(refused(options));
  options = {};
  options.change_scale = -1;
  EXPECT_TRUE(refused(options));
  options = {};
  options.seasons = {{"none", 0, 3, 10}};
  EXPECT_TRUE(refused(options));
  options = {};
  options.times = Series(40, 1.0);
  EXPECT_TRUE(refused(options));
  options.times = {1, 2, 3};
  EXPECT_TRUE(refused(options));
  options = {};
  options.regressors = {{{"short", {1, 2}}, 10}};
  EXPECT_TRUE(refused(options));
  EXPECT_FALSE(refused({}));
}

}  // namespace
}  // namespace streamflow::analytics
