#include "query/admission/argument_limits.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <vector>

#include "duckdb/common/exception.hpp"
#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/common/types/value.hpp"
#include "query/admission/function_policy.h"

namespace streamflow::query {

namespace {

using duckdb::DataChunk;
using duckdb::LogicalTypeId;
using duckdb::PhysicalType;

// Sums what a function would do, in double so that nothing overflows, and refuses beyond a limit.
class Budget {
 public:
  Budget(const std::string& function, const char* unit, std::uint64_t value_max, std::uint64_t chunk_max)
      : function_(function), unit_(unit), value_max_(value_max), chunk_max_(chunk_max) {}

  void spend(double amount) {
    total_ += std::max(amount, 0.0);
    if (amount > static_cast<double>(value_max_)) refuse(amount, value_max_, "");
    if (total_ > static_cast<double>(chunk_max_)) refuse(total_, chunk_max_, " for 2048 rows");
  }

 private:
  [[noreturn]] void refuse(double amount, std::uint64_t limit, const char* scope) const {
    throw duckdb::OutOfRangeException(function_ + "() would handle " +
                                      std::to_string(std::llround(std::min(amount, 9e18))) + " " + unit_ + scope +
                                      "; the limit is " + std::to_string(limit));
  }

  const std::string& function_;
  const char* unit_;
  const std::uint64_t value_max_;
  const std::uint64_t chunk_max_;
  double total_ = 0;
};

Budget elements_budget(const std::string& function) {
  return {function, "list elements", kListElementsMax, kListElementsPerChunkMax};
}
Budget bytes_budget(const std::string& function) {
  return {function, "bytes", kStringBytesMax, kStringBytesPerChunkMax};
}

class Column {
 public:
  Column(DataChunk& arguments, std::size_t index) : vector_(arguments.data[index]) {
    vector_.ToUnifiedFormat(arguments.size(), format_);
  }

  bool is_null(std::size_t row) const { return !format_.validity.RowIsValid(format_.sel->get_index(row)); }
  double text_bytes(std::size_t row) const { return static_cast<double>(text(row).GetSize()); }
  const duckdb::string_t& text(std::size_t row) const {
    return duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format_)[format_.sel->get_index(row)];
  }
  double list_length(std::size_t row) const {
    return static_cast<double>(
        duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format_)[format_.sel->get_index(row)].length);
  }
  duckdb::interval_t interval(std::size_t row) const {
    return duckdb::UnifiedVectorFormat::GetData<duckdb::interval_t>(format_)[format_.sel->get_index(row)];
  }
  double number(std::size_t row) const {
    if (vector_.GetType().InternalType() == PhysicalType::INT64) {
      return static_cast<double>(
          duckdb::UnifiedVectorFormat::GetData<std::int64_t>(format_)[format_.sel->get_index(row)]);
    }
    duckdb::Value value = vector_.GetValue(row);
    return value.DefaultTryCastAs(duckdb::LogicalType::DOUBLE) && !value.IsNull() ? value.GetValue<double>() : 0;
  }
  PhysicalType physical() const { return vector_.GetType().InternalType(); }
  LogicalTypeId logical() const { return vector_.GetType().id(); }

 private:
  duckdb::Vector& vector_;
  duckdb::UnifiedVectorFormat format_;
};

bool any_null(const std::vector<Column>& columns, std::size_t row) {
  return std::any_of(columns.begin(), columns.end(), [row](const Column& column) { return column.is_null(row); });
}

// Calls `cost` with the columns and each row that has no NULL, and spends the answer.
template <class Cost>
void spend_rows(DataChunk& arguments, Budget budget, Cost cost) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < arguments.ColumnCount(); ++i) columns.emplace_back(arguments, i);
  for (std::size_t row = 0; row < arguments.size(); ++row) {
    if (!any_null(columns, row)) budget.spend(cost(columns, row));
  }
}

double series_length(const std::vector<Column>& columns, std::size_t row) {
  if (columns.size() == 3 && columns[2].logical() == LogicalTypeId::INTERVAL) {
    const auto step = columns[2].interval(row);
    constexpr double kDayMicros = 86400e6;
    const double micros = std::abs(static_cast<double>(step.months) * 28 * kDayMicros +
                                   static_cast<double>(step.days) * kDayMicros + static_cast<double>(step.micros));
    return micros == 0 ? 0 : std::abs(columns[1].number(row) - columns[0].number(row)) / micros;
  }
  const double first = columns.size() == 1 ? 0 : columns[0].number(row);
  const double last = columns[columns.size() == 1 ? 0 : 1].number(row);
  const double step = columns.size() == 3 ? columns[2].number(row) : 1;
  return step == 0 ? 0 : (last - first) / step;
}

