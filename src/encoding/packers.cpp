#include "encoding/packers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>

#include "encoding/bit_packing.h"
#include "encoding/kernels.h"

namespace streamflow::encoding {
namespace {

constexpr unsigned kRiceWidthMax = 32;
constexpr std::size_t kMedianSample = 64;
constexpr unsigned kOneSidedBit = 0x80;

// What a packer's parameters and the ends of its parts take.
constexpr std::uint64_t kFrameBits = 8 * 3;
constexpr std::uint64_t kPatchedBits = 8 * 4;
constexpr std::uint64_t kRiceBits = 8 * 5;

using LengthHistogram = std::array<std::uint32_t, 65>;  // how many values have n significant bits

struct Shape {
  std::uint64_t min = 0, max = 0;  // as signed numbers
  Center center;                   // one-sided when it is the minimum
};

unsigned bit_length(std::uint64_t value) {
  return static_cast<unsigned>(std::bit_width(value));
}

unsigned varint_bits(unsigned length) {
  return 8 * std::max(1U, (length + 6) / 7);
}

// The median of a sample spread evenly.
std::int64_t middle_of(std::span<const std::uint64_t> values) {
  std::array<std::int64_t, kMedianSample> sample{};
  const std::size_t count = std::min(values.size(), kMedianSample);
  for (std::size_t i = 0; i < count; ++i) { sample[i] = static_cast<std::int64_t>(values[i * values.size() / count]); }
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(sample.begin(), middle, sample.begin() + static_cast<std::ptrdiff_t>(count));
  return *middle;
}

Shape shape_of(std::span<const std::uint64_t> values) {
  const MinMax range = kernels().min_max(values);
  const std::int64_t middle = middle_of(values);
  return {static_cast<std::uint64_t>(range.min),
          static_cast<std::uint64_t>(range.max),
          {static_cast<std::uint64_t>(middle), middle == range.min}};
}

// The base of a patched frame: the minimum, or half a frame below the centre.
std::uint64_t patched_base(const Center& center, unsigned width) {
  const std::uint64_t below = width == 0 ? 0 : std::uint64_t{1} << (width - 1);
  return center.one_sided ? center.value : center.value - below;
}

LengthHistogram lengths_of(std::span<const std::uint64_t> values, const Shape& shape) {
  constexpr std::size_t kBatch = 512;
  // Several histograms, so that equal neighbours do not wait for each other's store.
  std::array<LengthHistogram, 4> counts{};
  std::array<std::uint8_t, kBatch> lengths;
  for (std::size_t begin = 0; begin < values.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, values.size() - begin);
    kernels().bit_lengths(values.subspan(begin, count), shape.center, lengths.data());
    for (std::size_t i = 0; i < count; ++i) { ++counts[i % 4][lengths[i]]; }
  }
  for (std::size_t length = 0; length < counts[0].size(); ++length) {
    counts[0][length] += counts[1][length] + counts[2][length] + counts[3][length];
  }
  return counts[0];
}

PackPlan plan_patched(const LengthHistogram& lengths, std::uint64_t count, unsigned longest, const Shape& shape) {
  PackPlan best{.packer = Packer::kPatched, .one_sided = shape.center.one_sided, .cost_bits = ~std::uint64_t{0}};
  std::uint64_t exception_bits = 0;
  std::uint64_t exceptions = 0;
  for (unsigned width = longest - 1; width < 64; --width) {  // ends when width wraps
    exceptions += lengths[width + 1];
    exception_bits += std::uint64_t{lengths[width + 1]} * (8 + varint_bits(width + 1));
    const std::uint64_t cost = count * width + exception_bits;
    if (cost <= best.cost_bits) {
      best.cost_bits = cost;
      best.width = width;
      best.exception_bits = exception_bits / std::max<std::uint64_t>(1, exceptions);
    }
  }
  best.base = patched_base(shape.center, best.width);
  best.cost_bits += kPatchedBits;
  return best;
}

// k by the histogram: the quotient of a value of n bits, shifted right by k, is on average 1.5 * 2^(n - k - 1) - 0.5.
// Values of more than k + 5 bits are exceptions. `longest` is the greatest length that occurs.
unsigned guess_rice_width(const LengthHistogram& lengths, std::uint64_t count, unsigned longest) {
  constexpr double kQuotientOfExtraBits[] = {0, 1, 2.5, 5.5, 11.5, 23.5};
  constexpr unsigned kExtraBitsMax = 5;
  unsigned best = 0;
  double best_cost = 1e300;
  std::uint64_t exceptions = 0;
  for (unsigned k = std::min(longest, 64U); k <= 64; --k) {  // ends when k wraps
    exceptions += k + kExtraBitsMax + 1 <= longest ? lengths[k + kExtraBitsMax + 1] : 0;
    double cost = static_cast<double>(count) * k + static_cast<double>(exceptions) * 40;
    for (unsigned n = k + 1; n <= std::min(k + kExtraBitsMax, longest); ++n) {
      cost += lengths[n] * kQuotientOfExtraBits[n - k];
    }
    if (k <= kRiceWidthMax && cost < best_cost) {
      best_cost = cost;
      best = k;
    }
  }
  return best;
}

PackPlan plan_rice(std::span<const std::uint64_t> values, const LengthHistogram& lengths, unsigned longest,
                   const Shape& shape) {
  PackPlan plan{.packer = Packer::kSplitRice, .base = shape.center.value, .one_sided = shape.center.one_sided};
  plan.width = guess_rice_width(lengths, values.size(), longest);
  plan.exception_bits = 8 + varint_bits(longest);
  plan.cost_bits = packing_cost(values, plan);
  return plan;
}

struct Exceptions {
  std::vector<std::uint32_t> positions;
  Bytes values;
};

void append_exceptions(const Exceptions& exceptions, Bytes& out) {
  encode_positions(exceptions.positions, out);
  append_bytes(out, exceptions.values);
}

void encode_patched(std::span<const std::uint64_t> residuals, const PackPlan& plan, Bytes& out) {
  Exceptions exceptions;
  const std::uint64_t limit = std::uint64_t{1} << plan.width;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    if (residuals[i] - plan.base >= limit) {
      exceptions.positions.push_back(static_cast<std::uint32_t>(i));
      append_signed_varint(exceptions.values, residuals[i] - plan.base);
    }
  }
  append_signed_varint(out, plan.base);
  out.push_back(static_cast<std::byte>(plan.width));
  pack_bits(residuals, plan.base, plan.width, out);
  append_exceptions(exceptions, out);
}

