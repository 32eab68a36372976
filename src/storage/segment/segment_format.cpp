#include "storage/segment/segment_format.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "encoding/crc32c.h"

namespace streamflow::storage {
namespace {

using encoding::ByteReader;
using encoding::Bytes;
using encoding::ByteSpan;

constexpr std::uint8_t kCriticalBit = 1;

Error corrupt(const std::string& what) {
  return {ErrorCode::kCorrupt, what};
}

Error newer(std::uint32_t version) {
  return {ErrorCode::kUnsupported, "segment format version " + std::to_string(version) +
                                       ", this program reads version " + std::to_string(kSegmentVersion) +
                                       ": use a newer StreamFlow"};
}

bool is_known(std::uint64_t kind) {
  return kind == static_cast<std::uint64_t>(SectionKind::kTable) ||
         kind == static_cast<std::uint64_t>(SectionKind::kColumns) ||
         kind == static_cast<std::uint64_t>(SectionKind::kSharedTimes);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') { return c - '0'; }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_hex(std::string_view text, std::span<std::uint8_t, 16> out) {
  if (text.size() != 32) { return false; }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) { return false; }
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

Result<Bytes> encode_segment_header(const SegmentHeader& header) {
  SegmentHeaderV1 fixed{};
  fixed.magic = kSegmentMagic;
  fixed.version = kSegmentVersion;
  if (!parse_hex(header.database_id, fixed.database_id)) {
    return Error{ErrorCode::kInvalidArgument,
                 "a database id has 32 lower-case hex digits, got \"" + header.database_id + "\""};
  }
  if (header.project.organization.size() > kNameBytesMax || header.project.project.size() > kNameBytesMax) {
    return Error{ErrorCode::kTooLarge, "organization and project names have at most 255 bytes"};
  }
  fixed.shard = header.shard.value;
  fixed.generation = header.generation;
  fixed.sequence_min = header.sequence_min.value;
  fixed.sequence_max = header.sequence_max.value;
  Bytes bytes(sizeof fixed);
  encoding::append_text(bytes, header.project.organization);
  encoding::append_text(bytes, header.project.project);
  fixed.header_bytes = static_cast<std::uint16_t>(bytes.size() + kChecksumBytes);
  std::memcpy(bytes.data(), &fixed, sizeof fixed);
  encoding::append_fixed(bytes, encoding::crc32c(bytes));
  return bytes;
}

Result<SegmentHeader> decode_segment_header(ByteSpan bytes) {
  SegmentHeaderV1 fixed{};
  if (bytes.size() < sizeof fixed) { return corrupt("the file is shorter than a segment header"); }
  std::memcpy(&fixed, bytes.data(), sizeof fixed);
  if (fixed.magic != kSegmentMagic) { return corrupt("the file does not begin like a segment"); }
  if (fixed.header_bytes < sizeof fixed + kChecksumBytes || fixed.header_bytes > bytes.size()) {
    return corrupt("the header's length is out of range");
  }
  const std::size_t checked = fixed.header_bytes - kChecksumBytes;
  ByteReader checksum(bytes.subspan(checked));
  if (checksum.fixed<std::uint32_t>() != encoding::crc32c(bytes.first(checked))) {
    return corrupt("the header fails its checksum");
  }
  if (fixed.version != kSegmentVersion || fixed.required_features != 0) { return newer(fixed.version); }
  if (fixed.cipher != 0) {
    return Error{ErrorCode::kUnsupported, "the segment is encrypted (cipher " + std::to_string(fixed.cipher) + ")"};
  }
  ByteReader names(bytes.first(checked).subspan(sizeof fixed));
  SegmentHeader header;
  header.project.organization = names.text(kNameBytesMax);
  header.project.project = names.text(kNameBytesMax);
  if (!names.ok() || !names.at_end()) { return corrupt("the header's names do not fit its length"); }
  header.database_id = to_hex(fixed.database_id);
  header.shard.value = fixed.shard;
  header.generation = fixed.generation;
  header.sequence_min.value = fixed.sequence_min;
  header.sequence_max.value = fixed.sequence_max;
  return header;
}

Bytes encode_segment_footer(const SegmentFooter& footer) {
  Bytes bytes;
  encoding::append_varint(bytes, footer.table_count);
  encoding::append_varint(bytes, footer.row_count);
  encoding::append_fixed(bytes, footer.time_min);
  encoding::append_fixed(bytes, footer.time_max);
  encoding::append_varint(bytes, footer.sections.size());
  for (const Section& section : footer.sections) {
    encoding::append_varint(bytes, static_cast<std::uint16_t>(section.kind));
    encoding::append_fixed(bytes, section.critical ? kCriticalBit : std::uint8_t{0});
    encoding::append_varint(bytes, section.table == Section::kWholeFile ? 0 : std::uint64_t{section.table} + 1);
    encoding::append_varint(bytes, section.offset);
    encoding::append_varint(bytes, section.bytes);
    encoding::append_fixed(bytes, section.crc32c);
  }
  return bytes;
}

Result<SegmentFooter> decode_segment_footer(ByteSpan bytes, std::uint64_t data_bytes) {
  ByteReader in(bytes);
  SegmentFooter footer;
  footer.table_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.varint(), Section::kWholeFile));
  footer.row_count = in.varint();
  footer.time_min = in.fixed<std::int64_t>();
  footer.time_max = in.fixed<std::int64_t>();
  const std::uint64_t section_count = in.varint();
  if (!in.ok() || section_count > in.remaining() || footer.table_count > section_count) {
    return corrupt("the footer announces more sections than it holds");
  }
  for (std::uint64_t i = 0; i < section_count; ++i) {
    const std::uint64_t kind = in.varint();
    Section section;
    section.critical = (in.fixed<std::uint8_t>() & kCriticalBit) != 0;
    const std::uint64_t table = in.varint();
    section.offset = in.varint();
    section.bytes = in.varint();
    section.crc32c = in.fixed<std::uint32_t>();
    if (!in.ok() || table > footer.table_count || section.offset > data_bytes ||
        section.bytes > data_bytes - section.offset) {
      return corrupt("section " + std::to_string(i) + " of the footer lies outside the file");
    }
    section.table = table == 0 ? Section::kWholeFile : static_cast<std::uint32_t>(table - 1);
    section.kind = static_cast<SectionKind>(kind);
    if (is_known(kind)) {
      footer.sections.push_back(section);
    } else if (section.critical) {
      return Error{ErrorCode::kUnsupported,
                   "the segment needs a section of kind " + std::to_string(kind) + ": use a newer StreamFlow"};
    }
  }
  return in.at_end() ? Result<SegmentFooter>(std::move(footer)) : corrupt("bytes follow the footer's last section");
}

