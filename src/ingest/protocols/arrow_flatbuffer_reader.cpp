#include "ingest/protocols/arrow_flatbuffer_reader.h"

namespace streamflow::ingest::arrow {

std::size_t FlatBuffer::follow(std::size_t at) {
  const auto offset = load<std::uint32_t>(at);
  if (failed_ || offset < sizeof(std::uint32_t) || !holds(at + offset, sizeof(std::uint32_t))) {
    failed_ = true;
    return 0;
  }
  return at + offset;
}

FlatTable FlatBuffer::open(std::size_t at) {
  const auto back = std::int64_t{load<std::int32_t>(at)};
  const std::int64_t vtable = static_cast<std::int64_t>(at) - back;
  if (failed_ || vtable < 0) {
    failed_ = true;
    return {};
  }
  FlatTable table;
  table.at_ = at;
  table.vtable_ = static_cast<std::size_t>(vtable);
  table.vtable_bytes_ = load<std::uint16_t>(table.vtable_);
  table.bytes_ = load<std::uint16_t>(table.vtable_ + 2);
  if (failed_ || table.vtable_bytes_ < 4 || !holds(table.vtable_, table.vtable_bytes_) || !holds(at, table.bytes_)) {
    failed_ = true;
    return {};
  }
  table.buffer_ = this;
  return table;
}

FlatTable FlatBuffer::root() {
  const std::size_t at = follow(0);
  return at == 0 ? FlatTable{} : open(at);
}

std::size_t FlatTable::place(std::uint16_t id, std::size_t field_bytes) const {
  const std::size_t entry = 4 + std::size_t{id} * 2;
  if (buffer_ == nullptr || entry + 2 > vtable_bytes_) { return 0; }
  const std::size_t offset = buffer_->load<std::uint16_t>(vtable_ + entry);
  if (offset == 0 || buffer_->failed()) { return 0; }
  if (offset < sizeof(std::int32_t) || offset + field_bytes > bytes_) {
    buffer_->failed_ = true;
    return 0;
  }
  return at_ + offset;
}

FlatTable FlatTable::table(std::uint16_t id) const {
  const std::size_t at = place(id, kReferenceBytes);
  const std::size_t target = at == 0 ? 0 : buffer_->follow(at);
  return target == 0 ? FlatTable{} : buffer_->open(target);
}

std::string_view FlatTable::string(std::uint16_t id) const {
  return vector(id, 1).bytes();
}

FlatVector FlatTable::vector(std::uint16_t id, std::size_t element_bytes) const {
  const std::size_t at = place(id, kReferenceBytes);
  const std::size_t target = at == 0 ? 0 : buffer_->follow(at);
  if (target == 0) { return {}; }
  FlatVector vector;
  vector.buffer_ = buffer_;
  vector.count_ = buffer_->load<std::uint32_t>(target);
  vector.at_ = target + sizeof(std::uint32_t);
  const std::size_t bytes = vector.count_ * element_bytes;  // below 2^32 * 16: no overflow
  if (!buffer_->holds(vector.at_, bytes)) {
    buffer_->failed_ = true;
    return {};
  }
  vector.bytes_ = buffer_->bytes_.substr(vector.at_, bytes);
  return vector;
}

FlatTable FlatVector::table(std::size_t i) const {
  const std::size_t target = buffer_->follow(at_ + i * kReferenceBytes);
  return target == 0 ? FlatTable{} : buffer_->open(target);
}

}  // namespace streamflow::ingest::arrow
