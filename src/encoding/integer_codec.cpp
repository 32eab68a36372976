#include "encoding/integer_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "encoding/kernels.h"
#include "encoding/predictors.h"

namespace streamflow::encoding {
namespace {

constexpr std::size_t kSampleRuns = 8;
constexpr std::size_t kSampleRunValues = 32;
constexpr std::size_t kSampleValues = kSampleRuns * kSampleRunValues;
constexpr std::size_t kSampleFrom = 2 * kSampleValues;  // shorter blocks are weighed whole
// A choice by sample that turns out this much dearer on the whole block is made again by all values; without this guard
// a column that is constant where sampled can grow sixteenfold.
constexpr double kSampleTrust = 1.15;

// A column keeps its predictor for so many blocks, while its values take the bits they took, give or take so much:
// fewer bits are a change of nature too, which another predictor may suit even better.
constexpr unsigned kKeptBlocks = 32;
constexpr double kKeptTolerance = 0.05;
constexpr unsigned kKeptCheckEvery = 4;  // blocks between two looks for a better packing at the same size
constexpr double kSlackBits = 64;        // parameters weigh more in short blocks

constexpr Predictor kPlainPredictors[] = {Predictor::kNone, Predictor::kDelta, Predictor::kDeltaOfDelta,
                                          Predictor::kLine};

std::uint64_t parameter_bits(Predictor predictor) {
  switch (predictor) {
    case Predictor::kDelta: return 16;
    case Predictor::kDeltaOfDelta: return 32;
    case Predictor::kLine: return 80;
    default: return 0;
  }
}

// The greatest divisor of all differences; 0 when all values are equal, 1 as soon as nothing is shared.
std::uint64_t common_divisor(std::span<const std::uint64_t> values) {
  std::uint64_t divisor = 0;
  std::uint64_t last = 0;
  for (std::size_t i = 1; i < values.size() && divisor != 1; ++i) {
    const auto signed_difference = static_cast<std::int64_t>(values[i] - values[i - 1]);
    const auto size = signed_difference < 0 ? 0 - static_cast<std::uint64_t>(signed_difference)
                                            : static_cast<std::uint64_t>(signed_difference);
    if (size != last) {
      divisor = std::gcd(divisor, size);
      last = size;
    }
  }
  return divisor;
}

// Exact division by an odd number is multiplication by its inverse modulo 2^64 (Newton's iteration, 5 steps from 5
// bits).
std::uint64_t odd_inverse(std::uint64_t odd) {
  std::uint64_t inverse = odd * 3 ^ 2;
  for (int step = 0; step < 4; ++step) { inverse *= 2 - odd * inverse; }
  return inverse;
}

// Quotients of value - offset. The modular difference may be read as signed whatever the type: quotient * divisor gives
// the same 64 bits back. Differences of neighbours divide exactly; so do sums of them as long as none wraps, which the
// caller's check of every value makes sure of.
bool divide(std::span<const std::uint64_t> values, std::uint64_t offset, std::uint64_t divisor,
            std::vector<std::uint64_t>& quotients) {
  const int shift = std::countr_zero(divisor);
  const std::uint64_t inverse = odd_inverse(divisor >> shift);
  quotients.resize(values.size());
  bool exact = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto difference = static_cast<std::int64_t>(values[i] - offset);
    quotients[i] = static_cast<std::uint64_t>(difference >> shift) * inverse;
    exact &= offset + quotients[i] * divisor == values[i];
  }
  return exact;
}

void sample_residuals(Predictor predictor, std::span<const std::uint64_t> values,
                      std::array<std::uint64_t, kSampleValues>& out) {
  const std::uint64_t slope = predictor == Predictor::kLine ? line_slope(values) : 0;
  std::size_t at = 0;
  for (std::size_t run = 0; run < kSampleRuns; ++run) {
    const std::size_t begin = std::max<std::size_t>(2, run * values.size() / kSampleRuns);
    for (std::size_t i = begin; i < begin + kSampleRunValues; ++i, ++at) {
      const std::uint64_t delta = values[i] - values[i - 1];
      switch (predictor) {
        case Predictor::kDelta: out[at] = delta; break;
        case Predictor::kDeltaOfDelta: out[at] = delta - (values[i - 1] - values[i - 2]); break;
        case Predictor::kLine: out[at] = values[i] - line_at(slope, i); break;
        default: out[at] = values[i];
      }
    }
  }
}

Status decode_predicted(Descriptor descriptor, ByteReader& in, SeriesStarts starts, bool nested,
                        std::span<std::uint64_t> out);

Status decode_runs(ByteReader& in, std::span<std::uint64_t> out) {
  const std::uint64_t run_count = in.varint();
  if (!in.ok() || run_count == 0 || run_count > out.size()) { return corrupt_block("an impossible number of runs"); }
  std::vector<std::uint64_t> values(static_cast<std::size_t>(run_count));
  std::vector<std::uint64_t> lengths(values.size());
  SF_CHECK(decode_nested_integers(in, values));
  SF_CHECK(decode_nested_integers(in, lengths));
  std::size_t at = 0;
  for (std::size_t run = 0; run < values.size(); ++run) {
    if (lengths[run] >= out.size() - at) { return corrupt_block("runs are longer than the block"); }
    const std::size_t length = static_cast<std::size_t>(lengths[run]) + 1;
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), length, values[run]);
    at += length;
  }
  return at == out.size() ? Status(Ok{}) : corrupt_block("runs are shorter than the block");
}

