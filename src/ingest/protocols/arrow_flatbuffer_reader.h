// Reads FlatBuffers from strangers: as much of the format as Arrow's metadata needs, every offset checked.
// Format:     FlatBuffers internals (flatbuffers.dev/internals): little-endian; a table starts with the signed offset
//             back to its vtable, which holds the place of each field in the table, 0 for an absent one.
// Invariants: nothing outside the buffer is read. Tables are opened one by one, as the caller asks; nothing recurses.
// Threads:    a buffer and its tables belong to one thread; the buffer outlives its tables and does not move.
// Errors:     sticky: after the first broken offset every access answers "absent" and failed() says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace streamflow::ingest::arrow {

class FlatTable;

class FlatBuffer {
 public:
  FlatBuffer() = default;
  explicit FlatBuffer(std::string_view bytes) : bytes_(bytes) {}

  FlatTable root();
  bool failed() const { return failed_; }

 private:
  friend class FlatTable;
  friend class FlatVector;
  bool holds(std::size_t at, std::size_t count) const { return at <= bytes_.size() && count <= bytes_.size() - at; }
  template <class T>
  T load(std::size_t at) {
    T value{};
    if (failed_ || !holds(at, sizeof(T))) {
      failed_ = true;
    } else {
      std::memcpy(&value, bytes_.data() + at, sizeof(T));
    }
    return value;
  }
  // Where the reference stored at `at` points to; 0 and failed() when that is nowhere.
  std::size_t follow(std::size_t at);
  FlatTable open(std::size_t at);

  std::string_view bytes_;
  bool failed_ = false;
};

// A vector's elements: structs and scalars as bytes, tables by table().
class FlatVector {
 public:
  FlatVector() = default;
  std::size_t size() const { return count_; }
  std::string_view bytes() const { return bytes_; }
  FlatTable table(std::size_t i) const;  // i < size(), of a vector of references

 private:
  friend class FlatTable;
  FlatBuffer* buffer_ = nullptr;
  std::size_t at_ = 0, count_ = 0;
  std::string_view bytes_;
};

class FlatTable {
 public:
  FlatTable() = default;
  bool present() const { return buffer_ != nullptr; }

  template <class T>
  T scalar(std::uint16_t id, T absent) const {
    const std::size_t at = place(id, sizeof(T));
    return at == 0 ? absent : buffer_->load<T>(at);
  }
  FlatTable table(std::uint16_t id) const;
  std::string_view string(std::uint16_t id) const;
  FlatVector vector(std::uint16_t id, std::size_t element_bytes) const;

 private:
  friend class FlatBuffer;
  // Where the field lies in the buffer; 0 when it is absent.
  std::size_t place(std::uint16_t id, std::size_t field_bytes) const;

  FlatBuffer* buffer_ = nullptr;
  std::size_t at_ = 0, bytes_ = 0, vtable_ = 0, vtable_bytes_ = 0;
};

inline constexpr std::size_t kReferenceBytes = 4;  // of an element of a vector of tables

}  // namespace streamflow::ingest::arrow
