// What can be wrong with a line of line protocol, and the sentence that tells its author.
// Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/protocols/line_protocol.h"

namespace streamflow::ingest {

enum class LineFault : std::uint8_t {
  kNone,
  kMissingMeasurement,
  kMissingTagName,
  kMissingTagEquals,
  kUnescapedEquals,
  kDuplicateTag,
  kMissingFields,
  kMissingFieldName,
  kMissingFieldEquals,
  kMissingFieldValue,
  kDuplicateField,
  kBadValue,
  kNotFinite,
  kIntegerRange,
  kUnsignedRange,
  kFloatRange,
  kUnterminatedString,
  kStringTooLong,
  kStringNotUtf8,
  kTextAfterString,
  kBadTimestamp,
  kTimestampRange,
  kNameTooLong,
  kNameNotUtf8,
  kNameHasNul,
  kTagValueTooLong,
  kTagValueNotUtf8,
  kReservedName,
  kTooManyTags,
  kTooManyFields,
  kTooManyTables,
  kTagIsField,
  kTypeConflict,
};

struct LineFaultReport {
  LineFault fault = LineFault::kNone;
  const char* at = nullptr;  // where in the body
  std::string_view kind;     // "measurement", "tag", "field"
  std::string_view name;     // of the measurement, tag or field concerned
  std::string_view text;     // the offending text
  std::string_view table;
  FieldType got = FieldType::kFloat64, wanted = FieldType::kFloat64;  // kTypeConflict
  std::uint64_t first_line = 0;                                       // kTypeConflict: the line that set the type
};

// A sentence for the line's author; `line_start` is where the line begins, for the column.
std::string describe(const LineFaultReport& report, const char* line_start);
LineErrorKind kind_of(LineFault fault);

}  // namespace streamflow::ingest
