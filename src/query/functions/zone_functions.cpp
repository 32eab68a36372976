#include "query/functions/zone_functions.h"

#include <optional>
#include <string>
#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/common/vector_operations/ternary_executor.hpp"
#include "duckdb/execution/expression_executor_state.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/parsed_data/create_scalar_function_info.hpp"
#include "query/functions/time_arithmetic.h"
#include "query/functions/time_zone.h"

namespace streamflow::query {

namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::idx_t;
using duckdb::interval_t;
using duckdb::LogicalType;
using duckdb::string_t;
using duckdb::timestamp_ns_t;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

constexpr std::int64_t kNsPerHour = 3'600'000'000'000;

bool is_fine(const BucketWidth& width) {
  return !width.has_months() && width.fixed_ns() <= kNsPerHour;
}

bool is_fine(duckdb::DatePartSpecifier unit) {
  using Unit = duckdb::DatePartSpecifier;
  return unit == Unit::HOUR || unit == Unit::MINUTE || unit == Unit::SECOND || unit == Unit::MILLISECONDS ||
         unit == Unit::MICROSECONDS || unit == Unit::EPOCH;
}

// Zone, width or unit and offset hardly ever change from row to row: what was made of the last ones is kept.
class RowZone {
 public:
  explicit RowZone(ExpressionState& state) : context_(state.GetContext()) {}

  // True when `name` is another than before.
  bool set(const string_t& name) {
    if (buckets_.has_value() && name_ == name.GetString()) return false;
    name_ = name.GetString();
    buckets_.emplace(context_, TimeZone::find(context_, name_));
    return true;
  }
  ZonedBuckets& buckets() { return *buckets_; }
  void forget() { buckets_.emplace(context_, TimeZone::find(context_, name_)); }

 private:
  duckdb::ClientContext& context_;
  std::string name_;
  std::optional<ZonedBuckets> buckets_;
};

bool same(const interval_t& a, const interval_t& b) {
  return a.months == b.months && a.days == b.days && a.micros == b.micros;
}

class RowBuckets {
 public:
  explicit RowBuckets(ExpressionState& state) : zone_(state) {}

  std::int64_t begin_of(const interval_t& wanted, std::int64_t ns, const interval_t& offset, const string_t& zone) {
    const bool changed = !width_.has_value() || !same(wanted, wanted_) || !same(offset, offset_);
    if (changed) {
      width_.emplace(wanted);
      wanted_ = wanted;
      offset_ = offset;
    }
    if (!zone_.set(zone) && changed) zone_.forget();
    return zone_.buckets().begin_of(ns, is_fine(*width_),
                                    [this](std::int64_t local) { return width_->bucket_with_offset(local, offset_); });
  }

 private:
  RowZone zone_;
  std::optional<BucketWidth> width_;
  interval_t wanted_{};
  interval_t offset_{};
};

void bucket_in_zone(DataChunk& arguments, ExpressionState& state, Vector& result) {
  RowBuckets buckets(state);
  duckdb::TernaryExecutor::Execute<interval_t, timestamp_ns_t, string_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], arguments.data[2], result, arguments.size(),
      [&](interval_t width, timestamp_ns_t time, string_t zone) {
        return timestamp_ns_t(buckets.begin_of(width, time.value, interval_t{}, zone));
      });
}

template <class T>
class Argument {
 public:
  Argument(DataChunk& arguments, idx_t index) { arguments.data[index].ToUnifiedFormat(arguments.size(), format_); }
  bool is_null(idx_t row) const { return !format_.validity.RowIsValid(format_.sel->get_index(row)); }
  const T& operator[](idx_t row) const { return UnifiedVectorFormat::GetData<T>(format_)[format_.sel->get_index(row)]; }

 private:
  UnifiedVectorFormat format_;
};

bool all_constant(const DataChunk& arguments) {
  for (const Vector& vector : arguments.data) {
    if (vector.GetVectorType() != duckdb::VectorType::CONSTANT_VECTOR) return false;
  }
  return true;
}