Bytes encode_segment_trailer(SegmentTrailerV1 trailer) {
  trailer.version = kSegmentVersion;
  trailer.magic = kSegmentEndMagic;
  const auto raw = std::as_bytes(std::span(&trailer, 1));
  trailer.crc32c = encoding::crc32c(raw.first(offsetof(SegmentTrailerV1, crc32c)));
  return {raw.begin(), raw.end()};
}

Result<SegmentTrailerV1> decode_segment_trailer(ByteSpan bytes, std::uint64_t file_bytes) {
  SegmentTrailerV1 trailer{};
  if (bytes.size() != sizeof trailer) { return corrupt("the file is shorter than a segment trailer"); }
  std::memcpy(&trailer, bytes.data(), sizeof trailer);
  if (trailer.magic != kSegmentEndMagic) {
    return corrupt("the file does not end like a segment: it was cut or never finished");
  }
  if (trailer.crc32c != encoding::crc32c(bytes.first(offsetof(SegmentTrailerV1, crc32c)))) {
    return corrupt("the trailer fails its checksum");
  }
  if (trailer.version != kSegmentVersion) { return newer(trailer.version); }
  const std::uint64_t room = file_bytes - sizeof trailer;
  if (trailer.footer_offset > room || trailer.footer_bytes != room - trailer.footer_offset) {
    return corrupt("the footer does not lie between data and trailer");
  }
  return trailer;
}

}  // namespace streamflow::storage
