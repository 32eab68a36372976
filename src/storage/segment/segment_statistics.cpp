#include "storage/segment/segment_statistics.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "encoding/null_mask.h"

namespace streamflow::storage {
namespace {

using encoding::ByteReader;
using encoding::Bytes;
using encoding::ByteSpan;

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kStreamCount = 9;
enum Stream : std::size_t { kNulls, kFirstLag, kLastLag, kMin, kMax, kFirst, kLast, kSumLow, kSumHigh };
using Streams = std::array<std::vector<std::uint64_t>, kStreamCount>;

Error corrupt(const char* what) {
  return {ErrorCode::kCorrupt, what};
}

double as_double(std::uint64_t bits) {
  return std::bit_cast<double>(bits);
}

// DuckDB's order: NaN equals itself and exceeds all numbers.
bool less(FieldType type, std::uint64_t a, std::uint64_t b) {
  if (type == FieldType::kFloat64) {
    const double x = as_double(a);
    const double y = as_double(b);
    return x < y || (x == x && y != y);
  }
  return type == FieldType::kInt64 ? static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b) : a < b;
}

Int128 as_number(FieldType type, std::uint64_t bits) {
  return type == FieldType::kInt64 ? Int128{static_cast<std::int64_t>(bits)} : Int128{bits};
}

// Whether rows may be read as if none were NULL.
bool all_valid(const MicroBlock& micro) {
  if (micro.validity.empty()) { return true; }
  for (std::size_t row = 0; row < micro.times.size(); ++row) {
    if (!encoding::test_bit(micro.validity, micro.validity_offset + row)) { return false; }
  }
  return true;
}

template <class Integer>
void add_integers(std::span<const std::uint64_t> bits, BlockStatistics& out) {
  auto min = static_cast<Integer>(bits[0]);
  Integer max = min;
  Int128 sum = 0;
  for (const std::uint64_t raw : bits) {
    const auto value = static_cast<Integer>(raw);
    min = std::min(min, value);
    max = std::max(max, value);
    sum += value;
  }
  out.min_bits = static_cast<std::uint64_t>(min);
  out.max_bits = static_cast<std::uint64_t>(max);
  out.sum_int = sum;
}

void add_floats(std::span<const std::uint64_t> bits, BlockStatistics& out) {
  std::uint64_t nan = 0;  // the first NaN's bits, which are never 0
  double min = std::numeric_limits<double>::infinity();
  double max = -min;
  double sum = 0;
  bool any_number = false;
  for (const std::uint64_t raw : bits) {
    const double value = as_double(raw);
    sum += value;
    min = value < min ? value : min;
    max = value > max ? value : max;
    const bool is_nan = value != value;
    any_number |= !is_nan;
    nan = is_nan && nan == 0 ? raw : nan;
  }
  out.min_bits = any_number ? std::bit_cast<std::uint64_t>(min) : nan;
  out.max_bits = nan != 0 ? nan : std::bit_cast<std::uint64_t>(max);
  out.sum_double = sum;
}

void add_values(FieldType type, std::span<const std::uint64_t> bits, BlockStatistics& out) {
  switch (type) {
    case FieldType::kFloat64: add_floats(bits, out); break;
    case FieldType::kInt64: add_integers<std::int64_t>(bits, out); break;
    case FieldType::kUint64:
    case FieldType::kBool: add_integers<std::uint64_t>(bits, out); break;
    case FieldType::kString: break;
  }
}

// The earliest and latest rows among the valid ones; of equal times the first and the last row.
struct Ends {
  std::size_t first = 0, last = 0;
};
Ends find_ends(std::span<const std::int64_t> times, bool ascending) {
  Ends ends{0, times.size() - 1};
  if (!ascending) {
    ends.last = 0;
    for (std::size_t row = 1; row < times.size(); ++row) {
      ends.first = times[row] < times[ends.first] ? row : ends.first;
      ends.last = times[row] >= times[ends.last] ? row : ends.last;
    }
  }
  return ends;
}

void add_rows(FieldType type, std::span<const std::uint64_t> bits, std::span<const std::int64_t> times, bool ascending,
              BlockStatistics& out) {
  const Ends ends = find_ends(times, ascending);
  out.first_time = times[ends.first];
  out.last_time = times[ends.last];
  if (type != FieldType::kString) {
    out.first_bits = bits[ends.first];
    out.last_bits = bits[ends.last];
    add_values(type, bits, out);
  }
}

void append_streams(const Streams& streams, FieldType type, encoding::IntegerEncoder& integers,
                    encoding::FloatEncoder& floats, Bytes& out) {
  std::uint16_t present = 0;
  for (std::size_t s = 0; s < kStreamCount; ++s) {
    const bool any = std::any_of(streams[s].begin(), streams[s].end(), [](std::uint64_t v) { return v != 0; });
    present = static_cast<std::uint16_t>(present | (any ? 1U << s : 0U));
  }
  encoding::append_fixed(out, kLayout);
  encoding::append_fixed(out, present);
  for (std::size_t s = 0; s < kStreamCount; ++s) {
    if (((present >> s) & 1U) == 0) { continue; }
    if (type == FieldType::kFloat64 && s >= kMin) {
      floats.encode(streams[s], {}, encoding::Mask::kAllValid, {}, out);
    } else {
      integers.encode(streams[s], {}, out);
    }
  }
}

Result<Streams> read_streams(ByteSpan bytes, FieldType type, std::size_t count) {
  ByteReader in(bytes);
  if (in.fixed<std::uint8_t>() != kLayout) {
    return Error{ErrorCode::kUnsupported, "statistics of an unknown layout: a newer StreamFlow wrote them"};
  }
  const unsigned present = in.fixed<std::uint16_t>();
  if (!in.ok() || present >> kStreamCount != 0) { return corrupt("statistics name streams that do not exist"); }
  Streams streams;
  for (std::size_t s = 0; s < kStreamCount; ++s) {
    streams[s].resize(count);
    if (((present >> s) & 1U) == 0) { continue; }
    if (type == FieldType::kFloat64 && s >= kMin) {
      const auto descriptor = encoding::descriptor_from(in.fixed<std::uint16_t>());
      SF_CHECK(encoding::decode_floats_after(descriptor, in, {}, streams[s]));
    } else {
      SF_CHECK(encoding::decode_integers(in, {}, streams[s]));
    }
  }
  if (!in.at_end()) { return corrupt("bytes follow the statistics"); }
  return streams;
}

// Integers are stored relative to the minimum, sums relative to count * minimum: small numbers where values are alike.
void put_numbers(FieldType type, const BlockStatistics& s, std::size_t i, Streams& streams) {
  if (type == FieldType::kFloat64) {
    streams[kMin][i] = s.min_bits;
    streams[kMax][i] = s.max_bits;
    streams[kFirst][i] = s.first_bits;
    streams[kLast][i] = s.last_bits;
    streams[kSumLow][i] = std::bit_cast<std::uint64_t>(s.sum_double);
    return;
  }
  const Int128 excess = s.sum_int - Int128{s.count} * as_number(type, s.min_bits);
  streams[kMin][i] = s.min_bits;
  streams[kMax][i] = s.max_bits - s.min_bits;
  streams[kFirst][i] = s.first_bits - s.min_bits;
  streams[kLast][i] = s.last_bits - s.min_bits;
  streams[kSumLow][i] = static_cast<std::uint64_t>(excess);
  streams[kSumHigh][i] = static_cast<std::uint64_t>(excess >> 64U);
}

void get_numbers(FieldType type, const Streams& streams, std::size_t i, BlockStatistics& s) {
  s.min_bits = streams[kMin][i];
  if (type == FieldType::kFloat64) {
    s.max_bits = streams[kMax][i];
    s.first_bits = streams[kFirst][i];
    s.last_bits = streams[kLast][i];
    s.sum_double = as_double(streams[kSumLow][i]);
    return;
  }
  s.max_bits = s.min_bits + streams[kMax][i];
  s.first_bits = s.min_bits + streams[kFirst][i];
  s.last_bits = s.min_bits + streams[kLast][i];
  // The writer's excess has at most 40 bits above 64, so neither product nor sum wraps; damaged ones wrap as unsigned.
  __extension__ typedef unsigned __int128 Uint128;
  const Uint128 excess = (Uint128{streams[kSumHigh][i]} << 64U) | streams[kSumLow][i];
  s.sum_int = static_cast<Int128>(static_cast<Uint128>(Int128{s.count} * as_number(type, s.min_bits)) + excess);
}

}  // namespace