Status decode_predicted(Descriptor descriptor, ByteReader& in, SeriesStarts starts, bool nested,
                        std::span<std::uint64_t> out) {
  if (descriptor.packer == Packer::kRunLength) {
    return nested || descriptor.predictor != Predictor::kNone ? unsupported(descriptor) : decode_runs(in, out);
  }
  switch (descriptor.predictor) {
    case Predictor::kNone: return decode_packed(in, descriptor.packer, out);
    case Predictor::kDelta: {
      const std::uint64_t start = in.signed_varint();
      SF_CHECK(decode_packed(in, descriptor.packer, out));
      undo_delta(start, out);
      return Ok{};
    }
    case Predictor::kDeltaOfDelta: {
      PredictorStart start;
      start.value = in.signed_varint();
      start.delta = in.signed_varint();
      SF_CHECK(decode_packed(in, descriptor.packer, out));
      undo_delta_of_delta(start, out);
      return Ok{};
    }
    case Predictor::kLine: {
      PredictorStart start;
      start.value = in.signed_varint();
      start.delta = in.signed_varint();
      SF_CHECK(decode_packed(in, descriptor.packer, out));
      kernels().add_line(start.value, start.delta, out);
      return Ok{};
    }
    case Predictor::kDeltaPerSeries: {
      if (nested || starts.empty()) { return corrupt_block("a delta per series where there is one series"); }
      std::vector<std::uint64_t> first_values(starts.size());
      SF_CHECK(decode_nested_integers(in, first_values));
      SF_CHECK(decode_packed(in, descriptor.packer, out));
      undo_per_series(first_values, starts, out);
      return Ok{};
    }
  }
  return unsupported(descriptor);
}

}  // namespace

IntegerEncoder::Choice IntegerEncoder::choose_fully(std::span<const std::uint64_t> values, SeriesStarts starts) {
  Choice best{.cost_bits = ~std::uint64_t{0}};
  residuals_.resize(values.size());
  for (const Predictor predictor : kPlainPredictors) {
    residuals_of(predictor, values, residuals_);
    const PackPlan plan = plan_packing(residuals_);
    if (const std::uint64_t cost = plan.cost_bits + parameter_bits(predictor); cost < best.cost_bits) {
      best = {predictor, plan, cost};
    }
  }
  if (!starts.empty()) {
    residuals_per_series(values, starts, residuals_);
    const PackPlan plan = plan_packing(residuals_);
    std::vector<std::uint64_t> first_values;
    for (const std::uint32_t start : starts) { first_values.push_back(values[start]); }
    if (const std::uint64_t cost = plan.cost_bits + plan_packing(first_values).cost_bits + 24; cost < best.cost_bits) {
      best = {Predictor::kDeltaPerSeries, plan, cost};
    }
  }
  return best;
}

Predictor IntegerEncoder::choose_by_sample(std::span<const std::uint64_t> values, double& bits_per_value) {
  Predictor best = Predictor::kNone;
  std::uint64_t best_bits = ~std::uint64_t{0};
  std::array<std::uint64_t, kSampleValues> sample;
  for (const Predictor predictor : kPlainPredictors) {
    sample_residuals(predictor, values, sample);
    if (const std::uint64_t bits = plan_packing(sample).cost_bits; bits < best_bits) {
      best_bits = bits;
      best = predictor;
    }
  }
  bits_per_value = static_cast<double>(best_bits) / static_cast<double>(kSampleValues);
  return best;
}

