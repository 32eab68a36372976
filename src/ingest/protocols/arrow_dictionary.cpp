#include "ingest/protocols/arrow_dictionary.h"

#include "ingest/protocols/arrow_series.h"
#include "ingest/protocols/line_text.h"
#include "model/schema.h"

namespace streamflow::ingest::arrow {

TagCodes::TagCodes() : values_(memo_seed()) {}

std::uint32_t TagCodes::code_of(std::string_view value) {
  if (value.empty()) { return kMissing; }
  if (value.size() > kTagValueBytesMax) { return kTooLong; }
  const std::uint64_t hash = values_.hash(value);
  std::uint32_t number = values_.find(value, hash);
  if (number == KeyMemo::kNone) {
    if (!is_utf8(value)) { return kNotUtf8; }
    number = values_.insert(value, hash);
  }
  return number + 1;
}

void Dictionary::add(const Array& array, const ColumnType& type, bool is_delta) {
  if (!is_delta) {
    texts_.clear();
    nulls_.clear();
    codes_.clear();
  }
  texts_.reserve(texts_.size() + array.rows);
  for (std::size_t i = 0; i < array.rows; ++i) {
    const bool valid = array.valid(i);
    const std::string_view text = valid ? text_at(array, type, i) : std::string_view();
    texts_.push_back(text);
    nulls_.push_back(!valid);
    if (of_tags_) { codes_.push_back(tag_codes_.code_of(text)); }
  }
}

}  // namespace streamflow::ingest::arrow