void encode_rice(std::span<const std::uint64_t> residuals, const PackPlan& plan, Bytes& out) {
  const Center center{plan.base, plan.one_sided};
  std::vector<std::uint64_t> distances(residuals.size());
  std::vector<std::uint64_t> unary(residuals.size() * kRiceQuotientMax / 64 +
                                   1);  // quotients are at most kRiceQuotientMax - 1
  Exceptions exceptions;
  std::size_t bit = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    const std::uint64_t z = center.distance(residuals[i]);
    std::uint64_t quotient = z >> plan.width;
    distances[i] = z;
    if (quotient >= kRiceQuotientMax) {
      exceptions.positions.push_back(static_cast<std::uint32_t>(i));
      append_varint(exceptions.values, z);
      quotient = 0;
    }
    bit += static_cast<std::size_t>(quotient);
    unary[bit / 64] |= std::uint64_t{1} << (bit % 64);
    ++bit;
  }
  append_signed_varint(out, plan.base);
  out.push_back(static_cast<std::byte>(plan.width | (plan.one_sided ? kOneSidedBit : 0U)));
  pack_bits(distances, 0, plan.width, out);
  const std::size_t unary_bytes = (bit + 7) / 8;
  append_varint(out, unary_bytes);
  append_bytes(out, std::as_bytes(std::span(unary)).first(unary_bytes));
  append_exceptions(exceptions, out);
}

Status decode_frame(ByteReader& in, std::span<std::uint64_t> out) {
  const std::uint64_t base = in.signed_varint();
  const unsigned width = in.fixed<std::uint8_t>();
  if (!in.ok() || width > 64) { return corrupt_block("the frame of reference has no valid width"); }
  const ByteSpan payload = in.take(packed_bytes(out.size(), width));
  if (!in.ok()) { return corrupt_block("packed values end early"); }
  unpack_bits(payload, base, width, out);
  return Ok{};
}

