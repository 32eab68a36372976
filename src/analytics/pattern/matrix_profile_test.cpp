// Parity with stumpy: tests/golden/analytics/make_matrix_profile.py. Naive distances as a second oracle.
#include "analytics/pattern/matrix_profile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "analytics/pattern/profile_stream.h"
#include "analytics/pattern/segmentation.h"
#include "analytics/pattern/similarity.h"
#include "analytics/signal/golden_file.h"

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<double>& golden(const std::string& name) {
  static GoldenValues values = read_golden(STREAMFLOW_SOURCE_DIR "/tests/golden/analytics/matrix_profile.txt");
  return values[name];
}

Series random_walk(std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> step;
  Series series(length);
  double level = 0.0;
  for (double& value : series) value = level += step(random);
  return series;
}

// By the definition; no missing values.
double naive_distance(SeriesView series, std::size_t window, std::size_t i, std::size_t j) {
  const auto normalised = [&](std::size_t start) {
    Series cut(series.begin() + std::ptrdiff_t(start), series.begin() + std::ptrdiff_t(start + window));
    double mean = 0.0;
    for (const double value : cut) mean += value / double(window);
    double variance = 0.0;
    for (const double value : cut) variance += (value - mean) * (value - mean) / double(window);
    for (double& value : cut) value = (value - mean) / std::sqrt(variance);
    return cut;
  };
  const Series left = normalised(i);
  const Series right = normalised(j);
  double sum = 0.0;
  for (std::size_t step = 0; step < window; ++step) sum += (left[step] - right[step]) * (left[step] - right[step]);
  return std::sqrt(sum);
}

void expect_same(const MatrixProfile& got, const MatrixProfile& want) {
  ASSERT_EQ(got.distance.size(), want.distance.size());
  for (std::size_t start = 0; start < want.distance.size(); ++start) {
    if (std::isinf(want.distance[start])) {
      EXPECT_EQ(got.distance[start], want.distance[start]);
    } else {
      EXPECT_NEAR(got.distance[start], want.distance[start], 1e-6) << start;
      EXPECT_EQ(got.index[start], want.index[start]) << start;
    }
    EXPECT_EQ(got.left_index[start], want.left_index[start]) << start;
    EXPECT_EQ(got.right_index[start], want.right_index[start]) << start;
  }
}

TEST(MatrixProfile, MatchesStumpyWithFlatMissingAndInfiniteValues) {
  const auto profile = matrix_profile(golden("x"), {16, 1});
  ASSERT_TRUE(profile.has_value());
  const std::vector<double>& want = golden("distance");
  ASSERT_EQ(profile->distance.size(), want.size());
  ASSERT_FALSE(want.empty());
  for (std::size_t start = 0; start < want.size(); ++start) {
    if (std::isinf(want[start])) {
      EXPECT_EQ(profile->distance[start], kInfinity) << start;
      EXPECT_EQ(profile->index[start], -1) << start;
      continue;
    }
    // Near zero the root magnifies rounding: two identical windows are at 2.8e-6 in the reference.
    EXPECT_NEAR(profile->distance[start], want[start], want[start] < 1e-5 ? 1e-5 : 1e-6) << start;
    // Ties: flat windows are all at the same distance.
    const bool tie = want[start] < 1e-5 || std::abs(want[start] - 4.0) < 1e-9;
    if (!tie) { EXPECT_EQ(double(profile->index[start]), golden("index")[start]) << start; }
  }
}

TEST(MatrixProfile, LeftAndRightNeighboursMatchStumpyOutsideTies) {
  const auto profile = matrix_profile(golden("x"), {16, 1});
  for (std::size_t start = 0; start < profile->distance.size(); ++start) {
    const auto is_tie = [](double distance) { return distance < 1e-6 || std::abs(distance - 4.0) < 1e-9; };
    if (!is_tie(profile->left_distance[start])) {
      EXPECT_EQ(double(profile->left_index[start]), golden("left_index")[start]) << start;
    }
    if (!is_tie(profile->right_distance[start])) {
      EXPECT_EQ(double(profile->right_index[start]), golden("right_index")[start]) << start;
    }
  }
}

