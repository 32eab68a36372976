#include "query/functions/time_zone.h"

#include <algorithm>
#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/common/types/date.hpp"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_reference_expression.hpp"

namespace streamflow::query {

namespace {

using duckdb::LogicalType;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kZonesMax = 1'024;  // the tz database has some 600; ICU also reads names like GMT+03:17

// timezone(zone, timestamp with time zone), bound once and asked for many instants.
class OffsetProbe {
 public:
  OffsetProbe(duckdb::ClientContext& context, const std::string& zone) : context_(context) {
    auto& entry = duckdb::Catalog::GetSystemCatalog(context).GetEntry<duckdb::ScalarFunctionCatalogEntry>(
        context, DEFAULT_SCHEMA, "timezone");
    const auto function =
        entry.functions.GetFunctionByArguments(context, {LogicalType::VARCHAR, LogicalType::TIMESTAMP_TZ});
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
    arguments.push_back(duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value(zone)));
    arguments.push_back(duckdb::make_uniq<duckdb::BoundReferenceExpression>(LogicalType::TIMESTAMP_TZ, 0ULL));
    expression_ = duckdb::FunctionBinder(context).BindScalarFunction(function, std::move(arguments));
  }

  std::vector<std::int64_t> offsets(const std::vector<std::int64_t>& seconds) const {
    duckdb::ExpressionExecutor executor(context_, *expression_);
    std::vector<std::int64_t> found;
    for (std::size_t at = 0; at < seconds.size(); at += STANDARD_VECTOR_SIZE) {
      const std::size_t count = std::min<std::size_t>(seconds.size() - at, STANDARD_VECTOR_SIZE);
      duckdb::DataChunk chunk;
      chunk.Initialize(context_, {LogicalType::TIMESTAMP_TZ});
      auto* instants = duckdb::FlatVector::GetData<std::int64_t>(chunk.data[0]);
      for (std::size_t i = 0; i < count; ++i) instants[i] = seconds[at + i] * 1'000'000;
      chunk.SetCardinality(count);
      duckdb::Vector local(LogicalType::TIMESTAMP, count);
      executor.ExecuteExpression(chunk, local);
      local.Flatten(count);
      const auto* clocks = duckdb::FlatVector::GetData<std::int64_t>(local);
      for (std::size_t i = 0; i < count; ++i) found.push_back((clocks[i] - instants[i]) * 1'000);
    }
    return found;
  }

 private:
  duckdb::ClientContext& context_;
  duckdb::unique_ptr<duckdb::Expression> expression_;
};

std::vector<std::int64_t> steps(std::int64_t begin, std::int64_t step, std::int64_t count) {
  std::vector<std::int64_t> seconds;
  for (std::int64_t i = 0; i <= count; ++i) seconds.push_back(begin + i * step);
  return seconds;
}

// The first second of the changed offset in (begin, begin + step], where it is known to change.
std::int64_t transition(const OffsetProbe& probe, std::int64_t begin, std::int64_t step) {
  while (step > 1) {
    const std::int64_t finer = step > 3600 ? 3600 : step > 60 ? 60 : 1;
    const auto offsets = probe.offsets(steps(begin, finer, step / finer));
    std::size_t i = 1;
    while (i + 1 < offsets.size() && offsets[i] == offsets[0]) ++i;
    begin += static_cast<std::int64_t>(i - 1) * finer;
    step = finer;
  }
  return begin + 1;
}

std::int64_t year_of(std::int64_t ns) {
  const std::int64_t days = ns / kNsPerDay - (ns % kNsPerDay < 0 ? 1 : 0);
  return duckdb::Date::ExtractYear(duckdb::date_t(static_cast<std::int32_t>(days)));
}

std::int64_t first_second(std::int64_t year) {
  return std::int64_t{duckdb::Date::FromDate(static_cast<std::int32_t>(year), 1, 1).days} * 86'400;
}

}  // namespace

std::shared_ptr<TimeZone> TimeZone::find(duckdb::ClientContext& context, const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<TimeZone>> zones;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = zones.find(name); found != zones.end()) return found->second;
  }
  try {
    static_cast<void>(OffsetProbe(context, name).offsets({0}));
  } catch (std::exception&) {
    throw duckdb::InvalidInputException(
        "the time zone '%s' is unknown: wanted a name such as 'Europe/Berlin' or 'UTC'. pg_timezone_names() lists "
        "them; "
        "an origin is written as TIMESTAMP_NS '2024-01-01'",
        name);
  }
  const std::lock_guard lock(mutex);
  auto zone = std::make_shared<TimeZone>(name);
  if (zones.size() >= kZonesMax) return zone;
  return zones.emplace(name, std::move(zone)).first->second;
}

ZoneSegment TimeZone::at(duckdb::ClientContext& context, std::int64_t ns) {
  const std::int64_t year = year_of(ns);
  const std::lock_guard lock(mutex_);
  auto found = years_.find(year);
  if (found == years_.end()) found = years_.emplace(year, segments_of_year(context, year)).first;
  const auto& segments = found->second;
  return *std::find_if(segments.begin(), segments.end() - 1,
                       [ns](const ZoneSegment& segment) { return ns < segment.end; });
}

std::vector<ZoneSegment> TimeZone::segments_of_year(duckdb::ClientContext& context, std::int64_t year) const {
  constexpr std::int64_t kDay = 86'400;
  const OffsetProbe probe(context, name_);
  const std::int64_t begin = first_second(year);
  const auto days = (first_second(year + 1) - begin) / kDay;
  const auto offsets = probe.offsets(steps(begin, kDay, days));
  std::vector<ZoneSegment> segments;
  std::int64_t from = begin;
  const auto close = [&](std::int64_t to, std::int64_t offset) {
    segments.push_back({clamp_to_time(WideNs{from} * kSecond), clamp_to_time(WideNs{to} * kSecond), offset});
    from = to;
  };
  for (std::size_t day = 1; day < offsets.size(); ++day) {
    if (offsets[day] == offsets[day - 1]) continue;
    close(transition(probe, begin + static_cast<std::int64_t>(day - 1) * kDay, kDay), offsets[day - 1]);
  }
  if (from < begin + days * kDay) close(begin + days * kDay, offsets.back());
  return segments;
}

// Within the segment when the clock showed `local` in it; else in the one before, or at the change itself.
std::int64_t ZonedBuckets::fine_begin(std::int64_t local, const ZoneSegment& segment) {
  const std::int64_t begin = clamp_to_time(WideNs{local} - segment.offset);
  if (begin >= segment.begin) return begin;
  const ZoneSegment before = zone_->at(context_, clamp_to_time(WideNs{segment.begin} - 1));
  if (before.offset == segment.offset) return begin;  // a new year, no change
  return std::min(clamp_to_time(WideNs{local} - before.offset), segment.begin);
}

std::int64_t ZonedBuckets::coarse_begin(std::int64_t local) {
  const auto offset_at = [&](std::int64_t ns) { return zone_->at(context_, ns).offset; };
  const std::int64_t before = offset_at(clamp_to_time(WideNs{local} - kNsPerDay));
  const std::int64_t first = clamp_to_time(WideNs{local} - before);
  const ZoneSegment segment = zone_->at(context_, first);
  if (segment.offset == before) return first;
  const std::int64_t second = clamp_to_time(WideNs{local} - segment.offset);
  return offset_at(second) == segment.offset ? second : segment.begin;  // or the clock skipped `local`
}

}  // namespace streamflow::query