Status decode_patched(ByteReader& in, std::span<std::uint64_t> out) {
  const std::uint64_t base = in.signed_varint();
  const unsigned width = in.fixed<std::uint8_t>();
  if (!in.ok() || width > 63) { return corrupt_block("the patched frame has no valid width"); }
  const ByteSpan payload = in.take(packed_bytes(out.size(), width));
  SF_TRY(positions, decode_positions(in, out.size()));
  if (!in.ok()) { return corrupt_block("packed values end early"); }
  unpack_bits(payload, base, width, out);
  for (const std::uint32_t position : positions) { out[position] = base + in.signed_varint(); }
  return in.ok() ? Status(Ok{}) : corrupt_block("exceptions end early");
}

// Positions of the one-bits of a unary part, behind a slot of all ones: the gaps between neighbours are the quotients
// plus one, also for the first.
class UnaryPart {
 public:
  // False unless there are exactly `count` one-bits and no byte is left over.
  bool read(ByteSpan unary, std::size_t count) {
    slots_ = std::make_unique_for_overwrite<std::uint32_t[]>(1 + count + kOnesOverrun);
    slots_[0] = ~0U;
    if (count == 0 || unary.empty()) { return false; }
    const ByteSpan words = unary.first(unary.size() / 8 * 8);
    std::uint32_t* const positions = slots_.get() + 1;
    std::size_t found = kernels().find_ones(words, count, positions);
    if (found > count) { return false; }
    std::array<std::byte, 8> rest{};
    std::memcpy(rest.data(), unary.data() + words.size(), unary.size() - words.size());
    const std::size_t more = kernels().find_ones(rest, count - found, positions + found);
    for (std::size_t i = found; i < found + more && i < count; ++i) {
      positions[i] += static_cast<std::uint32_t>(words.size() * 8);
    }
    return found + more == count && positions[count - 1] / 8 + 1 == unary.size();
  }
  const std::uint32_t* ones() const { return slots_.get() + 1; }

 private:
  std::unique_ptr<std::uint32_t[]> slots_;
};

Status decode_rice(ByteReader& in, std::span<std::uint64_t> out) {
  const std::uint64_t base = in.signed_varint();
  const unsigned coded = in.fixed<std::uint8_t>();
  const unsigned width = coded & ~kOneSidedBit;
  if (!in.ok() || width > kRiceWidthMax) { return corrupt_block("Rice's k is out of range"); }
  const ByteSpan low = in.take(packed_bytes(out.size(), width));
  const ByteSpan unary = in.take(in.varint());
  SF_TRY(positions, decode_positions(in, out.size()));
  if (!in.ok()) { return corrupt_block("Rice codes end early"); }
  UnaryPart part;
  if (!part.read(unary, out.size())) { return corrupt_block("the unary part has another number of values"); }
  const bool one_sided = (coded & kOneSidedBit) != 0;
  unpack_bits(low, 0, width, out);
  kernels().join_rice(part.ones(), width, base, one_sided, out);
  for (const std::uint32_t position : positions) {
    const std::uint64_t z = in.varint();
    out[position] = base + (one_sided ? z : unzigzag(z));
  }
  return in.ok() ? Status(Ok{}) : corrupt_block("exceptions end early");
}

}  // namespace

PackPlan plan_packing(std::span<const std::uint64_t> residuals) {
  if (residuals.empty()) { return {.packer = Packer::kFrameOfReference, .width = 0}; }
  const Shape shape = shape_of(residuals);
  const unsigned width = bit_length(shape.max - shape.min);
  PackPlan best{.packer = Packer::kFrameOfReference, .base = shape.min, .width = width};
  best.cost_bits = packing_cost(residuals, best);
  if (width == 0) { return best; }
  if (width == 64) { best = {.packer = Packer::kRaw, .cost_bits = residuals.size() * 64}; }
  const LengthHistogram lengths = lengths_of(residuals, shape);
  unsigned longest = 64;  // at least 1: values differ, so not all are the centre
  while (lengths[longest] == 0) { --longest; }
  if (const PackPlan patched = plan_patched(lengths, residuals.size(), longest, shape);
      patched.cost_bits < best.cost_bits) {
    best = patched;
  }
  // Rice decodes at half the speed of the others: it has to save 3% (research: codecs, M).
  if (const PackPlan rice = plan_rice(residuals, lengths, longest, shape);
      rice.cost_bits + rice.cost_bits / 32 < best.cost_bits) {
    best = rice;
  }
  return best;
}