TEST(MatrixProfile, EqualsTheDefinitionForManyShapes) {
  for (const std::size_t length : {40U, 130U, 300U, 2500U}) {
    const std::size_t window = length < 100 ? 8 : 25;
    const Series series = random_walk(length, length);
    const auto profile = matrix_profile(series, {window, 1});
    const std::size_t count = length - window + 1;
    for (std::size_t start = 0; start<count; start += length> 1000 ? 97 : 1) {
      double nearest = kInfinity;
      for (std::size_t other = 0; other < count; ++other) {
        const std::size_t apart = other > start ? other - start : start - other;
        if (apart > (window + 3) / 4) nearest = std::min(nearest, naive_distance(series, window, start, other));
      }
      ASSERT_NEAR(profile->distance[start], nearest, 1e-6) << "length " << length << " start " << start;
    }
  }
}

TEST(MatrixProfile, IsTheSameOnEveryNumberOfThreads) {
  Series series = random_walk(3000, 5);
  for (std::size_t index = 700; index < 800; ++index) series[index] = series[700];
  for (std::size_t index = 1700; index < 1800; ++index) series[index] = series[1700];
  const auto one = matrix_profile(series, {20, 1});
  for (const unsigned threads : {0U, 2U, 5U}) expect_same(*matrix_profile(series, {20, threads}), *one);
}

TEST(MatrixProfile, KeepsItsPrecisionOnALargeOffset) {
  Series series = random_walk(5000, 9);
  const auto plain = matrix_profile(series, {30, 1});
  for (double& value : series) value += 1e6;
  const auto shifted = matrix_profile(series, {30, 1});
  for (std::size_t start = 0; start < plain->distance.size(); ++start) {
    ASSERT_NEAR(plain->distance[start], shifted->distance[start], 1e-5) << start;
  }
}

TEST(MatrixProfile, RefusesImpossibleWindowsAndAcceptsDegenerateSeries) {
  EXPECT_FALSE(matrix_profile(Series{1, 2, 3}, {4, 1}).has_value());
  EXPECT_FALSE(matrix_profile(Series{}, {3, 1}).has_value());
  EXPECT_FALSE(matrix_profile(Series{1, 2, 3}, {2, 1}).has_value());
  const auto single = matrix_profile(Series{1, 2, 3}, {3, 4});
  ASSERT_TRUE(single.has_value());
  EXPECT_EQ(single->index[0], -1);
  const auto constant = matrix_profile(Series(50, 7.0), {5, 2});
  for (const double distance : constant->distance) EXPECT_EQ(distance, 0.0);
  const auto missing = matrix_profile(Series(50, NAN), {5, 2});
  for (const double distance : missing->distance) EXPECT_EQ(distance, kInfinity);
}

TEST(MatrixProfile, MotifsAndDiscordsAreThoseInjected) {
  Series series = random_walk(2000, 21);
  for (std::size_t step = 0; step < 40; ++step) series[1500 + step] = 2.0 * series[300 + step] + 3.0;
  const auto profile = matrix_profile(series, {40, 1});
  const std::vector<Motif> motifs = top_motifs(*profile, 3);
  ASSERT_EQ(motifs.size(), 3U);
  EXPECT_EQ(motifs[0].first, 300U);
  EXPECT_EQ(motifs[0].second, 1500U);
  EXPECT_LT(motifs[0].distance, 1e-5);
  EXPECT_LE(motifs[1].distance, motifs[2].distance);

  Series beat(2000);
  for (std::size_t index = 0; index < beat.size(); ++index) beat[index] = std::sin(double(index) / 5.0);
  for (std::size_t index = 1200; index < 1220; ++index) beat[index] *= 0.2;
  const std::vector<Discord> discords = top_discords(*matrix_profile(beat, {40, 1}), 2);
  EXPECT_NEAR(double(discords[0].start), 1190.0, 40.0);
  EXPECT_GE(discords[0].distance, discords[1].distance);
}

