#include "app/import/line_writer.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace streamflow::app {

namespace {

std::optional<std::string> escaped(std::string_view text, std::string_view special) {
  if (text.empty() || text.find_first_of("\n\r") != std::string_view::npos || text.ends_with('\\')) return std::nullopt;
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

template <class Number>
void append_number(Number value, std::string& out) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

// "table,tag=value,tag=value" of one series, or the reason why there is none.
std::string head_of(const RowBatch& batch, std::uint32_t series, const std::vector<std::optional<std::string>>& tags) {
  const auto table = escape_measurement(batch.table);
  if (!table || table->starts_with('#')) return {};
  std::string head = *table;
  const auto values = batch.tag_values(series);
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k].empty()) continue;  // this series lacks the tag
    const auto value = escape_key(values[k]);
    if (!value || !tags[k]) return {};
    head += ',';
    head += *tags[k];
    head += '=';
    head += *value;
  }
  return head;
}

}  // namespace

std::optional<std::string> escape_measurement(std::string_view name) {
  return escaped(name, ", ");
}
std::optional<std::string> escape_key(std::string_view name) {
  return escaped(name, ",= ");
}

void append_string_field(std::string_view value, std::string& out) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::uint64_t LineWriter::rejected() const {
  std::uint64_t total = 0;
  for (const auto& [reason, count] : reasons_) total += count;
  return total;
}

void LineWriter::prepare(const RowBatch& batch) {
  heads_.clear();
  field_names_.clear();
  std::vector<std::optional<std::string>> tags;
  for (const std::string& tag : batch.tags) tags.push_back(escape_key(tag));
  for (std::uint32_t s = 0; s < batch.series_count; ++s) heads_.push_back(head_of(batch, s, tags));
  for (const FieldVector& field : batch.fields) {
    const auto name = escape_key(field.name);
    field_names_.push_back(name ? *name + "=" : std::string());
  }
}

// False when no field has a value that can be written.
bool LineWriter::append_fields(const RowBatch& batch, std::size_t row, std::string& out) {
  char separator = ' ';
  for (std::size_t f = 0; f < batch.fields.size(); ++f) {
    const FieldVector& field = batch.fields[f];
    if (!field.valid(row)) continue;
    const bool is_float = field.type == FieldType::kFloat64;
    const double number = is_float ? std::bit_cast<double>(field.bits[row]) : 0;
    if (field_names_[f].empty() || (is_float && !std::isfinite(number))) {
      ++values_left_out_;
      continue;
    }
    out += separator;
    separator = ',';
    out += field_names_[f];
    switch (field.type) {
      case FieldType::kFloat64: append_number(number, out); break;
      case FieldType::kInt64:
        append_number(static_cast<std::int64_t>(field.bits[row]), out);
        out += 'i';
        break;
      case FieldType::kUint64:
        append_number(field.bits[row], out);
        out += 'u';
        break;
      case FieldType::kBool: out += field.bits[row] != 0 ? 't' : 'f'; break;
      case FieldType::kString: append_string_field(field.strings[row], out); break;
    }
  }
  return separator == ',';
}

void LineWriter::append(const RowBatch& batch, std::size_t begin, std::size_t end, std::string& out) {
  if (begin == 0 || prepared_ != &batch) prepare(batch);
  prepared_ = &batch;
  for (std::size_t row = begin; row < end; ++row) {
    const std::string& head = heads_[batch.series_of_row[row]];
    if (head.empty()) {
      ++reasons_
          ["line protocol cannot write this table name or these tags (a line end or a final backslash in a name or tag "
           "value)"];
      continue;
    }
    const std::size_t mark = out.size();
    out += head;
    if (!append_fields(batch, row, out)) {
      out.resize(mark);
      ++reasons_["no field has a value: line protocol needs at least one"];
      continue;
    }
    out += ' ';
    append_number(batch.times[row], out);
    out += '\n';
    ++rows_;
  }
}

}  // namespace streamflow::app