std::optional<PackPlan> move_packing(std::span<const std::uint64_t> residuals, const PackPlan& plan) {
  if (residuals.empty() || plan.packer == Packer::kRaw || plan.packer == Packer::kRunLength) { return std::nullopt; }
  PackPlan moved = plan;
  if (plan.packer == Packer::kFrameOfReference) {
    const MinMax range = kernels().min_max(residuals);
    moved.base = static_cast<std::uint64_t>(range.min);
    const unsigned width = bit_length(static_cast<std::uint64_t>(range.max) - moved.base);
    return width == plan.width ? std::optional(moved) : std::nullopt;
  }
  if (plan.one_sided) {
    moved.base = static_cast<std::uint64_t>(kernels().min_max(residuals).min);
    return moved;
  }
  const auto middle = static_cast<std::uint64_t>(middle_of(residuals));
  const bool patched = plan.packer == Packer::kPatched;
  const std::uint64_t base = patched ? patched_base({middle, false}, plan.width) : middle;
  // The median is a small sample's: within its noise the base that was weighed is the better one.
  const unsigned noise_bits = patched && plan.width >= 2 ? plan.width - 2 : plan.width;
  if (zigzag(base - plan.base) >> 1U > std::uint64_t{1} << std::min(noise_bits, 62U)) { moved.base = base; }
  return moved;
}

std::uint64_t packing_cost(std::span<const std::uint64_t> residuals, const PackPlan& plan) {
  const std::uint64_t packed = residuals.size() * plan.width;
  switch (plan.packer) {
    case Packer::kPatched: {
      std::uint64_t exceptions = 0;
      for (const std::uint64_t residual : residuals) {
        exceptions += (residual - plan.base) >> plan.width != 0 ? 1 : 0;
      }
      return packed + exceptions * plan.exception_bits + kPatchedBits;
    }
    case Packer::kSplitRice: {
      const RiceSums sums = kernels().rice_sums(residuals, {plan.base, plan.one_sided}, plan.width);
      return packed + residuals.size() + sums.quotients + sums.exceptions * plan.exception_bits + kRiceBits;
    }
    case Packer::kFrameOfReference: return packed + kFrameBits;
    case Packer::kRaw:
    case Packer::kRunLength: break;
  }
  return residuals.size() * 64;
}

void encode_packed(std::span<const std::uint64_t> residuals, const PackPlan& plan, Bytes& out) {
  switch (plan.packer) {
    case Packer::kPatched: encode_patched(residuals, plan, out); break;
    case Packer::kSplitRice: encode_rice(residuals, plan, out); break;
    case Packer::kFrameOfReference:
      append_signed_varint(out, plan.base);
      out.push_back(static_cast<std::byte>(plan.width));
      pack_bits(residuals, plan.base, plan.width, out);
      break;
    case Packer::kRaw:
    case Packer::kRunLength: append_bytes(out, std::as_bytes(residuals)); break;
  }
}

Status decode_packed(ByteReader& in, Packer packer, std::span<std::uint64_t> out) {
  switch (packer) {
    case Packer::kFrameOfReference: return decode_frame(in, out);
    case Packer::kPatched: return decode_patched(in, out);
    case Packer::kSplitRice: return decode_rice(in, out);
    case Packer::kRaw: {
      const ByteSpan payload = in.take(out.size_bytes());
      if (!in.ok()) { return corrupt_block("raw values end early"); }
      if (!out.empty()) { std::memcpy(out.data(), payload.data(), payload.size()); }
      return Ok{};
    }
    case Packer::kRunLength: break;
  }
  return unsupported({.packer = packer});
}

void encode_positions(std::span<const std::uint32_t> positions, Bytes& out) {
  append_varint(out, positions.size());
  std::uint32_t next = 0;
  for (const std::uint32_t position : positions) {
    append_varint(out, position - next);
    next = position + 1;
  }
}

Result<std::vector<std::uint32_t>> decode_positions(ByteReader& in, std::size_t count) {
  const std::uint64_t position_count = in.varint();
  if (!in.ok() || position_count > count || position_count > in.remaining()) {
    return corrupt_block("more exceptions than values");
  }
  std::vector<std::uint32_t> positions(static_cast<std::size_t>(position_count));
  std::uint64_t next = 0;
  for (std::uint32_t& position : positions) {
    const std::uint64_t gap = in.varint();
    if (!in.ok() || gap >= count || next + gap >= count) {
      return corrupt_block("an exception lies outside the block");
    }
    position = static_cast<std::uint32_t>(next + gap);
    next = next + gap + 1;
  }
  return positions;
}

}  // namespace streamflow::encoding
