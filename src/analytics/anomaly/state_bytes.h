// Detector state as bytes: one `visit` function per class names its fields, and serves writing and reading alike.
// Format:     the detector's name and options text with its length, then fields in order: integers and doubles as 8
//             little-endian bytes, vectors with their length first, and the FNV-1a hash of all that.
// Invariants: reading never goes beyond the input nor allocates more than it holds.
// Threads:    an object belongs to one thread.
// Errors:     finished() is false when bytes are missing, left over, or of another kind.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/result.h"

namespace streamflow::analytics {

static_assert(std::endian::native == std::endian::little);

inline std::uint64_t state_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return hash;
}

class StateWriter {
 public:
  explicit StateWriter(std::string_view kind) {
    const std::uint64_t length = kind.size();
    put(&length, sizeof(length));
    put(kind.data(), kind.size());
  }
  template <class... Fields>
  void operator()(const Fields&... fields) {
    (field(fields), ...);
  }
  std::string take() {
    const std::uint64_t hash = state_hash(bytes_);
    put(&hash, sizeof(hash));
    return std::move(bytes_);
  }

 private:
  void put(const void* data, std::size_t size) { bytes_.append(static_cast<const char*>(data), size); }
  void field(double value) { put(&value, sizeof(value)); }
  template <std::integral Integer>
  void field(Integer value) {
    const auto wide = static_cast<std::int64_t>(value);
    put(&wide, sizeof(wide));
  }
  template <class Element>
  void field(const std::vector<Element>& values) {
    field(values.size());
    for (const Element& value : values) field(value);
  }
  template <class Object>
  requires std::is_class_v<Object>
  void field(const Object& object) {
    const_cast<Object&>(object).visit(*this);  // one visit for both directions; writing changes nothing
  }
  std::string bytes_;
};

class StateReader {
 public:
  StateReader(std::string_view bytes, std::string_view kind) : bytes_(bytes) {
    std::uint64_t hash = 0;
    std::uint64_t length = 0;
    if (bytes_.size() < sizeof(hash)) {
      valid_ = false;
      return;
    }
    std::memcpy(&hash, bytes_.data() + bytes_.size() - sizeof(hash), sizeof(hash));
    bytes_.remove_suffix(sizeof(hash));
    valid_ = hash == state_hash(bytes_) && get(&length, sizeof(length)) && length == kind.size() &&
             bytes_.substr(0, length) == kind;
    if (valid_) bytes_.remove_prefix(length);
  }
  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }
  Status finished() const {
    if (valid_ && bytes_.empty()) return Ok{};
    return Error{ErrorCode::kCorrupt,
                 "detector state: the bytes are cut short, too long, or saved by another detector "
                 "or with other options; start it anew on history"};
  }

 private:
  bool get(void* data, std::size_t size) {
    if (bytes_.size() < size) return valid_ = false;
    std::memcpy(data, bytes_.data(), size);
    bytes_.remove_prefix(size);
    return true;
  }
  void field(double& value) { get(&value, sizeof(value)); }
  template <std::integral Integer>
  void field(Integer& value) {
    std::int64_t wide = 0;
    if (get(&wide, sizeof(wide))) value = static_cast<Integer>(wide);
  }
  template <class Element>
  void field(std::vector<Element>& values) {
    std::uint64_t count = 0;
    field(count);
    if (!valid_ || count > bytes_.size() / 8) {  // no element is smaller
      valid_ = false;
      return;
    }
    values.assign(count, Element{});
    for (Element& value : values) field(value);
  }
  template <class Object>
  requires std::is_class_v<Object>
  void field(Object& object) { object.visit(*this); }
  std::string_view bytes_;
  bool valid_ = true;
};

}  // namespace streamflow::analytics
