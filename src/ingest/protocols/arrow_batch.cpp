#include "ingest/protocols/arrow_batch.h"

#include <lz4frame.h>
#include <zstd.h>

#include <cstring>
#include <limits>
#include <memory>

namespace streamflow::ingest::arrow {
namespace {

// Ids and numbers of Message.fbs.
constexpr std::uint16_t kLength = 0, kNodes = 1, kBuffers = 2, kCompression = 3;
constexpr std::uint16_t kCodec = 0, kMethod = 1;
constexpr std::int8_t kLz4Frame = 0, kZstd = 1;
constexpr std::size_t kPairBytes = 16;  // of a FieldNode {length, null count} and a Buffer {offset, length}

template <class T>
T load(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidArgument, "Arrow record batch: " + what};
}

struct Lz4Free {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};

// Offsets never fall and end inside the values. `Offset`: std::int32_t or std::int64_t.
template <class Offset>
bool ordered(const Array& array) {
  auto before = load<Offset>(array.offsets, 0);
  bool falls = before < 0;
  for (std::size_t i = 1; i <= array.rows; ++i) {
    const auto offset = load<Offset>(array.offsets, i * sizeof(Offset));
    falls = falls || offset < before;
    before = offset;
  }
  return !falls && static_cast<std::uint64_t>(before) <= array.values.size();
}

std::size_t value_bytes(const ColumnType& type, std::size_t rows) {
  return type.kind == Kind::kBool ? (rows + 7) / 8 : rows * type.bytes;
}

}  // namespace

Result<std::string*> Decompressed::take(std::uint64_t bytes) {
  if (bytes > left_) {
    return Error{ErrorCode::kTooLarge, "the Arrow stream decompresses to more than " + std::to_string(bytes_max_) +
                                           " bytes; send fewer rows a request"};
  }
  left_ -= static_cast<std::size_t>(bytes);
  std::string& buffer = buffers_.emplace_back();
  buffer.resize(static_cast<std::size_t>(bytes));
  return &buffer;
}

Result<std::string_view> Decompressed::unpack_lz4(std::string_view bytes, std::uint64_t unpacked_bytes) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) {
    return Error{ErrorCode::kInternal, "lz4 cannot start"};
  }
  const std::unique_ptr<LZ4F_dctx, Lz4Free> context(raw);
  SF_TRY(out, take(unpacked_bytes));
  std::size_t written = 0, read = 0, hint = 1;
  while (hint != 0) {
    std::size_t room = out->size() - written, left = bytes.size() - read;
    hint = LZ4F_decompress(raw, out->data() + written, &room, bytes.data() + read, &left, nullptr);
    if (LZ4F_isError(hint) != 0) { return damaged(std::string("an lz4 buffer: ") + LZ4F_getErrorName(hint)); }
    written += room;
    read += left;
    if (hint != 0 && room == 0 && left == 0) { break; }  // cut off, or longer than it says
  }
  if (hint != 0 || written != out->size()) { return damaged("an lz4 buffer has another length than it says"); }
  return std::string_view(*out);
}

Result<std::string_view> Decompressed::unpack_zstd(std::string_view bytes, std::uint64_t unpacked_bytes) {
  SF_TRY(out, take(unpacked_bytes));
  const std::size_t written = ZSTD_decompress(out->data(), out->size(), bytes.data(), bytes.size());
  if (ZSTD_isError(written) != 0) { return damaged(std::string("a zstd buffer: ") + ZSTD_getErrorName(written)); }
  if (written != out->size()) { return damaged("a zstd buffer has another length than it says"); }
  return std::string_view(*out);
}

Result<Batch> Batch::open(const FlatTable& header, std::string_view body, Decompressed& decompressed) {
  Batch batch;
  const auto rows = header.scalar<std::int64_t>(kLength, 0);
  if (rows < 0 || rows > std::numeric_limits<std::uint32_t>::max()) {
    return damaged(std::to_string(rows) + " rows; send fewer rows a request");
  }
  batch.rows_ = static_cast<std::size_t>(rows);
  batch.nodes_ = header.vector(kNodes, kPairBytes).bytes();
  batch.buffers_ = header.vector(kBuffers, kPairBytes).bytes();
  batch.body_ = body;
  batch.decompressed_ = &decompressed;
  if (const FlatTable compression = header.table(kCompression); compression.present()) {
    batch.codec_ = compression.scalar<std::int8_t>(kCodec, kLz4Frame);
    if ((batch.codec_ != kLz4Frame && batch.codec_ != kZstd) || compression.scalar<std::int8_t>(kMethod, 0) != 0) {
      return damaged("compressed in an unknown way; LZ4_FRAME and ZSTD are taken");
    }
  }
  return batch;
}