void bucket_with_offset_in_zone(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const Argument<interval_t> widths(arguments, 0);
  const Argument<timestamp_ns_t> times(arguments, 1);
  const Argument<interval_t> offsets(arguments, 2);
  const Argument<string_t> zones(arguments, 3);
  RowBuckets buckets(state);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* begins = duckdb::FlatVector::GetData<timestamp_ns_t>(result);
  for (idx_t row = 0; row < arguments.size(); ++row) {
    if (widths.is_null(row) || times.is_null(row) || offsets.is_null(row) || zones.is_null(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      begins[row] = timestamp_ns_t(buckets.begin_of(widths[row], times[row].value, offsets[row], zones[row]));
    }
  }
  if (all_constant(arguments)) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

void trunc_in_zone(DataChunk& arguments, ExpressionState& state, Vector& result) {
  RowZone zone(state);
  std::string name;
  auto unit = duckdb::DatePartSpecifier::SECOND;
  duckdb::TernaryExecutor::Execute<string_t, timestamp_ns_t, string_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], arguments.data[2], result, arguments.size(),
      [&](string_t wanted, timestamp_ns_t time, string_t in_zone) {
        const bool changed = name != wanted.GetString();
        if (changed) {
          name = wanted.GetString();
          unit = duckdb::GetDatePartSpecifier(name);
        }
        if (!zone.set(in_zone) && changed) zone.forget();
        return timestamp_ns_t(zone.buckets().begin_of(time.value, is_fine(unit),
                                                      [unit](std::int64_t local) { return truncate(unit, local); }));
      });
}

[[noreturn]] void refuse_too_many(WideNs count) {
  throw duckdb::OutOfRangeException(
      "filling the gaps would make %s buckets; the limit is %s. Use wider buckets, or bound the time with WHERE",
      std::to_string(static_cast<std::uint64_t>(count)), std::to_string(kTimeBucketsMax));
}

// Where the buckets are: moved by an offset, on a zone's clock, or begun at an origin.
struct Alignment {
  interval_t offset{};
  std::optional<string_t> zone;
  std::optional<std::int64_t> origin;
};

// The beginnings of the buckets from that of `from` to that of `to`.
class BucketLister {
 public:
  BucketLister(ExpressionState& state, const interval_t& width, Alignment alignment)
      : width_(width), interval_(width), alignment_(alignment), buckets_(state) {}

  void list(std::int64_t from, std::int64_t to, std::vector<std::int64_t>& begins) {
    if (is_infinite_time(from) || is_infinite_time(to) || from > to) return;
    if (const WideNs count = (WideNs{to} - from) / nominal_ns(); count > WideNs{kTimeBucketsMax}) {
      refuse_too_many(count);
    }
    const std::int64_t last = begin_of(to);
    for (std::int64_t begin = begin_of(from);; begin = next(begin)) {
      begins.push_back(begin);
      if (begins.size() > kTimeBucketsMax) refuse_too_many(WideNs{begins.size()});
      if (begin >= last) break;
    }
  }

 private:
  WideNs nominal_ns() const {
    return width_.has_months() ? WideNs{interval_.months} * 31 * kNsPerDay : WideNs{width_.fixed_ns()};
  }
  TimeBucket bucket_of(std::int64_t ns) const {
    return alignment_.origin.has_value() ? width_.bucket_of(ns, *alignment_.origin)
                                         : width_.bucket_with_offset(ns, alignment_.offset);
  }
  std::int64_t begin_of(std::int64_t ns) {
    if (!alignment_.zone.has_value()) return bucket_of(ns).begin;
    return buckets_.begin_of(interval_, ns, alignment_.offset, *alignment_.zone);
  }
  std::int64_t next(std::int64_t begin) {
    if (!alignment_.zone.has_value()) return bucket_of(begin).end;
    const std::int64_t probe = clamp_to_time(WideNs{begin} + nominal_ns());
    if (const std::int64_t found = begin_of(probe); found > begin && begin_of(found - 1) == begin) return found;
    // The bucket is longer or shorter than its width, as beside a change of the clock: bisection finds its end.
    std::int64_t low = begin;
    std::int64_t high = clamp_to_time(WideNs{begin} + 2 * nominal_ns() + kNsPerDay);
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (begin_of(middle) > begin ? high : low) = middle;
    }
    return high;
  }

  const BucketWidth width_;
  const interval_t interval_;
  const Alignment alignment_;
  RowBuckets buckets_;
};

