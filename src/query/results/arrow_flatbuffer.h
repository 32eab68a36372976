// Writes one FlatBuffers message front to back: as much of the format as Arrow's metadata needs.
// Format:     FlatBuffers internals (flatbuffers.dev/internals): little-endian; a table starts with the signed offset
//             back to its vtable; references are unsigned offsets forward. So a parent is written first and its
//             references are set when the child has a position.
// Invariants: every scalar lies at a multiple of its size, counted from the buffer's start, which lies at a multiple of
//             8; bytes() is a whole number of 8 bytes.
// Threads:    values.
// Errors:     none: what is written comes from this folder; misuse asserts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace streamflow::query {

class FlatbufferWriter {
 public:
  using Position = std::size_t;  // from the buffer's start

  struct Field {
    std::uint16_t id;     // as the schema numbers it
    std::uint8_t bytes;   // 1, 2, 4 or 8
    std::uint64_t value;  // 0 for a reference, which set_reference() fills
  };
  static Field reference(std::uint16_t id) { return {id, 4, 0}; }

  FlatbufferWriter();

  // The first table is the root. Fields in ascending order of id; absent ones keep the schema's default.
  Position table(std::initializer_list<Field> fields);
  void set_reference(Position table, std::uint16_t field_id, Position target);

  Position string(std::string_view text);
  Position vector_of_references(std::size_t count);
  void set_element(Position vector, std::size_t index, Position target);
  // A vector of structs that consist of int64 members, such as Buffer and FieldNode.
  Position vector_of_structs(std::span<const std::int64_t> members, std::size_t members_per_struct);

  std::string_view bytes();  // pads, so that it ends at a multiple of 8

 private:
  void pad_to(std::size_t alignment, std::size_t offset = 0);  // until size % alignment == offset
  void put(std::uint64_t value, std::size_t byte_count);
  void set_offset(Position at, Position target);

  std::string bytes_;
  bool has_root_ = false;
};

}  // namespace streamflow::query
