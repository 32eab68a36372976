// The outer bytes of a segment file: header, footer (section directory) and trailer.
// Format:     docs/format/segment.md §2-3, version 1, little-endian.
// Invariants: unknown sections are skipped unless marked critical; nothing before the trailer changes once written.
// Threads:    values and pure functions.
// Errors:     kCorrupt (magic, checksum, bounds), kUnsupported (newer version, cipher, critical section).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "encoding/byte_io.h"
#include "model/result.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {

inline constexpr std::uint64_t kSegmentMagic = 0x31474553574F4C46ULL;     // "FLOWSEG1"
inline constexpr std::uint64_t kSegmentEndMagic = 0x31444E45574F4C46ULL;  // "FLOWEND1"
inline constexpr std::uint16_t kSegmentVersion = 1;
inline constexpr std::size_t kSegmentHeaderBytesMax = 1024;
inline constexpr std::size_t kBlockRowsMax = 2048;
inline constexpr std::size_t kMicroBlockRows = 256;
inline constexpr std::size_t kPackedSeriesRowsMax = 255;  // a series with more rows has blocks of its own
inline constexpr std::size_t kRowGroupBlocks = 64;        // what the writer makes
inline constexpr std::size_t kRowGroupBlocksMax = 1024;   // what a reader accepts
inline constexpr std::size_t kChecksumBytes = 4;

struct SegmentHeaderV1 {  // the fixed part; organization, project and a CRC32C of all before it follow
  std::uint64_t magic;
  std::uint16_t version;
  std::uint16_t header_bytes;       // the whole header, CRC included
  std::uint32_t required_features;  // 0; an unknown bit makes the file unreadable
  std::uint8_t key_id[16];          // 0: not encrypted
  std::uint8_t cipher;              // 0: none
  std::uint8_t reserved[7];
  std::uint8_t database_id[16];
  std::uint32_t shard;
  std::uint32_t generation;
  std::uint64_t sequence_min;
  std::uint64_t sequence_max;
};
static_assert(sizeof(SegmentHeaderV1) == 80 && offsetof(SegmentHeaderV1, cipher) == 32 &&
              offsetof(SegmentHeaderV1, database_id) == 40 && offsetof(SegmentHeaderV1, sequence_min) == 64);

struct SegmentTrailerV1 {  // the last 40 bytes of the file
  std::uint64_t footer_offset;
  std::uint32_t footer_bytes;
  std::uint32_t footer_crc32c;
  std::uint64_t content_hash;  // XXH3-64 of every byte before this field
  std::uint32_t version;
  std::uint32_t crc32c;  // of the 28 bytes before it
  std::uint64_t magic;
};
static_assert(sizeof(SegmentTrailerV1) == 40 && offsetof(SegmentTrailerV1, content_hash) == 16 &&
              offsetof(SegmentTrailerV1, crc32c) == 28);

enum class SectionKind : std::uint16_t {
  kTable = 1,        // schema, series and block directory of one table
  kColumns = 2,      // its blocks and statistics; these carry their own checksums
  kSharedTimes = 7,  // which blocks have the times of an earlier one
};

struct Section {
  SectionKind kind = SectionKind::kTable;
  bool critical = true;     // a reader that does not know the kind must refuse the file
  std::uint32_t table = 0;  // by position in name order; kWholeFile when of none
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint32_t crc32c = 0;  // of the section; 0 for kColumns
  static constexpr std::uint32_t kWholeFile = 0xFFFFFFFF;
};

struct SegmentFooter {
  std::uint32_t table_count = 0;
  std::uint64_t row_count = 0;
  std::int64_t time_min = 0, time_max = 0;  // inclusive; meaningless without rows
  std::vector<Section> sections;
};

Result<encoding::Bytes> encode_segment_header(const SegmentHeader& header);
Result<SegmentHeader> decode_segment_header(encoding::ByteSpan bytes);  // at least the header, at most the file

encoding::Bytes encode_segment_footer(const SegmentFooter& footer);
// `data_bytes` is the footer's own offset: sections end before it.
Result<SegmentFooter> decode_segment_footer(encoding::ByteSpan bytes, std::uint64_t data_bytes);

encoding::Bytes encode_segment_trailer(SegmentTrailerV1 trailer);  // fills version, checksum and magic
Result<SegmentTrailerV1> decode_segment_trailer(encoding::ByteSpan bytes, std::uint64_t file_bytes);

}  // namespace streamflow::storage
