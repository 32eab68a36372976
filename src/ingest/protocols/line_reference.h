// For tests: line protocol decoded slowly and plainly, row by row, to compare the decoder with. Shares no code with it.
// Source: protocols.md's line protocol; the rules the decoder states in line_protocol.h.
#pragma once

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/protocols/line_protocol.h"
#include "model/row_batch.h"

namespace streamflow::ingest::reference {

struct Value {
  FieldType type = FieldType::kFloat64;
  std::uint64_t bits = 0;
  std::string text;
  friend bool operator==(const Value&, const Value&) = default;
};

struct Row {
  std::uint64_t line = 0;
  std::string table;
  std::map<std::string, std::string> tags;
  std::map<std::string, Value> fields;
  std::int64_t time = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

struct Decoded {
  std::vector<Row> rows;
  std::map<std::uint64_t, LineErrorKind> errors;  // by line
};

// A name or value up to an unescaped byte of `stops`; escapes of `escapable` bytes resolved.
inline std::string take_text(const std::string& line, std::size_t& at, const std::string& stops) {
  std::string text;
  while (at < line.size() && stops.find(line[at]) == std::string::npos) {
    if (line[at] == '\\' && at + 1 < line.size() && stops.find(line[at + 1]) != std::string::npos) { ++at; }
    text.push_back(line[at++]);
  }
  return text;
}

// Decodes every character to its code point and compares with the length that this code point needs.
inline bool utf8(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = first < 0x80   ? 1
                              : first < 0xC0 ? 0
                              : first < 0xE0 ? 2
                              : first < 0xF0 ? 3
                              : first < 0xF8 ? 4
                                             : 0;
    if (bytes == 0 || at + bytes > text.size()) { return false; }
    std::uint32_t point = bytes == 1 ? first : first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if (next / 64 != 2) { return false; }
      point = point * 64 + next % 64;
    }
    const std::size_t needed = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (needed != bytes || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) { return false; }
    at += bytes;
  }
  return true;
}

inline std::optional<Value> parse_plain(const std::string& token) {
  static const std::regex integer("[-+]?[0-9]+[iu]"), number("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  static const std::set<std::string> yes = {"t", "T", "true", "True", "TRUE"},
                                     no = {"f", "F", "false", "False", "FALSE"};
  if (yes.contains(token)) { return Value{FieldType::kBool, 1, {}}; }
  if (no.contains(token)) { return Value{FieldType::kBool, 0, {}}; }
  if (token.size() > 400) { return std::nullopt; }  // generators stay below: std::regex recurses
  errno = 0;
  if (std::regex_match(token, integer)) {
    const std::string digits = token.substr(0, token.size() - 1);
    if (token.back() == 'i') {
      const long long value = std::strtoll(digits.c_str(), nullptr, 10);
      return errno == 0 ? std::optional(Value{FieldType::kInt64, static_cast<std::uint64_t>(value), {}}) : std::nullopt;
    }
    const unsigned long long value = std::strtoull(digits.c_str(), nullptr, 10);
    if (errno != 0 || (digits[0] == '-' && value != 0)) { return std::nullopt; }
    return Value{FieldType::kUint64, value, {}};
  }
  if (!std::regex_match(token, number)) { return std::nullopt; }
  const double value = std::strtod(token.c_str(), nullptr);
  if (!std::isfinite(value)) { return std::nullopt; }
  return Value{FieldType::kFloat64, std::bit_cast<std::uint64_t>(value), {}};
}

inline std::optional<Value> take_string(const std::string& line, std::size_t& at) {
  Value value{FieldType::kString, 0, {}};
  for (++at; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] == '\\' && at + 1 < line.size() && (line[at + 1] == '"' || line[at + 1] == '\\')) { ++at; }
    value.text.push_back(line[at]);
  }
  if (at == line.size() || value.text.size() > kStringFieldBytesMax || !utf8(value.text)) { return std::nullopt; }
  ++at;
  return value;
}