MicroTimes micro_times(std::span<const std::int64_t> times) {
  const auto [min, max] = std::minmax_element(times.begin(), times.end());
  return {static_cast<std::uint32_t>(times.size()), *min, *max};
}

BlockStatistics compute_statistics(const MicroBlock& micro) {
  const std::size_t row_count = micro.times.size();
  BlockStatistics out;
  if (all_valid(micro)) {
    out.count = static_cast<std::uint32_t>(row_count);
    add_rows(micro.type, micro.bits, micro.times, micro.ascending, out);
    return out;
  }
  std::vector<std::uint64_t> bits;
  std::vector<std::int64_t> times;
  for (std::size_t row = 0; row < row_count; ++row) {
    if (encoding::test_bit(micro.validity, micro.validity_offset + row)) {
      times.push_back(micro.times[row]);
      bits.push_back(micro.bits.empty() ? 0 : micro.bits[row]);
    }
  }
  out.count = static_cast<std::uint32_t>(times.size());
  out.nulls = static_cast<std::uint32_t>(row_count - times.size());
  if (out.count > 0) { add_rows(micro.type, bits, times, micro.ascending, out); }
  return out;
}

void merge_statistics(FieldType type, const BlockStatistics& next, BlockStatistics& into) {
  const std::uint32_t nulls = into.nulls + next.nulls;
  if (into.count == 0) {
    into = next;
  } else if (next.count > 0) {
    into.count += next.count;
    into.min_bits = less(type, next.min_bits, into.min_bits) ? next.min_bits : into.min_bits;
    into.max_bits = less(type, into.max_bits, next.max_bits) ? next.max_bits : into.max_bits;
    if (next.first_time < into.first_time) {
      into.first_time = next.first_time;
      into.first_bits = next.first_bits;
    }
    if (next.last_time >= into.last_time) {
      into.last_time = next.last_time;
      into.last_bits = next.last_bits;
    }
    into.sum_double += next.sum_double;
    into.sum_int += next.sum_int;
  }
  into.nulls = nulls;
}

