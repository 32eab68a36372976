#include "query/files/file_reader_time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace streamflow::query {

namespace {

// Usual names, best first, in lower case. Numbers are taken for times only under the strong names.
constexpr std::array<std::string_view, 22> kNames = {
    "time",     "timestamp",    "ts",         "datetime",   "date_time", "date",
    "_time",    "time_stamp",   "@timestamp", "event_time", "eventtime", "timestamp_utc",
    "time_utc", "datetime_utc", "unix_time",  "unixtime",   "epoch",     "year",
    "utc",      "ds",           "day",        "month"};
constexpr std::size_t kStrongNameCount = 18;

// Formats that DuckDB's cast does not read, tried in this order; the American order of day and month comes first.
constexpr std::array<std::string_view, 16> kFormats = {"%m/%d/%Y",
                                                       "%d/%m/%Y",
                                                       "%m/%d/%Y %H:%M",
                                                       "%d/%m/%Y %H:%M",
                                                       "%m/%d/%Y %H:%M:%S",
                                                       "%d/%m/%Y %H:%M:%S",
                                                       "%m/%d/%Y %I:%M:%S %p",
                                                       "%d.%m.%Y",
                                                       "%d.%m.%Y %H:%M",
                                                       "%d.%m.%Y %H:%M:%S",
                                                       "%b %d %Y",
                                                       "%d %b %Y",
                                                       "%d-%b-%Y",
                                                       "%Y-%m",
                                                       "%Y%m%d",
                                                       "%a, %d %b %Y %H:%M:%S %z"};

struct Unit {
  std::string_view name;
  std::int64_t ns_per_tick;
  int decimals;                  // DECIMAL(38, decimals) has nanoseconds as its digits
  std::int64_t magnitude_below;  // guessed for numbers below this: seconds until the year 5138, and so on
};
constexpr std::array<Unit, 4> kUnits = {{{"s", 1'000'000'000, 9, 100'000'000'000},
                                         {"ms", 1'000'000, 6, 100'000'000'000'000},
                                         {"us", 1'000, 3, 100'000'000'000'000'000},
                                         {"ns", 1, 0, INT64_MAX}}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::size_t name_rank(std::string_view name) {
  return static_cast<std::size_t>(std::find(kNames.begin(), kNames.end(), lower(name)) - kNames.begin());
}

bool is_number(SourceKind kind) {
  return kind == SourceKind::kInteger || kind == SourceKind::kUnsigned || kind == SourceKind::kFloat;
}

std::int64_t integer_of(const std::optional<std::string>& text) {
  std::int64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

std::string sample_sql(const FileSource& source, const std::string& column) {
  return " FROM (SELECT " + column + " AS c FROM " + source.relation() + " WHERE " + column +
         " IS NOT NULL LIMIT 10000)";
}

Error no_time(const std::string& what, const FileSource& source) {
  return {ErrorCode::kInvalidArgument,
          what + "; name the time column with --time-column, one of: " + column_list(source)};
}

std::string strptime_sql(const std::string& column, std::string_view format) {
  return "try_strptime(CAST(" + column + " AS VARCHAR), " + quoted_literal(format) + ")";
}

std::string cast_sql(const std::string& column) {
  return "TRY_CAST(" + column + " AS TIMESTAMP_NS)";
}

class TimePlanner {
 public:
  TimePlanner(FileSession& session, const FileSource& source) : session_(session), source_(source) {}

  Result<TimePlan> plan(const SourceColumn& column, const std::optional<std::string>& unit) {
    if (unit) return plan_with_unit(column, *unit);
    if (is_number(column.kind)) return plan_number(column);
    if (!source_.is_csv() && column.kind == SourceKind::kTemporal) {
      return plan_of(column, quoted_identifier(column.name), column.type);
    }
    return plan_text(column);
  }

  // A date beside the only time of day: both together are the time.
  void add_time_of_day(const SourceColumn& column, TimePlan& plan) const {
    if (column.type != "DATE") return;
    const SourceColumn* found = nullptr;
    for (const SourceColumn& other : source_.columns()) {
      if (other.kind != SourceKind::kTimeOfDay) continue;
      if (found != nullptr) return;
      found = &other;
    }
    if (found == nullptr) return;
    plan.time_of_day = found->name;
    plan.date_expression = plan.expression;
    plan.expression =
        "(CAST(" + plan.expression + " AS DATE) + TRY_CAST(" + quoted_identifier(found->name) + " AS TIME))";
    plan.note += " plus \"" + found->name + "\", a time of day";
  }

 private:
  static TimePlan plan_of(const SourceColumn& column, std::string expression, std::string_view how) {
    TimePlan plan;
    plan.column = column.name;
    plan.expression = std::move(expression);
    plan.note = "time: column \"" + column.name + "\", " + std::string(how);
    return plan;
  }

  Result<TimePlan> plan_with_unit(const SourceColumn& column, std::string_view name) {
    for (const Unit& unit : kUnits) {
      if (unit.name != name) continue;
      if (column.kind == SourceKind::kTemporal) {
        return Error{ErrorCode::kInvalidArgument, "time column \"" + column.name + "\" is a " + column.type +
                                                      ", which has no unit; leave the time unit out"};
      }
      return plan_epoch(column, unit, "given");
    }
    return Error{ErrorCode::kInvalidArgument, "unknown time unit '" + std::string(name) + "': give s, ms, us or ns"};
  }

  static TimePlan plan_epoch(const SourceColumn& column, const Unit& unit, std::string_view how) {
    const std::string name = quoted_identifier(column.name);
    TimePlan plan =
        plan_of(column, "", "numbers since 1970 in " + std::string(unit.name) + " (" + std::string(how) + ")");
    if (column.kind == SourceKind::kInteger) {
      plan.expression = "TRY_CAST(" + name + " AS BIGINT)";
      plan.ns_per_tick = unit.ns_per_tick;
    } else {
      // By its shortest text: a double times 10^9 is no longer exact.
      plan.expression = "TRY_CAST(CAST(" + name + " AS VARCHAR) AS DECIMAL(38, " + std::to_string(unit.decimals) + "))";
    }
    return plan;
  }

  Result<TimePlan> plan_number(const SourceColumn& column) {
    const std::string number = "TRY_CAST(c AS DECIMAL(38, 0))";
    SF_TRY(rows, session_.query("SELECT count(*), TRY_CAST(min(" + number + ") AS BIGINT), TRY_CAST(max(" + number +
                                ") AS BIGINT), count(" + strptime_sql("c", "%Y%m%d") + ")" +
                                sample_sql(source_, quoted_identifier(column.name))));
    const std::int64_t count = integer_of(rows[0][0]);
    if (count == 0) return Error{ErrorCode::kInvalidArgument, "time column \"" + column.name + "\" has no values"};
    const std::int64_t low = integer_of(rows[0][1]), high = integer_of(rows[0][2]);
    if (column.kind == SourceKind::kInteger) {
      const std::string name = quoted_identifier(column.name);
      if (low >= 19'000'101 && high <= 21'001'231 && integer_of(rows[0][3]) == count) {
        return plan_of(column, strptime_sql(name, "%Y%m%d"), "dates written as YYYYMMDD");
      }
      const std::string lower_name = lower(column.name);
      if ((lower_name == "year" || lower_name == "date") && low >= 1678 && high <= 2261) {
        return plan_of(column, strptime_sql(name, "%Y"), "years, taken at January 1");
      }
      if (lower_name == "year")
        return Error{ErrorCode::kInvalidArgument, "column \"" + column.name + "\" holds no years"};
    }
    const std::int64_t magnitude = std::max(high, low == INT64_MIN ? INT64_MAX : std::int64_t{std::llabs(low)});
    const Unit* unit = kUnits.begin();
    while (magnitude >= unit->magnitude_below && unit != kUnits.end() - 1) ++unit;
    return plan_epoch(column, *unit, "guessed from their size");
  }

  Result<TimePlan> plan_text(const SourceColumn& column) {
    std::vector<std::string_view> formats(kFormats.begin(), kFormats.end());
    for (const std::string* found : {&source_.timestamp_format(), &source_.date_format()}) {
      if (!found->empty()) formats.insert(formats.begin(), *found);
    }
    std::string sql = "SELECT count(c), count(" + cast_sql("c") + ")";
    for (const std::string_view format : formats) sql += ", count(" + strptime_sql("c", format) + ")";
    SF_TRY(rows, session_.query(sql + sample_sql(source_, quoted_identifier(column.name))));
    const TextRow& counts = rows[0];
    std::size_t best = 1;
    for (std::size_t i = 2; i < counts.size(); ++i) {
      if (integer_of(counts[i]) > integer_of(counts[best])) best = i;
    }
    if (2 * integer_of(counts[best]) <= integer_of(counts[0])) {
      return Error{ErrorCode::kInvalidArgument,
                   "the values of column \"" + column.name +
                       "\" are not times that can be read; write them as 2024-03-01T12:00:00Z"};
    }
    const std::string name = quoted_identifier(column.name);
    if (best == 1) return plan_of(column, cast_sql(name), "dates or times as text, UTC unless they say otherwise");
    const std::string_view format = formats[best - 2];
    TimePlan plan = plan_of(column, strptime_sql(name, format), "text of the form " + std::string(format));
    if (is_ambiguous(formats, counts, best)) plan.note += " (day and month could also be the other way round)";
    return plan;
  }

  // The same format with day and month exchanged reads as many values.
  static bool is_ambiguous(const std::vector<std::string_view>& formats, const TextRow& counts, std::size_t best) {
    std::string other(formats[best - 2]);
    if (!other.starts_with("%m/%d/") && !other.starts_with("%d/%m/")) return false;
    std::swap(other[1], other[4]);
    const auto found = std::find(formats.begin(), formats.end(), other);
    if (found == formats.end()) return false;
    return integer_of(counts[2 + static_cast<std::size_t>(found - formats.begin())]) == integer_of(counts[best]);
  }

  FileSession& session_;
  const FileSource& source_;
};

int kind_rank(SourceKind kind) {
  return kind == SourceKind::kTemporal ? 0 : kind == SourceKind::kText ? 1 : 2;
}

// Columns with a usual name, the most likely first.
std::vector<const SourceColumn*> named_candidates(const FileSource& source) {
  std::vector<const SourceColumn*> candidates;
  for (const SourceColumn& column : source.columns()) {
    const std::size_t limit = is_number(column.kind) ? kStrongNameCount : kNames.size();
    if (column.kind == SourceKind::kBool || column.kind == SourceKind::kTimeOfDay || name_rank(column.name) >= limit)
      continue;
    candidates.push_back(&column);
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const SourceColumn* a, const SourceColumn* b) {
    return std::pair(kind_rank(a->kind), name_rank(a->name)) < std::pair(kind_rank(b->kind), name_rank(b->name));
  });
  return candidates;
}

Result<TimePlan> plan_named(TimePlanner& planner, const std::vector<const SourceColumn*>& candidates,
                            const FileSource& source) {
  std::string reason;
  for (const SourceColumn* column : candidates) {
    auto plan = planner.plan(*column, std::nullopt);
    if (plan.has_value()) {
      planner.add_time_of_day(*column, plan.value());
      return plan;
    }
    if (plan.error().code != ErrorCode::kInvalidArgument) return plan;
    reason = plan.error().message;
  }
  return no_time(reason, source);
}

}  // namespace

const SourceColumn* find_column(const FileSource& source, std::string_view name) {
  const SourceColumn* found = nullptr;
  for (const SourceColumn& column : source.columns()) {
    if (column.name == name) return &column;
    if (lower(column.name) == lower(name)) found = &column;  // DuckDB's names are distinct without regard to case
  }
  return found;
}

std::string column_list(const FileSource& source) {
  constexpr std::size_t kListed = 20;
  std::string list;
  for (std::size_t i = 0; i < source.columns().size() && i < kListed; ++i) {
    list += (i == 0 ? "" : ", ") + source.columns()[i].name;
  }
  return source.columns().size() > kListed ? list + ", ..." : list;
}

Result<TimePlan> plan_time(FileSession& session, const FileSource& source, const std::optional<std::string>& column,
                           const std::optional<std::string>& unit) {
  TimePlanner planner(session, source);
  if (column) {
    const SourceColumn* found = find_column(source, *column);
    if (found == nullptr) return no_time("there is no column \"" + *column + "\"", source);
    return planner.plan(*found, unit);
  }
  const auto candidates = named_candidates(source);
  if (unit && !candidates.empty()) return planner.plan(*candidates[0], unit);
  if (!candidates.empty()) return plan_named(planner, candidates, source);
  std::vector<const SourceColumn*> temporal;
  for (const SourceColumn& other : source.columns()) {
    if (other.kind == SourceKind::kTemporal) temporal.push_back(&other);
  }
  if (temporal.empty()) return no_time("no time column found", source);
  if (temporal.size() > 1) return no_time(std::to_string(temporal.size()) + " columns hold times", source);
  return plan_named(planner, temporal, source);
}

}  // namespace streamflow::query
