// The bytes of one write-ahead log file: its header, its frames, and finding the good frames among rotten ones.
// Format:     docs/format/wal.md, version 1.
// Invariants: a frame is intact when its header's and its payload's checksums hold; both depend on whose file it is and
//             on the frame's offset, so that bytes copied from elsewhere are never taken for a frame.
// Threads:    pure functions.
// Errors:     kCorrupt, kUnsupported for a newer version or a cipher. Scanning never fails: it reports bad ranges.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "storage/wal/log_record.h"

namespace streamflow::storage {

inline constexpr std::size_t kWalHeaderBytes = 64;
inline constexpr std::size_t kWalFrameHeaderBytes = 40;
inline constexpr std::size_t kWalFrameAlignment = 8;

struct WalFileIdentity {
  std::array<std::byte, 16> database_id{};
  std::uint32_t shard = 0;
  std::uint32_t generation = 1;
  SequenceNumber first_sequence;  // what the file's first record has or would have
  friend bool operator==(const WalFileIdentity&, const WalFileIdentity&) = default;
};

// Layout on disk, little-endian.
struct WalFileHeaderV1 {
  std::array<char, 8> magic;
  std::uint16_t version;
  std::uint16_t header_bytes;
  std::uint32_t shard;
  std::array<std::byte, 16> database_id;
  std::uint64_t first_sequence;
  std::uint32_t generation;
  std::uint32_t key_id;  // 0: not encrypted
  std::uint8_t cipher;   // 0: none
  std::array<std::uint8_t, 11> reserved;
  std::uint32_t crc32c;  // of the 60 bytes before it
};
static_assert(sizeof(WalFileHeaderV1) == kWalHeaderBytes && offsetof(WalFileHeaderV1, crc32c) == 60);

enum class WalFrameKind : std::uint8_t {
  kRecord = 1,
  kSynced = 2,  // no payload: says that everything up to `synced_through` is on disk
};
inline constexpr std::uint8_t kWalFrameLz4 = 1;  // flag

struct WalFrameHeaderV1 {
  std::uint32_t magic;
  std::uint32_t header_crc32c;   // of bytes [8, 40), seeded with the file's identity and the frame's offset
  std::uint32_t stored_bytes;    // of the payload as it follows, without the padding to 8
  std::uint32_t raw_bytes;       // of the payload once decompressed
  std::uint32_t payload_crc32c;  // of the stored bytes
  std::uint8_t kind;
  std::uint8_t flags;
  std::uint16_t reserved;
  std::uint64_t sequence;        // kSynced: the last record before it
  std::uint64_t synced_through;  // records up to here were on disk when this frame was written
};
static_assert(sizeof(WalFrameHeaderV1) == kWalFrameHeaderBytes && offsetof(WalFrameHeaderV1, sequence) == 24);

std::array<std::byte, kWalHeaderBytes> encode_wal_header(const WalFileIdentity& identity);
Result<WalFileIdentity> decode_wal_header(std::span<const std::byte> file);

// Seeds the checksums of every frame of a file.
std::uint32_t wal_frame_seed(const WalFileIdentity& identity);

struct WalFrameInput {
  WalFrameKind kind = WalFrameKind::kRecord;
  std::uint8_t flags = 0;
  std::uint32_t raw_bytes = 0;
  SequenceNumber sequence, synced_through;
};
// Fills the header in front of a payload: `frame` is header and stored payload, unpadded, that will lie at `offset`.
void seal_wal_frame(std::span<std::byte> frame, std::uint64_t offset, std::uint32_t seed, const WalFrameInput& input);
constexpr std::uint64_t wal_frame_padded(std::uint64_t bytes) {
  return (bytes + kWalFrameAlignment - 1) / kWalFrameAlignment * kWalFrameAlignment;
}

struct WalFrame {                     // an intact one
  std::uint64_t offset = 0, end = 0;  // end: of its padding
  WalFrameHeaderV1 header{};
  std::span<const std::byte> stored;
};
struct WalBadRange {
  std::uint64_t begin = 0, end = 0;
  SequenceNumber synced_through;  // what the good frame headers inside say
};
// In file order: good frames and, before frames[i] (or behind the last), the bad range with `before_frame` i.
struct WalFileScan {
  std::vector<WalFrame> frames;
  std::vector<WalBadRange> bad;
  std::vector<std::size_t> bad_before_frame;  // same length as `bad`
};
// Frames after the file header. `file` must outlive the result. Linear in the file's size.
WalFileScan scan_wal_file(std::span<const std::byte> file, std::uint32_t seed);

// The payload, decompressed into `scratch` when need be.
Result<std::span<const std::byte>> wal_frame_payload(const WalFrame& frame, std::vector<std::byte>& scratch);

}  // namespace streamflow::storage
