#include "encoding/string_codec.h"

#include <lz4.h>

#include <algorithm>
#include <unordered_map>

namespace streamflow::encoding {
namespace {

constexpr std::size_t kCompressFrom = 64;  // bytes of text; below it LZ4 never pays
constexpr std::byte kTextPlain{0};
constexpr std::byte kTextLz4{1};

std::string join(std::span<const std::string_view> values) {
  std::string text;
  std::size_t bytes = 0;
  for (const std::string_view value : values) { bytes += value.size(); }
  text.reserve(bytes);
  for (const std::string_view value : values) { text.append(value); }
  return text;
}

// LZ4 of `text`, or nothing when it saves less than a sixteenth.
Bytes compress(const std::string& text) {
  if (text.size() < kCompressFrom) { return {}; }
  Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(text.size()))));
  const int size = LZ4_compress_default(text.data(), reinterpret_cast<char*>(packed.data()),
                                        static_cast<int>(text.size()), static_cast<int>(packed.size()));
  if (size <= 0 || static_cast<std::size_t>(size) > text.size() - text.size() / 16) { return {}; }
  packed.resize(static_cast<std::size_t>(size));
  return packed;
}

Status decompress(ByteSpan packed, bool lz4, std::size_t bytes, std::string& text) {
  if (!lz4) {
    if (packed.size() != bytes) { return corrupt_block("text and lengths differ"); }
    text.assign(reinterpret_cast<const char*>(packed.data()), packed.size());
    return Ok{};
  }
  text.resize(bytes);
  const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), text.data(),
                                       static_cast<int>(packed.size()), static_cast<int>(bytes));
  return size >= 0 && static_cast<std::size_t>(size) == bytes ? Status(Ok{}) : corrupt_block("LZ4 text is damaged");
}

Result<std::size_t> sum_lengths(std::span<const std::uint64_t> lengths) {
  std::size_t bytes = 0;
  for (const std::uint64_t length : lengths) {
    if (length > kStringBlockBytes - bytes) { return corrupt_block("more text than a block may hold"); }
    bytes += static_cast<std::size_t>(length);
  }
  return bytes;
}

void cut_views(std::span<const std::uint64_t> lengths, std::string_view text, std::span<std::string_view> views) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    views[i] = text.substr(at, static_cast<std::size_t>(lengths[i]));
    at += static_cast<std::size_t>(lengths[i]);
  }
}

Status decode_dictionary(ByteReader& in, std::span<std::string_view> views, std::string& text) {
  const std::uint64_t entry_count = in.varint();
  if (!in.ok() || entry_count == 0 || entry_count > views.size()) {
    return corrupt_block("an impossible dictionary size");
  }
  std::vector<std::uint64_t> lengths(static_cast<std::size_t>(entry_count));
  SF_CHECK(decode_integers(in, {}, lengths));
  SF_TRY(bytes, sum_lengths(lengths));
  const auto compression = in.fixed<std::byte>();
  const ByteSpan stored = in.take(in.varint());
  if (!in.ok() || (compression != kTextPlain && compression != kTextLz4)) {
    return corrupt_block("the dictionary's text ends early or has an unknown compression");
  }
  SF_CHECK(decompress(stored, compression == kTextLz4, bytes, text));
  std::vector<std::string_view> entries(lengths.size());
  cut_views(lengths, text, entries);
  std::vector<std::uint64_t> codes(views.size());
  SF_CHECK(decode_integers(in, {}, codes));
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (codes[i] >= entries.size()) { return corrupt_block("a code lies outside the dictionary"); }
    views[i] = entries[static_cast<std::size_t>(codes[i])];
  }
  return Ok{};
}

}  // namespace

void StringEncoder::append_lengths(std::span<const std::string_view> values, Bytes& out) {
  numbers_.clear();
  for (const std::string_view value : values) { numbers_.push_back(value.size()); }
  integers_.encode(numbers_, {}, out);
}

bool StringEncoder::encode_dictionary(std::span<const std::string_view> values, Mask mask, ByteSpan prefix,
                                      Bytes& out) {
  std::unordered_map<std::string_view, std::uint32_t> codes;
  for (const std::string_view value : values) {
    codes.try_emplace(value, 0);
    if (codes.size() * 2 > values.size() + 1) { return false; }
  }
  std::vector<std::string_view> entries;
  entries.reserve(codes.size());
  for (const auto& [text, code] : codes) { entries.push_back(text); }
  std::sort(entries.begin(), entries.end());
  for (std::size_t i = 0; i < entries.size(); ++i) { codes[entries[i]] = static_cast<std::uint32_t>(i); }
  append_fixed(out, to_bits({.map = Map::kDictionary, .mask = mask}));
  append_bytes(out, prefix);
  append_varint(out, entries.size());
  append_lengths(entries, out);
  const std::string text = join(entries);
  const Bytes packed = compress(text);
  out.push_back(packed.empty() ? kTextPlain : kTextLz4);
  const ByteSpan stored = packed.empty() ? std::as_bytes(std::span(text)) : ByteSpan(packed);
  append_varint(out, stored.size());
  append_bytes(out, stored);
  numbers_.clear();
  for (const std::string_view value : values) { numbers_.push_back(codes.find(value)->second); }
  integers_.encode(numbers_, {}, out);
  return true;
}

void StringEncoder::encode_plain(std::span<const std::string_view> values, Mask mask, ByteSpan prefix, Bytes& out) {
  const std::string text = join(values);
  const Bytes packed = compress(text);
  append_fixed(out, to_bits({.map = packed.empty() ? Map::kPlain : Map::kPlainLz4, .mask = mask}));
  append_bytes(out, prefix);
  append_lengths(values, out);
  append_bytes(out, packed.empty() ? std::as_bytes(std::span(text)) : ByteSpan(packed));
}

void StringEncoder::encode(std::span<const std::string_view> values, Mask mask, ByteSpan prefix, Bytes& out) {
  const std::size_t begin = out.size();
  if (!encode_dictionary(values, mask, prefix, out)) {
    encode_plain(values, mask, prefix, out);
    return;
  }
  std::size_t bytes = 0;
  for (const std::string_view value : values) { bytes += value.size(); }
  if (const std::size_t size = out.size() - begin; size > bytes / 4) {
    Bytes other;
    encode_plain(values, mask, prefix, other);
    if (other.size() < size) {
      out.resize(begin);
      append_bytes(out, other);
    }
  }
}

Status decode_strings_after(Descriptor descriptor, ByteReader& in, std::span<std::string_view> views,
                            std::string& text) {
  text.clear();
  if (descriptor.predictor != Predictor::kNone || descriptor.packer != Packer::kRaw) { return unsupported(descriptor); }
  if (descriptor.map == Map::kDictionary) { return decode_dictionary(in, views, text); }
  if (descriptor.map != Map::kPlain && descriptor.map != Map::kPlainLz4) { return unsupported(descriptor); }
  std::vector<std::uint64_t> lengths(views.size());
  SF_CHECK(decode_integers(in, {}, lengths));
  SF_TRY(bytes, sum_lengths(lengths));
  SF_CHECK(decompress(in.take_rest(), descriptor.map == Map::kPlainLz4, bytes, text));
  cut_views(lengths, text, views);
  return Ok{};
}

}  // namespace streamflow::encoding