IntegerEncoder::Choice IntegerEncoder::plan_whole(std::span<const std::uint64_t> values, Predictor predictor) {
  residuals_.resize(values.size());
  residuals_of(predictor, values, residuals_);
  const PackPlan plan = plan_packing(residuals_);
  return {predictor, plan, plan.cost_bits + parameter_bits(predictor)};
}

// The packing of residuals_ that is kept: the last one moved to them, unless a sample promises a better one. Only the
// cost of the whole block is looked at every time.
PackPlan IntegerEncoder::keep_packing() {
  std::optional<PackPlan> moved = move_packing(residuals_, last_.plan);
  if (!moved) { return plan_packing(residuals_); }
  if (effort_ == ChooserEffort::kFirst) { return *moved; }
  moved->cost_bits = packing_cost(residuals_, *moved);
  if (last_.blocks_left % kKeptCheckEvery != 0) { return *moved; }
  std::array<std::uint64_t, kSampleValues> sample;
  for (std::size_t run = 0; run < kSampleRuns; ++run) {
    const std::size_t begin = run * residuals_.size() / kSampleRuns;
    std::copy_n(residuals_.begin() + static_cast<std::ptrdiff_t>(begin), kSampleRunValues,
                sample.begin() + static_cast<std::ptrdiff_t>(run * kSampleRunValues));
  }
  const double promised = static_cast<double>(plan_packing(sample).cost_bits) / static_cast<double>(kSampleValues);
  const double kept = static_cast<double>(moved->cost_bits) / static_cast<double>(residuals_.size());
  return promised < (1 - kKeptTolerance) * kept ? plan_packing(residuals_) : *moved;
}

std::optional<IntegerEncoder::Choice> IntegerEncoder::keep(std::span<const std::uint64_t> values) {
  if (last_.blocks_left == 0) { return std::nullopt; }
  residuals_.resize(values.size());
  residuals_of(last_.predictor, values, residuals_);
  if (effort_ != ChooserEffort::kFirst) { --last_.blocks_left; }
  const PackPlan plan = keep_packing();
  const Choice kept{last_.predictor, plan, plan.cost_bits + parameter_bits(last_.predictor)};
  if (effort_ == ChooserEffort::kFirst) { return kept; }
  const double expected = last_.bits_per_value * static_cast<double>(values.size());
  const double change = std::abs(static_cast<double>(kept.cost_bits) - expected);
  if (change > kKeptTolerance * expected + kSlackBits) { return std::nullopt; }
  last_.plan = plan;
  return kept;
}

IntegerEncoder::Choice IntegerEncoder::choose(std::span<const std::uint64_t> values, SeriesStarts starts) {
  if (values.size() < kSampleFrom || !starts.empty() || effort_ == ChooserEffort::kExhaustive) {
    return choose_fully(values, starts);
  }
  const auto count = static_cast<double>(values.size());
  if (const std::optional<Choice> kept = keep(values)) { return *kept; }
  double bits_per_value = 0;
  Choice choice = plan_whole(values, choose_by_sample(values, bits_per_value));
  if (static_cast<double>(choice.cost_bits) > kSampleTrust * bits_per_value * count + kSlackBits) {
    choice = choose_fully(values, starts);
  }
  if (last_.in_column) {
    last_ = {choice.predictor, choice.plan, static_cast<double>(choice.cost_bits) / count, kKeptBlocks, true};
  }
  return choice;
}

void IntegerEncoder::append_stream(std::span<const std::uint64_t> values, SeriesStarts starts, const Choice& choice,
                                   Bytes& out) {
  residuals_.resize(values.size());
  if (choice.predictor == Predictor::kDeltaPerSeries) {
    std::vector<std::uint64_t> first_values;
    for (const std::uint32_t start : starts) { first_values.push_back(values[start]); }
    const PackPlan plan = plan_packing(first_values);
    append_fixed(out, to_bits({.packer = plan.packer}));
    encode_packed(first_values, plan, out);
    residuals_per_series(values, starts, residuals_);
  } else {
    const PredictorStart start = residuals_of(choice.predictor, values, residuals_);
    if (choice.predictor != Predictor::kNone) { append_signed_varint(out, start.value); }
    if (choice.predictor == Predictor::kDeltaOfDelta || choice.predictor == Predictor::kLine) {
      append_signed_varint(out, start.delta);
    }
  }
  encode_packed(residuals_, choice.plan, out);
}

