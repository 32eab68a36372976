// The values that dictionary columns point to, and numbers ("codes") for tag values.
// Invariants: equal tag values have equal codes for as long as the stream lasts, also across a dictionary's deltas and
//             replacements; 0 is a missing tag: NULL or "".
// Threads:    objects belong to one thread; the bytes of values outlive them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/protocols/arrow_batch.h"
#include "ingest/protocols/key_memo.h"

namespace streamflow::ingest::arrow {

class TagCodes {
 public:
  static constexpr std::uint32_t kMissing = 0;
  static constexpr std::uint32_t kNotUtf8 = 0xFFFFFFFEU, kTooLong = 0xFFFFFFFFU;  // values that no tag can have
  static constexpr std::uint32_t kFirstBad = kNotUtf8;

  TagCodes();
  std::uint32_t code_of(std::string_view value);
  std::string_view value(std::uint32_t code) const {
    return code == kMissing ? std::string_view() : values_.key(code - 1);
  }

 private:
  KeyMemo values_;
};

class Dictionary {
 public:
  explicit Dictionary(bool of_tags) : of_tags_(of_tags) {}
  // A delta keeps what is there and appends.
  void add(const Array& array, const ColumnType& type, bool is_delta);

  std::size_t size() const { return texts_.size(); }
  bool is_null(std::size_t i) const { return nulls_[i]; }
  std::string_view text(std::size_t i) const { return texts_[i]; }
  std::uint32_t code(std::size_t i) const { return codes_[i]; }  // only of tags
  const TagCodes& codes() const { return tag_codes_; }

 private:
  bool of_tags_;  // some column takes tags from it
  std::vector<std::string_view> texts_;
  std::vector<bool> nulls_;
  std::vector<std::uint32_t> codes_;
  TagCodes tag_codes_;
};

}  // namespace streamflow::ingest::arrow