TEST(ProfileStream, EqualsTheBatchProfile) {
  ProfileStream stream = *ProfileStream::start(16);
  for (const double value : golden("x")) stream.append(value);
  const auto batch = matrix_profile(golden("x"), {16, 1});
  const MatrixProfile profile = stream.profile();
  ASSERT_EQ(profile.distance.size(), batch->distance.size());
  for (std::size_t start = 0; start < profile.distance.size(); ++start) {
    if (std::isinf(batch->distance[start])) {
      EXPECT_EQ(profile.distance[start], kInfinity);
    } else {
      EXPECT_NEAR(profile.distance[start], batch->distance[start], 1e-6) << start;
    }
  }
  EXPECT_FALSE(ProfileStream::start(2).has_value());
  EXPECT_EQ(ProfileStream::start(5)->newest_left_distance(), kInfinity);
}

TEST(ProfileStream, RefreshKeepsLongStreamsExact) {
  const Series series = random_walk(9000, 3);
  ProfileStream stream = *ProfileStream::start(12);
  for (const double value : series) stream.append(value);
  const auto batch = matrix_profile(series, {12, 1});
  const MatrixProfile profile = stream.profile();
  for (std::size_t start = 0; start < profile.distance.size(); ++start) {
    ASSERT_NEAR(profile.distance[start], batch->distance[start], 1e-6) << start;
  }
}

TEST(LeftDiscord, EqualsTheExhaustiveSearch) {
  const Series series = random_walk(900, 8);
  const std::size_t window = 20;
  Discord want;
  for (std::size_t start = 200; start + window <= series.size(); ++start) {
    double nearest = kInfinity;
    for (std::size_t other = 0; other + window <= start; ++other) {
      nearest = std::min(nearest, naive_distance(series, window, start, other));
    }
    if (nearest > want.distance) want = {start, nearest};
  }
  const auto got = left_discord(series, window, 200);
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->start, want.start);
  EXPECT_NEAR(got->distance, want.distance, 1e-6);
  EXPECT_FALSE(left_discord(series, window, 10).has_value());
  EXPECT_FALSE(left_discord(series, window, 890).has_value());
  EXPECT_FALSE(left_discord(Series(100, NAN), window, 30).has_value());
}

TEST(Segmentation, MatchesStumpy) {
  const auto profile = matrix_profile(golden("clean"), {16, 1});

  const Segmentation segmentation = segment_regimes(*profile, 2);
  ASSERT_EQ(segmentation.boundaries.size(), 1U);
  EXPECT_NEAR(double(segmentation.boundaries[0]), golden("regimes")[0], 2.0);
  double difference = 0.0;
  ASSERT_EQ(segmentation.arc_curve.size(), golden("curve").size());
  for (std::size_t start = 0; start < segmentation.arc_curve.size(); ++start) {
    difference = std::max(difference, std::abs(segmentation.arc_curve[start] - golden("curve")[start]));
  }
  EXPECT_LT(difference, 0.2);  // flat windows tie, and their arcs go elsewhere
  EXPECT_TRUE(segment_regimes({}, 3).boundaries.empty());
}

TEST(Similarity, MatchesStumpyMass) {
  const SeriesView clean(golden("clean"));
  const auto distances = distance_profile(clean.subspan(400, 30), clean);
  ASSERT_TRUE(distances.has_value());
  ASSERT_EQ(distances->size(), golden("mass").size());
  for (std::size_t start = 0; start < distances->size(); ++start) {
    EXPECT_NEAR((*distances)[start], golden("mass")[start], 1e-6) << start;
  }
  const auto matches = nearest_matches(clean.subspan(400, 30), clean, 5, kInfinity);
  ASSERT_EQ(matches->size(), 5U);
  EXPECT_EQ((*matches)[0].start, 400U);
  EXPECT_FALSE(distance_profile(clean, clean.first(10)).has_value());
  EXPECT_FALSE(distance_profile(Series{1.0, NAN, 2.0}, clean).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
