#include "storage/memtable/tag_values.h"

#include <bit>
#include <utility>

namespace streamflow::storage {

TagValues::TagValues(std::string id_prefix) : id_prefix_(std::move(id_prefix)) {
  code_of("");
}

TagValues::~TagValues() {
  for (std::atomic<std::string*>& chunk : chunks_) { delete[] chunk.load(); }
}

std::pair<std::size_t, std::size_t> TagValues::place(std::uint32_t code) {
  const std::size_t shifted = std::size_t{code} / kFirstChunk + 1;
  const std::size_t chunk = static_cast<std::size_t>(std::bit_width(shifted)) - 1;
  return {chunk, code - kFirstChunk * ((std::size_t{1} << chunk) - 1)};
}

std::string* TagValues::slot(std::uint32_t code) const {
  const auto [chunk, offset] = place(code);
  return chunks_[chunk].load(std::memory_order_acquire) + offset;
}

std::optional<std::uint32_t> TagValues::look_up(std::string_view value, std::uint32_t hash) const {
  return codes_.find(value, hash, [this](std::uint32_t code) { return std::string_view(*slot(code)); });
}

std::uint32_t TagValues::code_of(std::string_view value) {
  const std::uint32_t hash = TextCodes::hash_of(value);
  const std::lock_guard lock(mutex_);
  if (const auto found = look_up(value, hash)) { return *found; }
  const std::uint32_t code = size_.load(std::memory_order_relaxed);
  const auto [chunk, offset] = place(code);
  if (offset == 0) { chunks_[chunk].store(new std::string[kFirstChunk << chunk], std::memory_order_release); }
  *slot(code) = value;
  codes_.add(hash, code);
  size_.store(code + 1, std::memory_order_release);
  return code;
}

std::optional<std::uint32_t> TagValues::find(std::string_view value) const {
  const std::lock_guard lock(mutex_);
  return look_up(value, TextCodes::hash_of(value));
}

std::shared_ptr<const TagDictionary> TagValues::dictionary() const {
  const std::lock_guard lock(mutex_);
  const std::uint32_t count = size_.load(std::memory_order_relaxed);
  if (dictionary_ == nullptr || dictionary_->values.size() != count) {
    auto fresh = std::make_shared<TagDictionary>();
    fresh->id = id_prefix_ + "#" + std::to_string(count);
    fresh->values.reserve(count);
    for (std::uint32_t code = 0; code < count; ++code) { fresh->values.push_back(*slot(code)); }
    dictionary_ = std::move(fresh);
  }
  return dictionary_;
}

}  // namespace streamflow::storage
