// Which column is the time and how its values become nanoseconds.
// Invariants: a column that was named is taken or refused, never replaced by another. Otherwise: columns with a usual
//             name (time, timestamp, ts, date, datetime, ...), dates and timestamps before texts before numbers; else
//             the only date or timestamp. A guess is proved on the first 10,000 values and told in `note`.
// Threads:    one.
// Errors:     kInvalidArgument: no time column, several, none of its values readable, an unknown unit; the message
//             lists the columns and says which option decides.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/files/file_reader_source.h"

namespace streamflow::query {

struct TimePlan {
  std::string column;
  std::optional<std::string> time_of_day;  // a second column, added to the date
  // SQL whose type says the unit: DATE, TIMESTAMP of any unit, BIGINT (times ns_per_tick) or DECIMAL(38, n), whose
  // digits without the point are nanoseconds. NULL when the value is missing or cannot be read.
  std::string expression;
  std::int64_t ns_per_tick = 1;
  std::string note;
  std::string date_expression;  // of `column` alone, when there is a time of day
};

Result<TimePlan> plan_time(FileSession& session, const FileSource& source, const std::optional<std::string>& column,
                           const std::optional<std::string>& unit);

// Column by its exact name, or by the only one that equals it without regard to case; nullptr when there is none.
const SourceColumn* find_column(const FileSource& source, std::string_view name);
std::string column_list(const FileSource& source);  // "a, b, c", for messages; long lists end in "..."

}  // namespace streamflow::query