void check_series(const std::string& function, DataChunk& arguments) {
  spend_rows(arguments, elements_budget(function), series_length);
}

void check_repeat(const std::string& function, DataChunk& arguments) {
  if (arguments.data[0].GetType().InternalType() == PhysicalType::LIST) {
    const Budget budget(function, "list elements", kRepeatedListElementsMax, kRepeatedListElementsMax);
    spend_rows(arguments, budget, [](const auto& columns, std::size_t row) {
      return columns[0].list_length(row) * columns[1].number(row);
    });
  } else {
    spend_rows(arguments, bytes_budget(function), [](const auto& columns, std::size_t row) {
      return columns[0].text_bytes(row) * columns[1].number(row);
    });
  }
}

void check_pad(const std::string& function, DataChunk& arguments) {
  spend_rows(arguments, bytes_budget(function), [](const auto& columns, std::size_t row) {
    return columns[1].number(row) * 4;
  });  // UTF-8: 4 bytes at most
}

void check_resize(const std::string& function, DataChunk& arguments) {
  auto budget = elements_budget(function);
  const Column sizes(arguments, 1);
  for (std::size_t row = 0; row < arguments.size(); ++row) {
    if (!sizes.is_null(row)) budget.spend(sizes.number(row));
  }
}

void check_distance(const std::string& function, DataChunk& arguments) {
  const Budget budget(function, "character pairs", kDistanceCellsMax, kDistanceCellsPerChunkMax);
  spend_rows(arguments, budget, [](const auto& columns, std::size_t row) {
    return (columns[0].text_bytes(row) + 1) * (columns[1].text_bytes(row) + 1);
  });
}

// replace(text, from, to): every `from` of the text becomes `to`.
void check_replace(const std::string& function, DataChunk& arguments) {
  spend_rows(arguments, bytes_budget(function), [](const auto& columns, std::size_t row) {
    const double matches = columns[0].text_bytes(row) / std::max(columns[1].text_bytes(row), 1.0);
    return columns[0].text_bytes(row) + matches * columns[2].text_bytes(row);
  });
}

// regexp_replace(text, pattern, to): at most one match per byte, and `\0` repeats what matched.
void check_regexp_replace(const std::string& function, DataChunk& arguments) {
  spend_rows(arguments, bytes_budget(function), [](const auto& columns, std::size_t row) {
    return (columns[0].text_bytes(row) + 1) * (1 + 1.5 * columns[2].text_bytes(row));
  });
}

void check_list(const std::string& function, DataChunk& arguments) {
  if (arguments.data[0].GetType().InternalType() != PhysicalType::LIST) return;
  const Column lists(arguments, 0);
  auto budget = elements_budget(function);
  for (std::size_t row = 0; row < arguments.size(); ++row) {
    if (!lists.is_null(row)) budget.spend(lists.list_length(row));
  }
}

// printf and format: a width of more than four digits, or one taken from an argument (`%*d`, `{:{}}`), makes text of
// any size.
bool has_wide_field(const duckdb::string_t& format) {
  constexpr std::size_t kWidthDigitsMax = 4;
  std::size_t digits = 0;
  bool in_braces = false;
  for (const char c : std::string_view(format.GetData(), format.GetSize())) {
    digits = std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits + 1 : 0;
    if (digits > kWidthDigitsMax || c == '*' || (c == '{' && in_braces)) return true;
    in_braces = c == '{' || (in_braces && c != '}');
  }
  return false;
}

void check_format(const std::string& function, DataChunk& arguments) {
  const Column formats(arguments, 0);
  for (std::size_t row = 0; row < arguments.size(); ++row) {
    if (formats.is_null(row) || !has_wide_field(formats.text(row))) continue;
    throw duckdb::OutOfRangeException(function +
                                      "(): a width or number in the format has more than 4 digits, or comes "
                                      "from an argument; use lpad() or rpad()");
  }
}

// Paths: the first argument. Quadratic in its length.
void check_path(const std::string& function, DataChunk& arguments) {
  const Column paths(arguments, 0);
  Budget budget(function, "bytes", kPathBytesMax, kStringBytesPerChunkMax);
  for (std::size_t row = 0; row < arguments.size(); ++row) {
    if (!paths.is_null(row)) budget.spend(paths.text_bytes(row));
  }
}

