// LineDecoder's first half of a line: the measurement and its tags.
#include "ingest/protocols/line_decoder.h"

namespace streamflow::ingest {
namespace {

// ASCII without a backslash: every byte stands for itself.
bool is_plain(std::string_view text) {
  const char* at = text.data();
  std::size_t left = text.size();
#if defined(__SSE2__)
  __m128i other = _mm_setzero_si128();
  for (; left >= 16; left -= 16, at += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // A byte beyond ASCII has its top bit set, as a comparison that holds has.
    other = _mm_or_si128(other, _mm_or_si128(chunk, _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\\'))));
  }
  if (_mm_movemask_epi8(other) != 0) { return false; }
#endif
  for (; left > 0; --left, ++at) {
    if (*at == '\\' || static_cast<unsigned char>(*at) >= 0x80) { return false; }
  }
  return true;
}

}  // namespace

// Reads "measurement,tags" at `at`. Sets table_, series_index_ and, for text not seen before, measurement_ and tags_.
const char* LineDecoder::find_series(const char* at) {
  unescaped_.clear();
  if (previous_series_ != KeyMemo::kNone) {
    if (const std::uint32_t guess = series_[previous_series_].next; guess != KeyMemo::kNone) {
      const std::string_view text = series_memo_.key(guess);
      // Seen text ends at an unescaped space, so equal bytes and a space after them are the same text.
      if (static_cast<std::size_t>(end_ - at) > text.size() && at[text.size()] == ' ' &&
          std::memcmp(at, text.data(), text.size()) == 0) [[likely]] {
        series_index_ = guess;
        table_ = series_[guess].table;
        return at + text.size();
      }
    }
  }
  const char* const text_end = find_unescaped<' ', '\n'>(at, end_);
  series_text_ = {at, static_cast<std::size_t>(text_end - at)};
  series_hash_ = series_memo_.hash(series_text_);
  series_index_ = series_memo_.find(series_text_, series_hash_);
  if (series_index_ != KeyMemo::kNone) {
    if (previous_series_ != KeyMemo::kNone) { series_[previous_series_].next = series_index_; }
    table_ = series_[series_index_].table;
    return text_end;
  }
  return parse_series(series_text_);
}

const char* LineDecoder::parse_series(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* const measurement_end = find_unescaped<',', ' '>(text.data(), end);
  tags_.clear();
  table_ = nullptr;
  measurement_ = unescape<',', ' '>({text.data(), static_cast<std::size_t>(measurement_end - text.data())}, unescaped_);
  if (measurement_.empty()) { return fail(LineFault::kMissingMeasurement, text.data()); }
  const std::uint32_t known = table_memo_.find(measurement_);
  if (known != KeyMemo::kNone) {
    table_ = &tables_[known];
  } else if (!check_name("measurement", measurement_, text.data())) {
    return nullptr;
  }
  plain_ = is_plain(text);
  const char* at = measurement_end;
  while (at < end) {
    const char* const tag = at + 1;
    at = parse_expected_tag(tag, end);
    if (at == nullptr) { at = parse_tag(tag, end); }
    if (at == nullptr) { return nullptr; }
  }
  return end;
}

// The short way through a tag of plain text that the table has at the same place; nullptr leaves it to parse_tag().
const char* LineDecoder::parse_expected_tag(const char* at, const char* end) {
  if (!plain_ || table_ == nullptr || tags_.size() >= table_->rows.tag_count()) { return nullptr; }
  const std::string& name = table_->rows.tag_name(tags_.size());
  const bool matches = static_cast<std::size_t>(end - at) > name.size() && at[name.size()] == '=' &&
                       std::memcmp(at, name.data(), name.size()) == 0;
  if (!matches) { return nullptr; }
  const char* const value = at + name.size() + 1;
  const char* const value_end = find_any<',', '='>(value, end);
  const auto bytes = static_cast<std::size_t>(value_end - value);
  if ((value_end < end && *value_end == '=') || bytes > kTagValueBytesMax) { return nullptr; }
  tags_.push_back({name, {value, bytes}});
  return value_end;
}

// Reads `name=value` at `at`, behind a comma, into tags_; a tag without a value leaves only its name, for now.
const char* LineDecoder::parse_tag(const char* at, const char* end) {
  const char* const name_end = find_unescaped<'=', ',', ' '>(at, end);
  const std::string_view raw_name(at, static_cast<std::size_t>(name_end - at));
  if (raw_name.empty()) { return fail(LineFault::kMissingTagName, at); }
  if (name_end == end || *name_end != '=') { return fail(LineFault::kMissingTagEquals, at, raw_name); }
  const std::string_view name = unescape<',', '=', ' '>(raw_name, unescaped_);
  const char* const value_start = name_end + 1;
  const char* const value_end = find_unescaped<',', '=', ' '>(value_start, end);
  if (value_end < end && *value_end == '=') { return fail(LineFault::kUnescapedEquals, value_end, name); }
  if (!check_name("tag", name, at)) { return nullptr; }
  const std::string_view value =
      unescape<',', '=', ' '>({value_start, static_cast<std::size_t>(value_end - value_start)}, unescaped_);
  if (value.size() > kTagValueBytesMax) { return fail(LineFault::kTagValueTooLong, value_start, name); }
  if (!is_utf8(value)) { return fail(LineFault::kTagValueNotUtf8, value_start, name); }
  if (tags_.size() == kTagsPerTableMax) { return fail(LineFault::kTooManyTags, at); }
  tags_.push_back({name, value});
  return value_end;
}

bool LineDecoder::check_name(std::string_view kind, std::string_view name, const char* at) {
  if (name.size() > kNameBytesMax) { return fail_name(LineFault::kNameTooLong, at, kind, name) != nullptr; }
  if (!is_utf8(name)) { return fail_name(LineFault::kNameNotUtf8, at, kind, {}) != nullptr; }
  if (name.find('\0') != std::string_view::npos) { return fail_name(LineFault::kNameHasNul, at, kind, {}) != nullptr; }
  if (name == kTimeColumn && kind != "measurement") {
    return fail_name(LineFault::kReservedName, at, kind, name) != nullptr;
  }
  return true;
}

}  // namespace streamflow::ingest