bool IntegerEncoder::encode_runs(std::span<const std::uint64_t> values, std::uint64_t bits_max, Bytes& out) {
  std::size_t run_count = 1;
  for (std::size_t i = 1; i < values.size(); ++i) { run_count += values[i] != values[i - 1] ? 1 : 0; }
  if (run_count * 8 > bits_max || run_count * 4 > values.size()) { return false; }
  std::vector<std::uint64_t> run_values{values[0]};
  std::vector<std::uint64_t> lengths{0};
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] == values[i - 1]) {
      ++lengths.back();
    } else {
      run_values.push_back(values[i]);
      lengths.push_back(0);
    }
  }
  const std::size_t begin = out.size();
  append_varint(out, run_count);
  for (const std::vector<std::uint64_t>& stream : {run_values, lengths}) {
    const Choice choice = choose_fully(stream, {});
    append_fixed(out, to_bits({.predictor = choice.predictor, .packer = choice.plan.packer}));
    append_stream(stream, {}, choice, out);
  }
  if ((out.size() - begin) * 8 < bits_max) { return true; }
  out.resize(begin);
  return false;
}

void IntegerEncoder::encode_nested(std::span<const std::uint64_t> values, Bytes& out) {
  const Choice choice = choose(values, {});
  append_fixed(out, to_bits({.predictor = choice.predictor, .packer = choice.plan.packer}));
  append_stream(values, {}, choice, out);
}

void IntegerEncoder::encode(std::span<const std::uint64_t> values, SeriesStarts starts, Bytes& out, Map map, Mask mask,
                            ByteSpan prefix) {
  std::uint64_t divisor = map == Map::kIdentity && !values.empty() ? common_divisor(values) : 0;
  const std::uint64_t offset = divisor > 1 ? values[0] : 0;
  if (divisor > 1 && divide(values, offset, divisor, quotients_)) {
    map = Map::kDivisor;
    values = quotients_;
  }
  const Choice choice = choose(values, starts);
  Descriptor descriptor{map, choice.predictor, choice.plan.packer, mask};
  const std::size_t begin = out.size();
  append_fixed(out, to_bits(descriptor));
  append_bytes(out, prefix);
  if (map == Map::kDivisor) {
    append_varint(out, divisor);
    append_signed_varint(out, offset);
  }
  if (values.empty()) { return; }
  const bool constant = choice.plan.packer == Packer::kFrameOfReference && choice.plan.width == 0;
  if (!constant && encode_runs(values, choice.cost_bits, out)) {
    descriptor.predictor = Predictor::kNone;
    descriptor.packer = Packer::kRunLength;
    const std::uint16_t bits = to_bits(descriptor);
    std::memcpy(out.data() + begin, &bits, sizeof bits);
    return;
  }
  append_stream(values, starts, choice, out);
}

Status decode_integers_after(Descriptor descriptor, ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out) {
  if (out.empty()) { return in.ok() ? Status(Ok{}) : corrupt_block("it ends early"); }
  if (descriptor.map != Map::kDivisor) { return decode_predicted(descriptor, in, starts, false, out); }
  const std::uint64_t divisor = in.varint();
  const std::uint64_t offset = in.signed_varint();
  SF_CHECK(decode_predicted(descriptor, in, starts, false, out));
  kernels().scale(offset, divisor, out);
  return Ok{};
}

Status decode_nested_integers(ByteReader& in, std::span<std::uint64_t> out) {
  const Descriptor descriptor = descriptor_from(in.fixed<std::uint16_t>());
  if (!in.ok()) { return corrupt_block("a nested stream ends early"); }
  if (descriptor.map != Map::kIdentity || descriptor.mask != Mask::kAllValid) { return unsupported(descriptor); }
  return decode_predicted(descriptor, in, {}, true, out);
}

Status decode_integers(ByteReader& in, SeriesStarts starts, std::span<std::uint64_t> out) {
  const Descriptor descriptor = descriptor_from(in.fixed<std::uint16_t>());
  if (!in.ok()) { return corrupt_block("it ends before its descriptor"); }
  if ((descriptor.map != Map::kIdentity && descriptor.map != Map::kDivisor) || descriptor.mask != Mask::kAllValid) {
    return unsupported(descriptor);
  }
  return decode_integers_after(descriptor, in, starts, out);
}

}  // namespace streamflow::encoding