std::uint64_t json_depth(std::string_view text) {
  std::uint64_t depth = 0;
  std::uint64_t deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '[' || c == '{')) {
      deepest = std::max(deepest, ++depth);
    } else if (!in_string && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

void check_json(const std::string& function, DataChunk& arguments) {
  for (std::size_t i = 0; i < arguments.ColumnCount(); ++i) {
    if (arguments.data[i].GetType().InternalType() != PhysicalType::VARCHAR) continue;
    const Column texts(arguments, i);
    for (std::size_t row = 0; row < arguments.size(); ++row) {
      if (texts.is_null(row)) continue;
      const auto& text = texts.text(row);
      const auto depth = json_depth({text.GetData(), text.GetSize()});
      Budget(function, "levels of JSON", kJsonDepthMax, kJsonDepthMax).spend(static_cast<double>(depth));
    }
  }
}

constexpr ArgumentLimit kLimits[] = {
    {"range", check_series},
    {"generate_series", check_series},
    {"repeat", check_repeat},
    {"lpad", check_pad},
    {"rpad", check_pad},
    {"list_resize", check_resize},
    {"array_resize", check_resize},
    {"levenshtein", check_distance},
    {"editdist3", check_distance},
    {"damerau_levenshtein", check_distance},
    {"jaro_similarity", check_distance},
    {"jaro_winkler_similarity", check_distance},
    {"replace", check_replace},
    {"regexp_replace", check_regexp_replace},
    {"printf", check_format},
    {"format", check_format},
    {"list_sort", check_list},
    {"array_sort", check_list},
    {"list_reverse_sort", check_list},
    {"array_reverse_sort", check_list},
    {"list_grade_up", check_list},
    {"array_grade_up", check_list},
    {"grade_up", check_list},
    {"list_distinct", check_list},
    {"array_distinct", check_list},
    {"list_unique", check_list},
    {"array_unique", check_list},
    {"list_aggregate", check_list},
    {"array_aggregate", check_list},
    {"list_aggr", check_list},
    {"array_aggr", check_list},
    {"aggregate", check_list},
    {"list_transform", check_list},
    {"array_transform", check_list},
    {"list_apply", check_list},
    {"array_apply", check_list},
    {"apply", check_list},
    {"list_filter", check_list},
    {"array_filter", check_list},
    {"filter", check_list},
    {"list_reduce", check_list},
    {"array_reduce", check_list},
    {"reduce", check_list},
    {"parse_path", check_path},
    {"parse_dirpath", check_path},
    {"parse_dirname", check_path},
    {"parse_filename", check_path},
    {"json_structure", check_json},
    {"json_merge_patch", check_json},
    {"json_pretty", check_json},
};

void check_time_format(const std::string& function, std::string_view format) {
  Budget(function, "bytes of format", kFormatBytesMax, kFormatBytesMax).spend(static_cast<double>(format.size()));
}

void check_regex(const std::string& function, std::string_view pattern) {
  Budget(function, "bytes of pattern", kPatternBytesMax, kPatternBytesMax).spend(static_cast<double>(pattern.size()));
  Budget repetitions(function, "repetitions in a pattern", kPatternRepetitionsMax, kPatternRepetitionsMax);
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
    double largest = 0;
    double number = 0;
    for (const char c : pattern.substr(open + 1)) {
      if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != ',') break;
      number = c == ',' ? 0 : number * 10 + (c - '0');
      largest = std::max(largest, number);
    }
    repetitions.spend(largest);
  }
}

constexpr PatternLimit kPatterns[] = {
    {"regexp_matches", 1, check_regex},     {"regexp_full_match", 1, check_regex},
    {"regexp_replace", 1, check_regex},     {"regexp_extract", 1, check_regex},
    {"regexp_extract_all", 1, check_regex}, {"string_split_regex", 1, check_regex},
    {"str_split_regex", 1, check_regex},    {"regexp_split_to_array", 1, check_regex},
    {"strftime", 1, check_time_format},     {"strptime", 1, check_time_format},
    {"try_strptime", 1, check_time_format},
};

}  // namespace

std::span<const ArgumentLimit> argument_limits() {
  return kLimits;
}

std::span<const PatternLimit> pattern_limits() {
  return kPatterns;
}

void check_patterns(const PatternLimit& limit, duckdb::DataChunk& arguments) {
  auto& vector = arguments.data[limit.index];
  if (vector.GetType().InternalType() != PhysicalType::VARCHAR) return;
  const bool is_constant = vector.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
  const std::size_t count = is_constant ? std::min<std::size_t>(arguments.size(), 1) : arguments.size();
  const Column patterns(arguments, limit.index);
  for (std::size_t row = 0; row < count; ++row) {
    if (patterns.is_null(row)) continue;
    const auto& text = patterns.text(row);
    limit.check(limit.function, {text.GetData(), text.GetSize()});
  }
}

}  // namespace streamflow::query