// The arguments behind width, from and to.
class AlignmentColumns {
 public:
  explicit AlignmentColumns(DataChunk& arguments) {
    for (idx_t i = 3; i < arguments.ColumnCount(); ++i) {
      switch (arguments.data[i].GetType().id()) {
        case duckdb::LogicalTypeId::INTERVAL: offsets_.emplace(arguments, i); break;
        case duckdb::LogicalTypeId::VARCHAR: zones_.emplace(arguments, i); break;
        default: origins_.emplace(arguments, i); break;
      }
    }
  }
  bool is_null(idx_t row) const {
    return (offsets_ && offsets_->is_null(row)) || (zones_ && zones_->is_null(row)) ||
           (origins_ && origins_->is_null(row));
  }
  Alignment at(idx_t row) const {
    Alignment alignment;
    if (offsets_) alignment.offset = (*offsets_)[row];
    if (zones_) alignment.zone = (*zones_)[row];
    if (origins_) alignment.origin = (*origins_)[row].value;
    return alignment;
  }

 private:
  std::optional<Argument<interval_t>> offsets_;
  std::optional<Argument<string_t>> zones_;
  std::optional<Argument<timestamp_ns_t>> origins_;
};

void list_buckets(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const Argument<interval_t> widths(arguments, 0);
  const Argument<timestamp_ns_t> froms(arguments, 1);
  const Argument<timestamp_ns_t> tos(arguments, 2);
  const AlignmentColumns alignments(arguments);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  std::size_t total = 0;
  std::vector<std::int64_t> begins;
  for (idx_t row = 0; row < arguments.size(); ++row) {
    auto& entry = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)[row];
    entry = {total, 0};
    if (widths.is_null(row) || froms.is_null(row) || tos.is_null(row) || alignments.is_null(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    begins.clear();
    BucketLister(state, widths[row], alignments.at(row)).list(froms[row].value, tos[row].value, begins);
    if (total + begins.size() > 4 * kTimeBucketsMax) refuse_too_many(WideNs{total + begins.size()});
    duckdb::ListVector::Reserve(result, total + begins.size());
    auto* children = duckdb::FlatVector::GetData<std::int64_t>(duckdb::ListVector::GetEntry(result));
    std::copy(begins.begin(), begins.end(), children + total);
    entry = {total, begins.size()};
    total += begins.size();
    duckdb::ListVector::SetListSize(result, total);
  }
  if (all_constant(arguments)) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

class Registrar {
 public:
  explicit Registrar(duckdb::ClientContext& context)
      : context_(context), catalog_(duckdb::Catalog::GetSystemCatalog(context)) {}

  void overload(const char* name, duckdb::vector<LogicalType> arguments, duckdb::scalar_function_t function) {
    duckdb::ScalarFunction added(name, std::move(arguments), LogicalType::TIMESTAMP_NS, std::move(function));
    added.SetFallible();
    catalog_.GetEntry<duckdb::ScalarFunctionCatalogEntry>(context_, DEFAULT_SCHEMA, name)
        .functions.AddFunction(std::move(added));
  }

  void add_lister(const char* name) {
    const LogicalType time = LogicalType::TIMESTAMP_NS;
    const LogicalType offset = LogicalType::INTERVAL;
    const LogicalType zone = LogicalType::VARCHAR;
    duckdb::ScalarFunctionSet set(name);
    for (const auto& alignment :
         std::initializer_list<duckdb::vector<LogicalType>>{{}, {offset}, {time}, {zone}, {offset, zone}}) {
      duckdb::vector<LogicalType> arguments{LogicalType::INTERVAL, time, time};
      arguments.insert(arguments.end(), alignment.begin(), alignment.end());
      duckdb::ScalarFunction function(name, std::move(arguments), LogicalType::LIST(time), list_buckets);
      function.SetFallible();
      set.AddFunction(std::move(function));
    }
    duckdb::CreateScalarFunctionInfo info(std::move(set));
    info.internal = true;
    catalog_.CreateFunction(context_, info);
  }

 private:
  duckdb::ClientContext& context_;
  duckdb::Catalog& catalog_;
};

}  // namespace

void register_zone_functions(duckdb::ClientContext& context) {
  const LogicalType time = LogicalType::TIMESTAMP_NS;
  const LogicalType interval = LogicalType::INTERVAL;
  const LogicalType text = LogicalType::VARCHAR;
  Registrar registrar(context);
  registrar.overload("time_bucket", {interval, time, text}, bucket_in_zone);
  registrar.overload("time_bucket", {interval, time, interval, text}, bucket_with_offset_in_zone);
  for (const char* name : {"date_trunc", "datetrunc"}) registrar.overload(name, {text, time, text}, trunc_in_zone);
  registrar.add_lister("time_buckets");
}

}  // namespace streamflow::query
