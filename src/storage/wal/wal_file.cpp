#include "storage/wal/wal_file.h"

#include <lz4.h>

#include <bit>
#include <cstring>

#include "encoding/crc32c.h"

namespace streamflow::storage {
namespace {

static_assert(std::endian::native == std::endian::little, "the structs are the bytes on disk");

// A byte above 127, a CR LF and a control-Z: a transfer that mangles text or cuts at end-of-text marks is noticed.
constexpr std::array<char, 8> kFileMagic = {'\x89', 'S', 'F', 'W', 'L', '\r', '\n', '\x1a'};
constexpr std::uint32_t kFrameMagic = 0x4D524653;  // "SFRM"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderCrcFrom = 8;  // header_crc32c covers what follows it

template <class Struct>
Struct load(std::span<const std::byte> bytes, std::size_t offset) {
  Struct value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::uint32_t header_crc(std::span<const std::byte> frame_header, std::uint64_t offset, std::uint32_t seed) {
  const std::uint32_t at_offset = encoding::crc32c(std::as_bytes(std::span(&offset, 1)), seed);
  return encoding::crc32c(frame_header.subspan(kHeaderCrcFrom, kWalFrameHeaderBytes - kHeaderCrcFrom), at_offset);
}

bool plausible(const WalFrameHeaderV1& header) {
  const bool record = header.kind == static_cast<std::uint8_t>(WalFrameKind::kRecord) &&
                      header.raw_bytes <= kRecordBytesMax &&
                      ((header.flags & kWalFrameLz4) != 0 ? header.stored_bytes <= header.raw_bytes
                                                          : header.stored_bytes == header.raw_bytes);
  const bool mark = header.kind == static_cast<std::uint8_t>(WalFrameKind::kSynced) && header.stored_bytes == 0;
  return (record || mark) && (header.flags & ~kWalFrameLz4) == 0 && header.reserved == 0;
}

// Whether a frame header lies at `offset`, which leaves room for one.
bool header_at(std::span<const std::byte> file, std::uint64_t offset, std::uint32_t seed) {
  if (load<std::uint32_t>(file, offset) != kFrameMagic) { return false; }
  const auto header = load<WalFrameHeaderV1>(file, offset);
  return header.header_crc32c == header_crc(file.subspan(offset, kWalFrameHeaderBytes), offset, seed) &&
         plausible(header);
}

void add_bad(WalFileScan& scan, std::uint64_t begin, std::uint64_t end, SequenceNumber synced_through) {
  const bool joins =
      !scan.bad.empty() && scan.bad.back().end == begin && scan.bad_before_frame.back() == scan.frames.size();
  if (!joins) {
    scan.bad.push_back({begin, end, synced_through});
    scan.bad_before_frame.push_back(scan.frames.size());
    return;
  }
  scan.bad.back().end = end;
  scan.bad.back().synced_through = std::max(scan.bad.back().synced_through, synced_through);
}

}  // namespace

std::array<std::byte, kWalHeaderBytes> encode_wal_header(const WalFileIdentity& identity) {
  WalFileHeaderV1 header{};
  header.magic = kFileMagic;
  header.version = kVersion;
  header.header_bytes = kWalHeaderBytes;
  header.shard = identity.shard;
  header.database_id = identity.database_id;
  header.first_sequence = identity.first_sequence.value;
  header.generation = identity.generation;
  std::array<std::byte, kWalHeaderBytes> bytes{};
  std::memcpy(bytes.data(), &header, sizeof header);
  header.crc32c = encoding::crc32c(std::span(bytes).first(offsetof(WalFileHeaderV1, crc32c)));
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

Result<WalFileIdentity> decode_wal_header(std::span<const std::byte> file) {
  if (file.size() < kWalHeaderBytes) {
    return Error{ErrorCode::kCorrupt, "log file header: " + std::to_string(file.size()) + " bytes, wanted 64"};
  }
  const auto header = load<WalFileHeaderV1>(file, 0);
  if (header.magic != kFileMagic) { return Error{ErrorCode::kCorrupt, "log file header: not a StreamFlow log file"}; }
  if (header.crc32c != encoding::crc32c(file.first(offsetof(WalFileHeaderV1, crc32c)))) {
    return Error{ErrorCode::kCorrupt, "log file header: its checksum fails"};
  }
  if (header.version != kVersion || header.header_bytes != kWalHeaderBytes) {
    return Error{ErrorCode::kUnsupported, "log file of format version " + std::to_string(header.version) +
                                              ", this StreamFlow reads version 1: open it with a newer one"};
  }
  if (header.cipher != 0 || header.key_id != 0) {
    return Error{ErrorCode::kUnsupported, "log file encrypted with cipher " + std::to_string(header.cipher) +
                                              " and key " + std::to_string(header.key_id) +
                                              ": this StreamFlow has no keys"};
  }
  WalFileIdentity identity;
  identity.database_id = header.database_id;
  identity.shard = header.shard;
  identity.generation = header.generation;
  identity.first_sequence.value = header.first_sequence;
  return identity;
}

std::uint32_t wal_frame_seed(const WalFileIdentity& identity) {
  const std::array<std::uint64_t, 2> numbers = {std::uint64_t{identity.shard} << 32U | identity.generation,
                                                identity.first_sequence.value};
  return encoding::crc32c(std::as_bytes(std::span(numbers)), encoding::crc32c(identity.database_id));
}

void seal_wal_frame(std::span<std::byte> frame, std::uint64_t offset, std::uint32_t seed, const WalFrameInput& input) {
  WalFrameHeaderV1 header{};
  header.magic = kFrameMagic;
  header.stored_bytes = static_cast<std::uint32_t>(frame.size() - kWalFrameHeaderBytes);
  header.raw_bytes = input.raw_bytes;
  header.payload_crc32c = encoding::crc32c(frame.subspan(kWalFrameHeaderBytes));
  header.kind = static_cast<std::uint8_t>(input.kind);
  header.flags = input.flags;
  header.sequence = input.sequence.value;
  header.synced_through = input.synced_through.value;
  std::memcpy(frame.data(), &header, sizeof header);
  header.header_crc32c = header_crc(frame.first(kWalFrameHeaderBytes), offset, seed);
  std::memcpy(frame.data(), &header, sizeof header);
}

WalFileScan scan_wal_file(std::span<const std::byte> file, std::uint32_t seed) {
  WalFileScan scan;
  std::uint64_t offset = kWalHeaderBytes;
  while (offset < file.size()) {
    if (file.size() - offset < kWalFrameHeaderBytes) {
      add_bad(scan, offset, file.size(), {});
      break;
    }
    if (!header_at(file, offset, seed)) {  // frames begin at multiples of 8: the next one may begin there
      add_bad(scan, offset, offset + kWalFrameAlignment, {});
      offset += kWalFrameAlignment;
      continue;
    }
    const auto header = load<WalFrameHeaderV1>(file, offset);
    const std::uint64_t end = offset + wal_frame_padded(kWalFrameHeaderBytes + header.stored_bytes);
    const std::uint64_t payload_end = offset + kWalFrameHeaderBytes + header.stored_bytes;
    if (payload_end > file.size()) {  // its length is certain, so nothing follows it
      add_bad(scan, offset, file.size(), {header.synced_through});
      break;
    }
    const std::span<const std::byte> stored = file.subspan(offset + kWalFrameHeaderBytes, header.stored_bytes);
    if (end <= file.size() && encoding::crc32c(stored) == header.payload_crc32c) {
      scan.frames.push_back({offset, end, header, stored});
    } else {
      add_bad(scan, offset, std::min<std::uint64_t>(end, file.size()), {header.synced_through});
    }
    offset = end;
  }
  return scan;
}

Result<std::span<const std::byte>> wal_frame_payload(const WalFrame& frame, std::vector<std::byte>& scratch) {
  if ((frame.header.flags & kWalFrameLz4) == 0) { return frame.stored; }
  scratch.resize(frame.header.raw_bytes);
  const int bytes =
      LZ4_decompress_safe(reinterpret_cast<const char*>(frame.stored.data()), reinterpret_cast<char*>(scratch.data()),
                          static_cast<int>(frame.stored.size()), static_cast<int>(scratch.size()));
  if (bytes < 0 || static_cast<std::size_t>(bytes) != scratch.size()) {
    return Error{ErrorCode::kCorrupt, "log frame at byte " + std::to_string(frame.offset) + ": its LZ4 data is not " +
                                          std::to_string(scratch.size()) + " bytes"};
  }
  return std::span<const std::byte>(scratch);
}

}  // namespace streamflow::storage