Result<std::string_view> Batch::next_buffer() {
  if (buffer_ * kPairBytes >= buffers_.size()) { return damaged("it has fewer buffers than its columns need"); }
  const auto offset = load<std::uint64_t>(buffers_, buffer_ * kPairBytes);
  const auto length = load<std::uint64_t>(buffers_, buffer_ * kPairBytes + 8);
  const std::string which = "buffer " + std::to_string(buffer_++);
  if (offset > body_.size() || length > body_.size() - offset) { return damaged(which + " lies outside the body"); }
  std::string_view bytes = body_.substr(offset, length);
  if (codec_ < 0 || bytes.empty()) { return bytes; }
  if (bytes.size() < sizeof(std::int64_t)) { return damaged(which + " is cut off"); }
  const auto unpacked = load<std::int64_t>(bytes, 0);
  bytes.remove_prefix(sizeof(std::int64_t));
  if (unpacked == -1) { return bytes; }  // left as it was
  if (unpacked < 0) { return damaged(which + " says that it has a negative length"); }
  const auto unpacked_bytes = static_cast<std::uint64_t>(unpacked);
  return codec_ == kZstd ? decompressed_->unpack_zstd(bytes, unpacked_bytes)
                         : decompressed_->unpack_lz4(bytes, unpacked_bytes);
}

Result<Array> Batch::next(const ColumnType& type) {
  if (node_ * kPairBytes >= nodes_.size()) { return damaged("it has fewer columns than the schema"); }
  const auto length = load<std::int64_t>(nodes_, node_ * kPairBytes);
  const auto nulls = load<std::int64_t>(nodes_, node_ * kPairBytes + 8);
  const std::string which = "column " + std::to_string(node_++);
  if (length < 0 || static_cast<std::uint64_t>(length) != rows_) {
    return damaged(which + " has another length than the batch");
  }
  Array array;
  array.rows = rows_;
  if (type.kind == Kind::kNull) { return array; }  // has no buffers
  SF_TRY(validity, next_buffer());
  if (nulls != 0) {
    if (validity.size() < (rows_ + 7) / 8) { return damaged(which + " has NULLs, but its validity is cut off"); }
    array.validity = validity.substr(0, (rows_ + 7) / 8);
  }
  if (type.kind == Kind::kText) {
    SF_TRY(offsets, next_buffer());
    array.offsets = offsets;
  }
  SF_TRY(values, next_buffer());
  array.values = values;
  if (type.kind != Kind::kText) {
    if (values.size() < value_bytes(type, rows_)) { return damaged(which + " has fewer values than rows"); }
    return array;
  }
  if (rows_ == 0) { return array; }  // without rows, offsets may be missing
  const bool enough = array.offsets.size() / type.bytes >= rows_ + 1;
  if (!enough || !(type.bytes == 4 ? ordered<std::int32_t>(array) : ordered<std::int64_t>(array))) {
    return damaged(which + " has text offsets that fall, or end outside its text");
  }
  return array;
}

Status Batch::finish() const {
  if (node_ * kPairBytes != nodes_.size()) { return damaged("it has more columns than the schema"); }
  return Ok{};
}

std::string_view text_at(const Array& array, const ColumnType& type, std::size_t row) {
  const auto cut = [&]<class Offset>(Offset) {
    const auto begin = load<Offset>(array.offsets, row * sizeof(Offset));
    const auto end = load<Offset>(array.offsets, (row + 1) * sizeof(Offset));
    return array.values.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  };
  return type.bytes == 4 ? cut(std::int32_t{}) : cut(std::int64_t{});
}

}  // namespace streamflow::ingest::arrow
