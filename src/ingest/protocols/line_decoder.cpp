#include "ingest/protocols/line_decoder.h"

#include <algorithm>
#include <utility>

namespace streamflow::ingest {

LineProtocolResult LineDecoder::decode(std::string_view body, const LineProtocolOptions& options) {
  start(body, options);
  const char* at = begin_;
  while ((at = skip_blank_lines(at)) < end_) {
    ++result_.line_count;
    const char* const line_start = at;
    if (const char* line_end = decode_line(at); line_end != nullptr) [[likely]] {
      at = line_end;  // at_line_end() holds: skip_blank_lines() takes the rest
      continue;
    }
    recover(line_start);
    const char* const line_end = find_line_end(line_start, end_);
    line_ += static_cast<std::uint64_t>(std::count(line_start, line_end, '\n'));
    at = line_end;
  }
  return finish();
}

void LineDecoder::start(std::string_view body, const LineProtocolOptions& options) {
  begin_ = body.data();
  end_ = body.data() + body.size();
  options_ = options;
  result_ = {};
  line_ = 1;
  tables_.clear();
  table_memo_.clear();
  series_memo_.clear();
  series_.clear();
  previous_series_ = KeyMemo::kNone;
  staged_.resize(std::max<std::size_t>(staged_.size(), 64));
}

LineProtocolResult LineDecoder::finish() {
  for (Table& table : tables_) {
    if (table.rows.row_count() > 0) { take_batch(table); }
  }
  tables_.clear();
  return std::exchange(result_, {});
}

// From the end of one line, or the start of the body, to the first byte of the next line that holds a point.
const char* LineDecoder::skip_blank_lines(const char* at) {
  for (;;) {
    at = skip_spaces(at, end_);
    if (at == end_) { return at; }
    if (*at == '#') { at = find_any<'\n'>(at, end_); }
    if (!at_line_end(at, end_)) { return at; }
    if (at < end_ && *at == '\r') { ++at; }
    if (at < end_) {
      ++at;
      ++line_;
    }
  }
}

// Reports what fail() remembered.
void LineDecoder::recover(const char* line_start) {
  ++result_.error_count;
  if (result_.errors.size() >= options_.errors_max) { return; }
  const char* const line_end = find_line_end(line_start, end_);
  std::string_view text(line_start, static_cast<std::size_t>(line_end - line_start));
  if (!text.empty() && text.back() == '\r') { text.remove_suffix(1); }
  fault_.table = table_ != nullptr ? std::string_view(table_->rows.name()) : measurement_;
  result_.errors.push_back({line_, std::string(text.substr(0, kLineErrorTextBytesMax)), describe(fault_, line_start),
                            kind_of(fault_.fault)});
}

const char* LineDecoder::fail(LineFault fault, const char* at, std::string_view name, std::string_view text) {
  fault_ = {fault, at, {}, name, text, {}, {}, {}, 0};
  return nullptr;
}

const char* LineDecoder::fail_name(LineFault fault, const char* at, std::string_view kind, std::string_view name) {
  fault_ = {fault, at, kind, name, {}, {}, {}, {}, 0};
  return nullptr;
}

const char* LineDecoder::decode_line(const char* at) {
  const char* const line_start = at;
  at = find_series(at);
  if (at == nullptr) { return nullptr; }
  at = skip_spaces(at, end_);
  if (at_line_end(at, end_)) { return fail(LineFault::kMissingFields, at); }
  at = parse_fields(at);
  if (at == nullptr) { return nullptr; }
  std::int64_t time = to_ns(options_.now);
  at = parse_timestamp(at, time);
  if (at == nullptr) { return nullptr; }
  const bool known = regular_ && series_index_ != KeyMemo::kNone;
  if (!known && !check_irregular_line()) { return nullptr; }
  commit(time, static_cast<std::size_t>(at - line_start));
  return at;
}

const char* LineDecoder::parse_fields(const char* at) {
  static const std::vector<ExpectedField> kNothingExpected;
  const std::vector<ExpectedField>& expected = table_ != nullptr ? table_->expected : kNothingExpected;
  regular_ = true;
  new_fields_.clear();
  for (staged_count_ = 0;; ++staged_count_) {
    if (staged_count_ == staged_.size()) {
      if (staged_count_ >= kFieldsPerTableMax) { return fail(LineFault::kTooManyFields, at); }
      staged_.resize(2 * staged_count_);
    }
    StagedField& field = staged_[staged_count_];
    FieldType type{};
    const char* key = at;
    if (staged_count_ < expected.size() && matches(expected[staged_count_], at)) [[likely]] {
      const ExpectedField& match = expected[staged_count_];
      field.column = match.column;
      field.key_bytes = match.bytes;
      type = match.type;
      at += match.bytes;
    } else {
      regular_ = false;
      at = parse_field_key(at, field);
      if (at == nullptr) { return nullptr; }
      type = (field.column & kNewColumn) == 0 ? table_->rows.column(field.column).vector.type : FieldType{};
    }
    field.key = key;
    LineFault fault = LineFault::kNone;
    const char* const value_start = at;
    at = parse_value(at, end_, field.value, fault);
    if (at == nullptr) [[unlikely]] {
      const char* const value_end = find_any<',', ' ', '\n'>(value_start, end_);
      return fail(fault, value_start, {key, field.key_bytes - 1},
                  {value_start, static_cast<std::size_t>(value_end - value_start)});
    }
    if (field.value.type != type && (field.column & kNewColumn) == 0) [[unlikely]] {
      const LineColumn& column = table_->rows.column(field.column);
      fault_ = {LineFault::kTypeConflict, value_start, {}, column.vector.name, {}, {}, field.value.type, type,
                column.first_line};
      return nullptr;
    }
    if ((field.column & kNewColumn) != 0 && !fits_stored_table(field, value_start)) { return nullptr; }
    if (at == end_ || *at != ',') { break; }
    ++at;
  }
  ++staged_count_;
  return at;
}

// The current line's table as storage knows it, or nullptr.
const TableSchema* LineDecoder::stored_table() {
  if (!options_.stored_table) { return nullptr; }
  if (table_ != nullptr) { return table_->stored.get(); }
  stored_ = options_.stored_table(measurement_);
  return stored_.get();
}

// A field that this body has not named before must be what storage knows, or it would decide for later lines.
bool LineDecoder::fits_stored_table(const StagedField& field, const char* value_start) {
  const TableSchema* const stored = stored_table();
  if (stored == nullptr) { return true; }
  const std::string_view name = new_fields_.back();
  if (stored->tag_index(name)) { return fail(LineFault::kTagIsField, nullptr, name) != nullptr; }
  const auto index = stored->field_index(name);
  if (!index || stored->fields[*index].type == field.value.type) { return true; }
  fault_ = {LineFault::kTypeConflict, value_start, {}, name, {}, {}, field.value.type, stored->fields[*index].type, 0};
  return false;
}

bool LineDecoder::matches(const ExpectedField& expected, const char* at) const {
#if defined(__SSE2__)
  if (end_ - at >= 32 && expected.bytes <= 32) [[likely]] {
    const auto equal = [&](std::size_t offset) {
      const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + offset));
      const __m128i key = _mm_load_si128(reinterpret_cast<const __m128i*>(expected.key + offset));
      return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(text, key)));
    };
    const std::uint32_t equal_bytes = equal(0) | (equal(16) << 16U);
    return static_cast<std::uint32_t>(std::countr_one(equal_bytes)) >= expected.bytes;
  }