bool same_statistics(FieldType type, const BlockStatistics& a, const BlockStatistics& b) {
  const bool ends =
      a.count == b.count && a.nulls == b.nulls && a.first_time == b.first_time && a.last_time == b.last_time;
  if (type == FieldType::kString || !ends) { return ends; }
  // Which NaN a sum of several becomes is up to the compiler's order of operands: any is as good.
  const bool same_sum = std::bit_cast<std::uint64_t>(a.sum_double) == std::bit_cast<std::uint64_t>(b.sum_double) ||
                        (std::isnan(a.sum_double) && std::isnan(b.sum_double));
  return a.min_bits == b.min_bits && a.max_bits == b.max_bits && a.first_bits == b.first_bits &&
         a.last_bits == b.last_bits && a.sum_int == b.sum_int && same_sum;
}

void StatisticsEncoder::encode_field(FieldType type, std::span<const BlockStatistics> statistics,
                                     std::span<const MicroTimes> times, Bytes& out) {
  Streams streams;
  for (std::vector<std::uint64_t>& stream : streams) { stream.resize(statistics.size()); }
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    const BlockStatistics& s = statistics[i];
    streams[kNulls][i] = s.nulls;
    if (s.count > 0) {
      streams[kFirstLag][i] = static_cast<std::uint64_t>(s.first_time) - static_cast<std::uint64_t>(times[i].min);
      streams[kLastLag][i] = static_cast<std::uint64_t>(times[i].max) - static_cast<std::uint64_t>(s.last_time);
    }
    if (s.count > 0 && type != FieldType::kString) { put_numbers(type, s, i, streams); }
  }
  append_streams(streams, type, integers_, floats_, out);
}

void StatisticsEncoder::encode_times(std::span<const MicroTimes> times, Bytes& out) {
  Streams streams;
  for (const MicroTimes& t : times) {
    streams[kMin].push_back(static_cast<std::uint64_t>(t.min));
    streams[kMax].push_back(static_cast<std::uint64_t>(t.max) - static_cast<std::uint64_t>(t.min));
  }
  append_streams(streams, FieldType::kInt64, integers_, floats_, out);
}

Result<std::vector<MicroTimes>> decode_time_statistics(ByteSpan bytes, std::span<const std::uint32_t> row_counts) {
  SF_TRY(streams, read_streams(bytes, FieldType::kInt64, row_counts.size()));
  std::vector<MicroTimes> times(row_counts.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    times[i].row_count = row_counts[i];
    times[i].min = static_cast<std::int64_t>(streams[kMin][i]);
    times[i].max = static_cast<std::int64_t>(streams[kMin][i] + streams[kMax][i]);
  }
  return times;
}

Result<std::vector<BlockStatistics>> decode_field_statistics(ByteSpan bytes, FieldType type,
                                                             std::span<const MicroTimes> times) {
  SF_TRY(streams, read_streams(bytes, type, times.size()));
  std::vector<BlockStatistics> statistics(times.size());
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    if (streams[kNulls][i] > times[i].row_count) { return corrupt("statistics count more NULLs than rows"); }
    BlockStatistics& s = statistics[i];
    s.nulls = static_cast<std::uint32_t>(streams[kNulls][i]);
    s.count = times[i].row_count - s.nulls;
    if (s.count == 0) { continue; }
    s.first_time = static_cast<std::int64_t>(static_cast<std::uint64_t>(times[i].min) + streams[kFirstLag][i]);
    s.last_time = static_cast<std::int64_t>(static_cast<std::uint64_t>(times[i].max) - streams[kLastLag][i]);
    if (type != FieldType::kString) { get_numbers(type, streams, i, s); }
  }
  return statistics;
}

}  // namespace streamflow::storage