inline bool good_name(const std::string& name, bool is_measurement = false) {
  return !name.empty() && name.size() <= kNameBytesMax && utf8(name) && name.find('\0') == std::string::npos &&
         (is_measurement || name != "time");
}

inline bool take_tags(const std::string& line, std::size_t& at, Row& row) {
  std::set<std::string> names;
  while (at < line.size() && line[at] == ',') {
    ++at;
    const std::string name = take_text(line, at, ",= ");
    if (!good_name(name) || at == line.size() || line[at] != '=' || names.size() == kTagsPerTableMax) { return false; }
    ++at;
    const std::string value = take_text(line, at, ",= ");
    const bool stray_equals = at < line.size() && line[at] == '=';
    if (stray_equals || value.size() > kTagValueBytesMax || !utf8(value) || !names.insert(name).second) {
      return false;
    }
    if (!value.empty()) { row.tags[name] = value; }
  }
  return true;
}

inline bool take_fields(const std::string& line, std::size_t& at, Row& row) {
  for (;;) {
    const std::string name = take_text(line, at, ",= ");
    if (at == line.size() || line[at] != '=' || !good_name(name)) { return false; }
    ++at;
    std::optional<Value> value;
    if (at < line.size() && line[at] == '"') {
      value = take_string(line, at);
      if (at < line.size() && line[at] != ',' && line[at] != ' ') { return false; }
    } else {
      const std::size_t end = std::min(line.find_first_of(", ", at), line.size());
      value = parse_plain(line.substr(at, end - at));
      at = end;
    }
    if (!value || !row.fields.emplace(name, *value).second) { return false; }
    if (at == line.size() || line[at] != ',') { return true; }
    ++at;
  }
}

// `stamp` is what follows the fields.
inline std::optional<std::int64_t> parse_time(std::string stamp, const LineProtocolOptions& options) {
  stamp.erase(0, std::min(stamp.find_first_not_of(' '), stamp.size()));
  stamp.erase(stamp.find_last_not_of(' ') + 1);
  if (stamp.empty()) { return to_ns(options.now); }
  static const std::regex digits("-?[0-9]+");
  if (stamp.size() > 400 || !std::regex_match(stamp, digits)) { return std::nullopt; }
  errno = 0;
  const long long count = std::strtoll(stamp.c_str(), nullptr, 10);
  const long double ns = static_cast<long double>(count) * static_cast<long double>(options.ns_per_unit);
  const auto first = static_cast<long double>(to_ns(kTimestampMin));
  const auto last = static_cast<long double>(to_ns(kTimestampMax));
  if (errno != 0 || ns < first || ns > last) { return std::nullopt; }
  return static_cast<std::int64_t>(count) * options.ns_per_unit;
}

// Syntax only. `line` has no line end.
inline std::optional<Row> parse_line(const std::string& line, const LineProtocolOptions& options) {
  Row row;
  std::size_t at = 0;
  row.table = take_text(line, at, ", ");
  if (!good_name(row.table, true) || !take_tags(line, at, row)) { return std::nullopt; }
  while (at < line.size() && line[at] == ' ') { ++at; }
  if (!take_fields(line, at, row)) { return std::nullopt; }
  const std::optional<std::int64_t> time = parse_time(line.substr(at), options);
  if (!time) { return std::nullopt; }
  row.time = *time;
  return row;
}

