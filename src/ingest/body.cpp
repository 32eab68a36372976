#include "ingest/body.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

namespace streamflow::ingest {
namespace {

constexpr std::size_t kStepBytes = std::size_t{256} << 10U;
constexpr std::size_t kInflateBytesMax = 0xFFFFFFFFU;  // zlib counts its input in 32 bits
// RFC 9659: a zstd Content-Encoding must not need a window of more than 8 MB.
constexpr int kZstdWindowLogMax = 23;

Error too_large(std::string_view what, std::size_t bytes_max) {
  return {ErrorCode::kTooLarge,
          "the " + std::string(what) + " body exceeds " + std::to_string(bytes_max) + " bytes: send it in parts"};
}

Error damaged(std::string_view encoding, std::size_t at, std::string_view why) {
  return {ErrorCode::kInvalidArgument,
          "the " + std::string(encoding) + " body is damaged at byte " + std::to_string(at) + ": " + std::string(why)};
}

// Output that grows by steps up to its limit plus one byte, so that "exactly the limit" and "more" differ.
class BoundedOutput {
 public:
  explicit BoundedOutput(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Room for the next bytes; none when the limit is passed.
  char* grow(std::size_t& room) {
    const std::size_t step = std::max(kStepBytes, used_ / 2);
    bytes_.resize(std::min(used_ + step, bytes_max_ + 1));
    room = bytes_.size() - used_;
    return bytes_.data() + used_;
  }
  bool add(std::size_t bytes) {
    used_ += bytes;
    return used_ <= bytes_max_;
  }
  std::string take() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  std::size_t used_ = 0, bytes_max_;
};

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

// `window_bits` as zlib takes it: 15 zlib frame, -15 none, 31 gzip.
Result<std::string> inflate_body(std::string_view body, int window_bits, std::string_view name, std::size_t bytes_max) {
  if (body.size() > kInflateBytesMax) { return too_large(name, kInflateBytesMax); }
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) { return Error{ErrorCode::kInternal, "zlib cannot start"}; }
  const std::unique_ptr<z_stream, InflateEnd> owner(&stream);
  // zlib's interface predates const; it does not write to its input.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  BoundedOutput output(bytes_max);
  for (;;) {
    std::size_t room = 0;
    stream.next_out = reinterpret_cast<Bytef*>(output.grow(room));
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(room, 1U << 30U));
    const std::size_t offered = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (!output.add(offered - stream.avail_out)) { return too_large("decompressed", bytes_max); }
    const std::size_t at = body.size() - stream.avail_in;
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) { return output.take(); }
      if (window_bits != 31) { return damaged(name, at, "bytes follow its end"); }
      if (inflateReset(&stream) != Z_OK) { return Error{ErrorCode::kInternal, "zlib cannot start again"}; }
    } else if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0)) {
      return damaged(name, at, "it ends too early");
    } else if (status != Z_OK) {
      return damaged(name, at, stream.msg != nullptr ? stream.msg : "not in this format");
    }
  }
}

// RFC 9110 means zlib's frame by "deflate", but some senders leave it out. The frame's first two bytes tell: method 8,
// and a multiple of 31.
bool has_zlib_frame(std::string_view body) {
  if (body.size() < 2) { return true; }
  const unsigned first = static_cast<unsigned char>(body[0]);
  const unsigned second = static_cast<unsigned char>(body[1]);
  return (first & 0x0FU) == 8 && (first * 256 + second) % 31 == 0;
}

struct ZstdFree {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

Result<std::string> unzstd_body(std::string_view body, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DStream, ZstdFree> stream(ZSTD_createDStream());
  if (stream == nullptr) { return Error{ErrorCode::kInternal, "zstd cannot start"}; }
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  ZSTD_inBuffer input{body.data(), body.size(), 0};
  BoundedOutput output(bytes_max);
  std::size_t needed = 1;  // 0 once a frame is complete
  for (;;) {
    std::size_t room = 0;
    char* const to = output.grow(room);
    ZSTD_outBuffer chunk{to, room, 0};
    const std::size_t from = input.pos;
    needed = ZSTD_decompressStream(stream.get(), &chunk, &input);
    if (ZSTD_isError(needed) != 0) { return damaged("zstd", input.pos, ZSTD_getErrorName(needed)); }
    if (!output.add(chunk.pos)) { return too_large("decompressed", bytes_max); }
    if (needed == 0 && input.pos == input.size) { return output.take(); }
    if (input.pos == input.size && input.pos == from && chunk.pos < room) {
      return damaged("zstd", input.pos, "it ends too early");
    }
  }
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') { c = static_cast<char>(c + ('a' - 'A')); }
  }
  return lower;
}

}  // namespace

Result<ContentEncoding> content_encoding_from(std::string_view header) {
  while (!header.empty() && (header.front() == ' ' || header.front() == '\t')) { header.remove_prefix(1); }
  while (!header.empty() && (header.back() == ' ' || header.back() == '\t')) { header.remove_suffix(1); }
  const std::string name = lowered(header);
  if (name.empty() || name == "identity") { return ContentEncoding::kIdentity; }
  if (name == "gzip" || name == "x-gzip") { return ContentEncoding::kGzip; }
  if (name == "deflate") { return ContentEncoding::kDeflate; }
  if (name == "zstd") { return ContentEncoding::kZstd; }
  return Error{ErrorCode::kUnsupported,
               "Content-Encoding is \"" + name.substr(0, 64) + "\": gzip, deflate, zstd and identity are known"};
}

Result<std::string> decode_body(std::string_view body, ContentEncoding encoding, const BodyLimits& limits) {
  if (body.size() > limits.input_bytes_max) {
    return too_large(encoding == ContentEncoding::kIdentity ? "request" : "compressed", limits.input_bytes_max);
  }
  switch (encoding) {
    case ContentEncoding::kIdentity:
      if (body.size() > limits.output_bytes_max) { return too_large("request", limits.output_bytes_max); }
      return std::string(body);
    case ContentEncoding::kGzip: return inflate_body(body, 31, "gzip", limits.output_bytes_max);
    case ContentEncoding::kDeflate:
      return inflate_body(body, has_zlib_frame(body) ? 15 : -15, "deflate", limits.output_bytes_max);
    case ContentEncoding::kZstd: return unzstd_body(body, limits.output_bytes_max);
  }
  return Error{ErrorCode::kInternal, "an encoding nobody handles"};
}

}  // namespace streamflow::ingest