#endif
  return static_cast<std::size_t>(end_ - at) >= expected.bytes && std::memcmp(at, expected.text, expected.bytes) == 0;
}

// Reads `key=` and finds its column. A key with a fault of its own is reported before its value is looked at.
const char* LineDecoder::parse_field_key(const char* at, StagedField& field) {
  const char* const key_end = find_unescaped<'=', ',', ' ', '\n'>(at, end_);
  const std::string_view raw(at, static_cast<std::size_t>(key_end - at));
  if (key_end == end_ || *key_end != '=') {
    return raw.empty() || at_line_end(at, end_) ? fail(LineFault::kMissingFieldName, at)
                                                : fail(LineFault::kMissingFieldEquals, at, raw);
  }
  if (raw.empty()) { return fail(LineFault::kMissingFieldName, at); }
  field.key_bytes = static_cast<std::uint32_t>(raw.size() + 1);
  const std::string_view name = unescape<',', '=', ' '>(raw, unescaped_);
  field.column = table_ != nullptr ? table_->rows.find_column(name) : KeyMemo::kNone;
  if (field.column == KeyMemo::kNone) {
    if (!check_name("field", name, at)) { return nullptr; }
    field.column = kNewColumn | static_cast<std::uint32_t>(new_fields_.size());
    new_fields_.push_back(name);
  }
  return key_end + 1;
}

// Reads what follows the fields up to the line's end.
const char* LineDecoder::parse_timestamp(const char* at, std::int64_t& time) {
  at = skip_spaces(at, end_);
  if (at_line_end(at, end_)) { return at; }
  const bool negative = *at == '-';
  const char* const first = at + (negative ? 1 : 0);
  const Digits digits = parse_digits(first, end_);
  const char* const rest = skip_spaces(digits.end, end_);
  const bool ends = digits.end != first && at_line_end(rest, end_);
  if (!ends) [[unlikely]] {
    const char* last = find_any<'\n'>(at, end_);
    if (last[-1] == '\r') { --last; }
    return fail(LineFault::kBadTimestamp, at, {}, {at, static_cast<std::size_t>(last - at)});
  }
  std::int64_t ns = 0;
  const auto count = static_cast<std::int64_t>(negative ? ~digits.value + 1 : digits.value);
  bool outside = digits.overflow || digits.value > 0x7FFFFFFFFFFFFFFFU;
  outside |= __builtin_mul_overflow(count, options_.ns_per_unit, &ns);
  if (outside || ns < to_ns(kTimestampMin) || ns > to_ns(kTimestampMax)) [[unlikely]] {
    return fail(LineFault::kTimestampRange, at, {}, {at, static_cast<std::size_t>(digits.end - at)});
  }
  time = ns;
  return rest;
}

}  // namespace streamflow::ingest