// Where the line at `at` ends: at a newline outside quoted values; a quote without its end does not count.
inline std::size_t line_end(const std::string& body, std::size_t at) {
  bool in_fields = false;
  for (; at < body.size() && body[at] != '\n'; ++at) {
    const bool escapes = body[at] == '\\' && at + 1 < body.size() && body[at + 1] == (in_fields ? '=' : ' ');
    if (escapes) {
      ++at;
      continue;
    }
    in_fields |= body[at] == ' ';
    if (!in_fields || body[at] != '=' || at + 1 == body.size() || body[at + 1] != '"') { continue; }
    std::size_t close = at + 2;
    while (close < body.size() && body[close] != '"') {
      close +=
          body[close] == '\\' && close + 1 < body.size() && (body[close + 1] == '"' || body[close + 1] == '\\') ? 2 : 1;
    }
    if (close >= body.size()) { return std::min(body.find('\n', at), body.size()); }
    at = close;
  }
  return std::min(at, body.size());
}

// Types and names of the tables that the lines so far made.
struct Schemas {
  struct Table {
    std::set<std::string> tags;
    std::map<std::string, FieldType> fields;
  };
  std::map<std::string, Table> tables;

  // The error of `row`, or nothing; then its columns are known.
  std::optional<LineErrorKind> admit(const Row& row) {
    Table table = tables.contains(row.table) ? tables[row.table] : Table{};
    for (const auto& [name, value] : row.tags) { table.tags.insert(name); }
    for (const auto& [name, value] : row.fields) {
      if (table.fields.emplace(name, value.type).first->second != value.type) { return LineErrorKind::kUnprocessable; }
    }
    for (const std::string& tag : table.tags) {
      if (table.fields.contains(tag)) { return LineErrorKind::kUnprocessable; }
    }
    if (table.tags.size() > kTagsPerTableMax || table.fields.size() > kFieldsPerTableMax) {
      return LineErrorKind::kMalformed;
    }
    tables[row.table] = std::move(table);
    return std::nullopt;
  }
};

inline Decoded decode(const std::string& body, const LineProtocolOptions& options) {
  Decoded decoded;
  Schemas schemas;
  std::uint64_t number = 1;
  for (std::size_t at = 0; at < body.size();) {
    if (body[at] == ' ') {
      ++at;
      continue;
    }
    const bool comment = body[at] == '#';
    const std::size_t end = comment ? std::min(body.find('\n', at), body.size()) : line_end(body, at);
    std::string line = body.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') { line.pop_back(); }
    if (!comment && !line.empty()) {
      std::optional<Row> row = parse_line(line, options);
      const std::optional<LineErrorKind> error = row ? schemas.admit(*row) : LineErrorKind::kMalformed;
      if (error) {
        decoded.errors[number] = *error;
      } else {
        row->line = number;
        decoded.rows.push_back(std::move(*row));
      }
    }
    number += 1 + static_cast<std::uint64_t>(std::count(body.begin() + static_cast<std::ptrdiff_t>(at),
                                                        body.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    at = end + 1;
  }
  return decoded;
}

// The decoder's batches as rows, in the order of their lines.
inline std::vector<Row> rows_of(const LineProtocolResult& result) {
  std::map<std::uint64_t, Row> by_line;
  for (std::size_t b = 0; b < result.batches.size(); ++b) {
    const RowBatch& batch = result.batches[b];
    for (std::size_t r = 0; r < batch.row_count(); ++r) {
      Row row{result.line_of_row[b].at(r), batch.table, {}, {}, batch.times[r]};
      const auto values = batch.tag_values(batch.series_of_row[r]);
      for (std::size_t t = 0; t < batch.tags.size(); ++t) {
        if (!values[t].empty()) { row.tags[batch.tags[t]] = values[t]; }
      }
      for (const FieldVector& field : batch.fields) {
        if (!field.valid(r)) { continue; }
        const bool is_text = field.type == FieldType::kString;
        row.fields[field.name] = {field.type, is_text ? 0 : field.bits[r],
                                  is_text ? std::string(field.strings[r]) : std::string()};
      }
      by_line[row.line] = std::move(row);
    }
  }
  std::vector<Row> rows;
  for (auto& [line, row] : by_line) { rows.push_back(std::move(row)); }
  return rows;
}

}  // namespace streamflow::ingest::reference
