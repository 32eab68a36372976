#include "ingest/protocols/line_fault.h"

namespace streamflow::ingest {
namespace {

// Enough to recognise a name or value; the whole line's start is in the LineError.
constexpr std::size_t kQuotedBytesMax = 64;

std::string shortened(std::string_view text) {
  if (text.size() <= kQuotedBytesMax) { return std::string(text); }
  std::size_t bytes = kQuotedBytesMax;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
    --bytes;
  }  // not inside a character
  return std::string(text.substr(0, bytes)) + "...";
}

std::string quoted(std::string_view text) {
  return "\"" + shortened(text) + "\"";
}

std::string limit(std::string_view what, std::size_t bytes) {
  return std::string(what) + ": at most " + std::to_string(bytes) + " bytes are allowed";
}

std::string describe_tag_fault(const LineFaultReport& r) {
  switch (r.fault) {
    case LineFault::kMissingTagName: return "a tag without a name: write name=value after the comma";
    case LineFault::kMissingTagEquals:
      return "tag " + quoted(r.name) + " has no value: write " + shortened(r.name) + "=<value>";
    case LineFault::kUnescapedEquals:
      return "the value of tag " + quoted(r.name) + " holds an unescaped \"=\": write \"\\=\"";
    case LineFault::kDuplicateTag: return "tag " + quoted(r.name) + " appears twice: keep one of them";
    case LineFault::kTagValueTooLong:
      return limit("the value of tag " + quoted(r.name) + " is too long", kTagValueBytesMax);
    case LineFault::kTagValueNotUtf8: return "the value of tag " + quoted(r.name) + " is not valid UTF-8";
    default: return {};
  }
}

std::string describe_field_fault(const LineFaultReport& r) {
  const std::string field = "field " + quoted(r.name);
  switch (r.fault) {
    case LineFault::kMissingFieldName: return "a field without a name: write name=value";
    case LineFault::kMissingFieldEquals: return field + " has no value: write " + shortened(r.name) + "=<value>";
    case LineFault::kMissingFieldValue: return "missing field value after \"" + shortened(r.name) + "=\"";
    case LineFault::kDuplicateField: return field + " appears twice: keep one of them";
    case LineFault::kBadValue:
      return "value " + quoted(r.text) + " of " + field +
             " is neither a number, true or false, nor text in double quotes";
    case LineFault::kNotFinite:
      return field + " is " + shortened(r.text) + ": NaN and infinities cannot be stored; leave the field out";
    case LineFault::kIntegerRange:
      return field + " is " + shortened(r.text) + ": beyond int64; write a float or use the suffix u";
    case LineFault::kUnsignedRange: return field + " is " + shortened(r.text) + ": beyond uint64";
    case LineFault::kFloatRange: return field + " is " + shortened(r.text) + ": beyond float64";
    case LineFault::kUnterminatedString: return "the text of " + field + " has no closing double quote";
    case LineFault::kStringTooLong: return limit("the text of " + field + " is too long", kStringFieldBytesMax);
    case LineFault::kStringNotUtf8: return "the text of " + field + " is not valid UTF-8";
    case LineFault::kTextAfterString:
      return "expected a comma, a space or the end of the line after the text of " + field;
    default: return {};
  }
}

std::string describe_table_fault(const LineFaultReport& r) {
  const std::string table = "table " + quoted(r.table);
  switch (r.fault) {
    case LineFault::kTooManyTags: return table + " would have more than " + std::to_string(kTagsPerTableMax) + " tags";
    case LineFault::kTooManyFields:
      return table + " would have more than " + std::to_string(kFieldsPerTableMax) + " fields";
    case LineFault::kTooManyTables:
      return "this request already writes to " + std::to_string(kTablesPerBodyMax) +
             " tables: send the rest in another";
    case LineFault::kTagIsField:
      return quoted(r.name) + " is both a tag and a field of " + table + ": rename tag " + quoted(r.name) +
             " or field " + quoted(r.name);
    case LineFault::kTypeConflict:  // agents recognise InfluxDB's words
      return "field type conflict: input field " + quoted(r.name) + " on measurement " + quoted(r.table) + " is type " +
             std::string(name_of(r.got)) + ", already exists as type " + std::string(name_of(r.wanted)) +
             (r.first_line > 0 ? " since line " + std::to_string(r.first_line) : "");
    default: return {};
  }
}

std::string sentence(const LineFaultReport& r) {
  switch (r.fault) {
    case LineFault::kMissingMeasurement: return "the line starts without a measurement name";
    case LineFault::kMissingFields: return "no field follows the measurement and its tags: write <name>=<value>";
    case LineFault::kBadTimestamp: return "timestamp " + quoted(r.text) + " is not an integer";
    case LineFault::kTimestampRange:
      return "timestamp " + shortened(r.text) + " in this precision is outside 1677-09-21 to 2262-04-11";
    case LineFault::kNameTooLong:
      return limit("the " + std::string(r.kind) + " name " + quoted(r.name) + " is too long", kNameBytesMax);
    case LineFault::kNameNotUtf8: return "the " + std::string(r.kind) + " name is not valid UTF-8";
    case LineFault::kNameHasNul:
      return "the " + std::string(r.kind) + " name holds a NUL byte, which no query could spell";
    case LineFault::kReservedName:
      return "a " + std::string(r.kind) + " must not be called \"time\": that is the row's time; rename it";
    default: break;
  }
  std::string text = describe_tag_fault(r);
  if (text.empty()) { text = describe_field_fault(r); }
  return text.empty() ? describe_table_fault(r) : text;
}

}  // namespace

std::string describe(const LineFaultReport& report, const char* line_start) {
  std::string text = sentence(report);
  if (report.at != nullptr) { text += " (column " + std::to_string(report.at - line_start + 1) + ")"; }
  return text;
}

LineErrorKind kind_of(LineFault fault) {
  return fault == LineFault::kTagIsField || fault == LineFault::kTypeConflict ? LineErrorKind::kUnprocessable
                                                                              : LineErrorKind::kMalformed;
}

}  // namespace streamflow::ingest
