#include "ingest/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>
#include <vector>

namespace streamflow::ingest {
namespace {

using testing::HasSubstr;

std::string deflated(std::string_view text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstded(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Encoded {
  const char* name;
  ContentEncoding encoding;
  std::string bytes;
};

std::vector<Encoded> encodings_of(std::string_view text) {
  return {{"identity", ContentEncoding::kIdentity, std::string(text)},
          {"gzip", ContentEncoding::kGzip, deflated(text, 31)},
          {"deflate", ContentEncoding::kDeflate, deflated(text, 15)},
          {"raw deflate", ContentEncoding::kDeflate, deflated(text, -15)},
          {"zstd", ContentEncoding::kZstd, zstded(text)}};
}

std::string lines(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) { text += "cpu,host=a usage=" + std::to_string(text.size() * 7919 % 1000) + "i\n"; }
  text.resize(bytes);
  return text;
}

TEST(DecodeBody, UndoesEveryEncoding) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{3'000'000}}) {
    const std::string text = lines(bytes);
    for (const Encoded& encoded : encodings_of(text)) {
      SCOPED_TRACE(encoded.name);
      const Result<std::string> body = decode_body(encoded.bytes, encoded.encoding, {});
      ASSERT_TRUE(body.has_value()) << body.error().message;
      EXPECT_TRUE(*body == text);
    }
  }
}

TEST(DecodeBody, ReadsSeveralMembersInARow) {
  EXPECT_EQ(
      decode_body(deflated("a\n", 31) + deflated("", 31) + deflated("b\n", 31), ContentEncoding::kGzip, {}).value(),
      "a\nb\n");
  EXPECT_EQ(decode_body(zstded("a\n") + zstded("b\n"), ContentEncoding::kZstd, {}).value(), "a\nb\n");
}

TEST(DecodeBody, HoldsTheOutputLimitToTheByte) {
  const std::string text = lines(700'000);
  for (const Encoded& encoded : encodings_of(text)) {
    SCOPED_TRACE(encoded.name);
    EXPECT_TRUE(decode_body(encoded.bytes, encoded.encoding, {1U << 20U, text.size()}).has_value());
    const Result<std::string> body = decode_body(encoded.bytes, encoded.encoding, {1U << 20U, text.size() - 1});
    ASSERT_FALSE(body.has_value());
    EXPECT_EQ(body.error().code, ErrorCode::kTooLarge);
    EXPECT_THAT(body.error().message, HasSubstr("exceeds 699999 bytes: send it in parts"));
  }
}

TEST(DecodeBody, HoldsTheInputLimit) {
  for (const Encoded& encoded : encodings_of(lines(1000))) {
    SCOPED_TRACE(encoded.name);
    const Result<std::string> body =
        decode_body(encoded.bytes, encoded.encoding, {encoded.bytes.size() - 1, 1U << 20U});
    ASSERT_FALSE(body.has_value());
    EXPECT_EQ(body.error().code, ErrorCode::kTooLarge);
    EXPECT_TRUE(decode_body(encoded.bytes, encoded.encoding, {encoded.bytes.size(), 1U << 20U}).has_value());
  }
}

TEST(DecodeBody, StopsBombs) {
  // A gigabyte of zeros in members of 16 MiB: 1 MB of gzip, 0.1 MB of zstd.
  const std::string zeros(std::size_t{16} << 20U, '\0');
  std::string gzip, zstd;
  for (int i = 0; i < 64; ++i) {
    gzip += i == 0 ? deflated(zeros, 31) : gzip.substr(0, gzip.size() / static_cast<std::size_t>(i));
    zstd += i == 0 ? zstded(zeros) : zstd.substr(0, zstd.size() / static_cast<std::size_t>(i));
  }
  EXPECT_LT(gzip.size(), std::size_t{2} << 20U);
  EXPECT_EQ(decode_body(gzip, ContentEncoding::kGzip, {}).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(decode_body(zstd, ContentEncoding::kZstd, {}).error().code, ErrorCode::kTooLarge);
}

TEST(DecodeBody, RefusesEveryTruncatedPrefix) {
  const std::string text = lines(500);
  for (const Encoded& encoded : encodings_of(text)) {
    if (encoded.encoding == ContentEncoding::kIdentity) { continue; }
    for (std::size_t bytes = 0; bytes < encoded.bytes.size(); ++bytes) {
      SCOPED_TRACE(encoded.name + std::string(", ") + std::to_string(bytes));
      const Result<std::string> body = decode_body(std::string(encoded.bytes, 0, bytes), encoded.encoding, {});
      ASSERT_FALSE(body.has_value());
      EXPECT_EQ(body.error().code, ErrorCode::kInvalidArgument);
    }
  }
}

TEST(DecodeBody, SurvivesFlippedBytes) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (const Encoded& encoded : encodings_of(lines(2000))) {
    for (int round = 0; round < 300; ++round) {
      std::string bytes = encoded.bytes;
      bytes[random() % bytes.size()] = static_cast<char>(random());
      const Result<std::string> body = decode_body(bytes, encoded.encoding, {1U << 20U, 100'000});
      if (body.has_value()) { EXPECT_LE(body->size(), 100'000U); }
    }
  }
}

TEST(DecodeBody, SaysWhatIsDamaged) {
  EXPECT_THAT(decode_body("not gzip at all", ContentEncoding::kGzip, {}).error().message,
              HasSubstr("the gzip body is damaged at byte"));
  EXPECT_THAT(decode_body("not zstd at all", ContentEncoding::kZstd, {}).error().message,
              HasSubstr("the zstd body is damaged at byte 0"));
  EXPECT_THAT(decode_body(deflated("a", 15) + "x", ContentEncoding::kDeflate, {}).error().message,
              HasSubstr("bytes follow its end"));
  EXPECT_FALSE(decode_body(deflated("a", 31) + "x", ContentEncoding::kGzip, {}).has_value());
}

TEST(DecodeBody, RefusesZstdWindowsBeyondItsMemory) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 24);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string out(1024, '\0');
  ZSTD_inBuffer input{"abc", 3, 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  EXPECT_EQ(ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush), 0U);  // so that the size stays unknown
  EXPECT_EQ(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(context);
  out.resize(output.pos);
  const Result<std::string> body = decode_body(out, ContentEncoding::kZstd, {});
  ASSERT_FALSE(body.has_value());
  EXPECT_EQ(body.error().code, ErrorCode::kInvalidArgument);
}

TEST(ContentEncodingFrom, KnowsTheNamesInAnyCase) {
  EXPECT_EQ(content_encoding_from("").value(), ContentEncoding::kIdentity);
  EXPECT_EQ(content_encoding_from("identity").value(), ContentEncoding::kIdentity);
  EXPECT_EQ(content_encoding_from(" GZip ").value(), ContentEncoding::kGzip);
  EXPECT_EQ(content_encoding_from("x-gzip").value(), ContentEncoding::kGzip);
  EXPECT_EQ(content_encoding_from("deflate").value(), ContentEncoding::kDeflate);
  EXPECT_EQ(content_encoding_from("zstd").value(), ContentEncoding::kZstd);
}

TEST(ContentEncodingFrom, RefusesOthersByName) {
  for (const char* const header : {"br", "gzip, gzip", "snappy"}) {
    const auto encoding = content_encoding_from(header);
    ASSERT_FALSE(encoding.has_value());
    EXPECT_EQ(encoding.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(encoding.error().message, HasSubstr(header));
  }
}

}  // namespace
}  // namespace streamflow::ingest
