#include "query/results/arrow_flatbuffer.h"

#include <bit>
#include <cassert>
#include <cstring>

namespace streamflow::query {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in memory");

FlatbufferWriter::FlatbufferWriter() {
  put(0, 4);
}

FlatbufferWriter::Position FlatbufferWriter::table(std::initializer_list<Field> fields) {
  const std::size_t slot_count = fields.size() == 0 ? 0 : std::size_t{(fields.end() - 1)->id} + 1;
  pad_to(2);
  const Position vtable = bytes_.size();
  bytes_.append(4 + 2 * slot_count, '\0');
  pad_to(8, 4);  // the offset to the vtable takes 4 bytes, then 8-byte fields are aligned
  const Position start = bytes_.size();
  put(start - vtable, 4);
  const auto set_vtable = [&](std::size_t at, std::size_t value) {
    const auto number = static_cast<std::uint16_t>(value);
    std::memcpy(bytes_.data() + vtable + at, &number, sizeof number);
  };
  for (const Field& field : fields) {
    pad_to(field.bytes);
    set_vtable(4 + 2 * std::size_t{field.id}, bytes_.size() - start);
    put(field.value, field.bytes);
  }
  set_vtable(0, 4 + 2 * slot_count);
  set_vtable(2, bytes_.size() - start);
  if (!has_root_) set_offset(0, start);
  has_root_ = true;
  return start;
}

void FlatbufferWriter::set_reference(Position table, std::uint16_t field_id, Position target) {
  std::int32_t back = 0;
  std::memcpy(&back, bytes_.data() + table, sizeof back);
  std::uint16_t slot = 0;
  std::memcpy(&slot, bytes_.data() + table - static_cast<std::size_t>(back) + 4 + 2 * std::size_t{field_id},
              sizeof slot);
  assert(slot != 0);
  set_offset(table + slot, target);
}

FlatbufferWriter::Position FlatbufferWriter::string(std::string_view text) {
  pad_to(4);
  const Position start = bytes_.size();
  put(text.size(), 4);
  bytes_ += text;
  bytes_ += '\0';
  return start;
}

FlatbufferWriter::Position FlatbufferWriter::vector_of_references(std::size_t count) {
  pad_to(4);
  const Position start = bytes_.size();
  put(count, 4);
  bytes_.append(4 * count, '\0');
  return start;
}

void FlatbufferWriter::set_element(Position vector, std::size_t index, Position target) {
  set_offset(vector + 4 + 4 * index, target);
}

FlatbufferWriter::Position FlatbufferWriter::vector_of_structs(std::span<const std::int64_t> members,
                                                               std::size_t members_per_struct) {
  pad_to(8, 4);
  const Position start = bytes_.size();
  put(members.size() / members_per_struct, 4);
  bytes_.append(reinterpret_cast<const char*>(members.data()), members.size_bytes());
  return start;
}

std::string_view FlatbufferWriter::bytes() {
  pad_to(8);
  return bytes_;
}

void FlatbufferWriter::pad_to(std::size_t alignment, std::size_t offset) {
  while (bytes_.size() % alignment != offset) bytes_ += '\0';
}

void FlatbufferWriter::put(std::uint64_t value, std::size_t byte_count) {
  bytes_.append(reinterpret_cast<const char*>(&value), byte_count);
}

void FlatbufferWriter::set_offset(Position at, Position target) {
  assert(target > at);
  const auto distance = static_cast<std::uint32_t>(target - at);
  std::memcpy(bytes_.data() + at, &distance, sizeof distance);
}

}  // namespace streamflow::query
