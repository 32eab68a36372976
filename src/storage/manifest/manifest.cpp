#include "storage/manifest/manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "encoding/crc32c.h"
#include "storage/wal/log_record_bytes.h"

namespace streamflow::storage {
namespace {

// Layout on disk, little-endian; sections follow.
struct ManifestHeaderV1 {
  std::array<char, 8> magic;
  std::uint16_t version;
  std::uint16_t header_bytes;
  std::uint32_t section_count;
  std::uint64_t generation;
  std::uint64_t body_bytes;
  std::uint32_t body_crc32c;
  std::uint32_t key_id;  // 0: not encrypted
  std::uint8_t cipher;   // 0: none
  std::uint8_t flags;    // 0
  std::array<std::uint8_t, 18> reserved;
  std::uint32_t crc32c;  // of the 60 bytes before it
};
static_assert(sizeof(ManifestHeaderV1) == 64 && offsetof(ManifestHeaderV1, crc32c) == 60);

constexpr std::array<char, 8> kMagic = {'\x89', 'S', 'F', 'M', 'F', '\r', '\n', '\x1a'};
constexpr std::uint16_t kVersion = 1;

// The numbers are written to files: never change one. Each section is there once, in this order.
enum class Section : std::uint32_t { kDatabase = 1, kShards = 2, kTables = 3, kSegments = 4, kDeletes = 5 };
constexpr std::uint32_t kSectionCountMin = 4;  // without deletes there is no section of them
constexpr std::uint32_t kSectionCount = 5;

constexpr std::size_t kDatabaseIdBytes = 16;
constexpr std::size_t kFileNameBytesMax = 4096;

constexpr std::string_view kHexDigits = "0123456789abcdef";

void write_database_id(ByteWriter& out, const std::string& id) {
  std::array<std::uint8_t, kDatabaseIdBytes> bytes{};
  for (std::size_t i = 0; i < kDatabaseIdBytes && 2 * i + 2 <= id.size(); ++i) {
    std::from_chars(id.data() + 2 * i, id.data() + 2 * i + 2, bytes[i], 16);
  }
  out.raw(std::as_bytes(std::span(bytes)));
}

std::string read_database_id(ByteReader& in) {
  std::string id;
  for (const std::byte byte : in.raw(kDatabaseIdBytes, "the database id is cut short")) {
    id += kHexDigits[std::to_integer<std::size_t>(byte) >> 4U];
    id += kHexDigits[std::to_integer<std::size_t>(byte) & 0xFU];
  }
  return id;
}

void write_project(ByteWriter& out, const ProjectName& project) {
  out.string(project.organization);
  out.string(project.project);
}

ProjectName read_project(ByteReader& in) {
  ProjectName project;
  project.organization = in.string(kNameBytesMax, "an organization's name is too long");
  project.project = in.string(kNameBytesMax, "a project's name is too long");
  return project;
}

void write_shards(ByteWriter& out, const std::vector<ShardState>& shards) {
  out.varint(shards.size());
  for (const ShardState& shard : shards) {
    out.fixed(shard.flushed_through.value);
    out.fixed(to_ns(shard.commit_time_max));
    out.varint(shard.producers.size());
    for (const auto& [id, mark] : shard.producers) {
      out.string(id);
      out.varint(mark.epoch);
      out.varint(mark.sequence);
    }
  }
}

std::vector<ShardState> read_shards(ByteReader& in) {
  std::vector<ShardState> shards(in.count(17, "more shards than bytes"));
  for (ShardState& shard : shards) {
    shard.flushed_through.value = in.fixed<std::uint64_t>();
    shard.commit_time_max = timestamp_from_ns(in.fixed<std::int64_t>());
    const std::size_t producers = in.count(3, "more producers than bytes");
    for (std::size_t i = 0; i < producers && !in.failed(); ++i) {
      std::string id = in.string(kProducerIdBytesMax, "a producer's id is too long");
      const std::uint64_t epoch = in.varint();
      const std::uint64_t sequence = in.varint();
      if (!shard.producers.emplace(std::move(id), ProducerMark{epoch, sequence}).second) {
        in.fail("a producer appears twice");
      }
    }
  }
  return shards;
}

void write_table(ByteWriter& out, const TableSchema& table) {
  out.string(table.name);
  out.fixed(static_cast<std::uint8_t>(table.duplicates));
  out.varint(table.tags.size());
  for (const std::string& tag : table.tags) { out.string(tag); }
  out.varint(table.fields.size());
  for (const FieldColumn& field : table.fields) {
    out.string(field.name);
    out.fixed(static_cast<std::uint8_t>(field.type));
  }
}

TableSchema read_table(ByteReader& in) {
  TableSchema table;
  table.name = in.string(kNameBytesMax, "a table's name is too long");
  const auto duplicates = in.fixed<std::uint8_t>();
  if (duplicates < static_cast<std::uint8_t>(DuplicatePolicy::kMerge) ||
      duplicates > static_cast<std::uint8_t>(DuplicatePolicy::kKeep)) {
    in.fail("table \"" + table.name + "\" has unknown duplicate policy " + std::to_string(duplicates));
  }
  table.duplicates = static_cast<DuplicatePolicy>(duplicates);
  table.tags.resize(in.count(1, "more tags than bytes"));
  for (std::string& tag : table.tags) { tag = in.string(kNameBytesMax, "a tag's name is too long"); }
  table.fields.resize(in.count(2, "more fields than bytes"));
  for (FieldColumn& field : table.fields) {
    field.name = in.string(kNameBytesMax, "a field's name is too long");
    const auto type = in.fixed<std::uint8_t>();
    if (type < static_cast<std::uint8_t>(FieldType::kFloat64) || type > static_cast<std::uint8_t>(FieldType::kString)) {
      in.fail("field \"" + field.name + "\" has unknown type " + std::to_string(type));
    }
    field.type = static_cast<FieldType>(type);
  }
  return table;
}

void write_tables(ByteWriter& out, const std::map<ProjectName, std::vector<TableSchema>>& projects) {
  out.varint(projects.size());
  for (const auto& [project, tables] : projects) {
    write_project(out, project);
    out.varint(tables.size());
    for (const TableSchema& table : tables) { write_table(out, table); }
  }
}

std::map<ProjectName, std::vector<TableSchema>> read_tables(ByteReader& in) {
  std::map<ProjectName, std::vector<TableSchema>> projects;
  const std::size_t count = in.count(3, "more projects than bytes");
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    std::vector<TableSchema>& tables = projects[read_project(in)];
    if (projects.size() != i + 1) { in.fail("a project appears twice"); }
    const std::size_t table_count = in.count(4, "more tables than bytes");
    for (std::size_t t = 0; t < table_count && !in.failed(); ++t) { tables.push_back(read_table(in)); }
  }
  return projects;
}

void write_segments(ByteWriter& out, const std::vector<SegmentEntry>& segments) {
  out.varint(segments.size());
  for (const SegmentEntry& segment : segments) {
    out.fixed(segment.id.value);
    write_project(out, segment.project);
    out.varint(segment.shard.value);
    out.varint(segment.generation);
    out.fixed(to_ns(segment.range.begin));
    out.fixed(to_ns(segment.range.end));
    out.varint(segment.sequence_min.value);
    out.varint(segment.sequence_max.value);
    out.varint(segment.row_count);
    out.varint(segment.bytes);
    out.fixed(segment.content_hash);
    out.string(segment.file_name);
  }
}

std::uint32_t read_u32(ByteReader& in, std::string_view what) {
  const std::uint64_t value = in.varint();
  if (value > 0xFFFFFFFFU) { in.fail(what); }
  return static_cast<std::uint32_t>(value);
}

std::vector<SegmentEntry> read_segments(ByteReader& in) {
  std::vector<SegmentEntry> segments;
  const std::size_t count = in.count(41, "more segments than bytes");
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    SegmentEntry segment;
    segment.id.value = in.fixed<std::uint64_t>();
    segment.project = read_project(in);
    segment.shard.value = read_u32(in, "a segment's shard is too large");
    segment.generation = read_u32(in, "a segment's generation is too large");
    segment.range.begin = timestamp_from_ns(in.fixed<std::int64_t>());
    segment.range.end = timestamp_from_ns(in.fixed<std::int64_t>());
    segment.sequence_min.value = in.varint();
    segment.sequence_max.value = in.varint();
    segment.row_count = in.varint();
    segment.bytes = in.varint();
    segment.content_hash = in.fixed<std::uint64_t>();
    segment.file_name = in.string(kFileNameBytesMax, "a segment's file name is too long");
    segments.push_back(std::move(segment));
  }
  return segments;
}

bool has_deletes(const Manifest& manifest) {
  return !manifest.tombstones.empty() || std::ranges::any_of(manifest.segments, [](const SegmentEntry& segment) {
    return segment.deleted_through.value > 0;
  });
}

void write_deletes(ByteWriter& out, const Manifest& manifest) {
  out.varint(manifest.tombstones.size());
  for (const Tombstone& tombstone : manifest.tombstones) {
    out.varint(tombstone.shard.value);
    out.varint(tombstone.sequence.value);
    out.fixed(to_ns(tombstone.asked));
    out.fixed(to_ns(tombstone.applied));
    write_project(out, tombstone.project);
    write_deletion(out, tombstone.deletion);
  }
  for (const SegmentEntry& segment : manifest.segments) { out.varint(segment.deleted_through.value); }
}

void read_deletes(ByteReader& in, Manifest& manifest) {
  manifest.tombstones.resize(in.count(38, "more deletes than bytes"));
  for (Tombstone& tombstone : manifest.tombstones) {
    if (in.failed()) { return; }
    tombstone.shard.value = read_u32(in, "a delete's shard is too large");
    tombstone.sequence.value = in.varint();
    tombstone.asked = timestamp_from_ns(in.fixed<std::int64_t>());
    tombstone.applied = timestamp_from_ns(in.fixed<std::int64_t>());
    tombstone.project = read_project(in);
    tombstone.deletion = read_deletion(in);
  }
  for (SegmentEntry& segment : manifest.segments) { segment.deleted_through.value = in.varint(); }
}

template <class Write>
void write_section(ByteWriter& out, Section kind, const Write& write) {
  ByteWriter section;
  write(section);
  const std::vector<std::byte> bytes = section.take();
  out.fixed(static_cast<std::uint32_t>(kind));
  out.fixed(std::uint64_t{bytes.size()});
  out.raw(bytes);
}

Status read_section(Section kind, std::span<const std::byte> bytes, Manifest& manifest) {
  ByteReader in(bytes);
  switch (kind) {
    case Section::kDatabase:
      manifest.database_id = read_database_id(in);
      manifest.next_segment_id.value = in.fixed<std::uint64_t>();
      break;
    case Section::kShards: manifest.shards = read_shards(in); break;
    case Section::kTables: manifest.tables = read_tables(in); break;
    case Section::kSegments: manifest.segments = read_segments(in); break;
    case Section::kDeletes: read_deletes(in, manifest); break;
  }
  if (in.remaining() > 0) { in.fail("bytes follow the end of the section"); }
  if (in.failed()) { return in.error("manifest, section " + std::to_string(static_cast<std::uint32_t>(kind))); }
  return Ok{};
}

Error corrupt(const std::string& what) {
  return {ErrorCode::kCorrupt, "manifest: " + what};
}

Result<ManifestHeaderV1> decode_header(std::span<const std::byte> bytes) {
  ManifestHeaderV1 header;
  if (bytes.size() < sizeof header) {
    return corrupt("cut short: " + std::to_string(bytes.size()) + " bytes, its header alone has 64");
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic) { return corrupt("not a StreamFlow manifest"); }
  if (header.crc32c != encoding::crc32c(bytes.first(offsetof(ManifestHeaderV1, crc32c)))) {
    return corrupt("the checksum of its header fails");
  }
  if (header.version != kVersion || header.header_bytes != sizeof header || header.flags != 0) {
    return Error{ErrorCode::kUnsupported, "manifest of format version " + std::to_string(header.version) +
                                              ", this StreamFlow reads version 1: open it with a newer one"};
  }
  if (header.cipher != 0 || header.key_id != 0) {
    return Error{ErrorCode::kUnsupported,
                 "manifest encrypted with cipher " + std::to_string(header.cipher) + ": this StreamFlow has no keys"};
  }
  return header;
}

}  // namespace

std::vector<std::byte> encode_manifest(const Manifest& manifest) {
  ByteWriter body;
  write_section(body, Section::kDatabase, [&](ByteWriter& out) {
    write_database_id(out, manifest.database_id);
    out.fixed(manifest.next_segment_id.value);
  });
  write_section(body, Section::kShards, [&](ByteWriter& out) { write_shards(out, manifest.shards); });
  write_section(body, Section::kTables, [&](ByteWriter& out) { write_tables(out, manifest.tables); });
  write_section(body, Section::kSegments, [&](ByteWriter& out) { write_segments(out, manifest.segments); });
  const bool deletes = has_deletes(manifest);
  if (deletes) {
    write_section(body, Section::kDeletes, [&](ByteWriter& out) { write_deletes(out, manifest); });
  }
  const std::vector<std::byte> bytes = body.take();

  ManifestHeaderV1 header{};
  header.magic = kMagic;
  header.version = kVersion;
  header.header_bytes = sizeof header;
  header.section_count = deletes ? kSectionCount : kSectionCountMin;
  header.generation = manifest.generation;
  header.body_bytes = bytes.size();
  header.body_crc32c = encoding::crc32c(bytes);
  header.crc32c = encoding::crc32c(std::as_bytes(std::span(&header, 1)).first(offsetof(ManifestHeaderV1, crc32c)));
  ByteWriter out;
  out.reserve(sizeof header + bytes.size());
  out.fixed(header);
  out.raw(bytes);
  return out.take();
}

Result<Manifest> decode_manifest(std::span<const std::byte> bytes) {
  SF_TRY(header, decode_header(bytes));
  const std::span<const std::byte> body = bytes.subspan(sizeof header);
  if (body.size() != header.body_bytes) {
    return corrupt("its body has " + std::to_string(body.size()) + " bytes, wanted " +
                   std::to_string(header.body_bytes));
  }
  if (encoding::crc32c(body) != header.body_crc32c) { return corrupt("the checksum of its body fails"); }
  Manifest manifest;
  manifest.generation = header.generation;
  ByteReader in(body);
  for (std::uint32_t i = 0; i < header.section_count && !in.failed(); ++i) {
    const auto kind = in.fixed<std::uint32_t>();
    const auto size = in.fixed<std::uint64_t>();
    const std::span<const std::byte> section = in.raw(size, "a section is cut short");
    if (in.failed()) { break; }
    if (kind > kSectionCount) {
      return Error{ErrorCode::kUnsupported, "manifest with a section of kind " + std::to_string(kind) +
                                                ": written by a newer StreamFlow; open it with that one"};
    }
    if (kind != i + 1) { return corrupt("section " + std::to_string(kind) + " in place " + std::to_string(i + 1)); }
    SF_CHECK(read_section(static_cast<Section>(kind), section, manifest));
  }
  if (in.failed()) { return in.error("manifest"); }
  if (header.section_count < kSectionCountMin || in.remaining() > 0) {
    return corrupt("sections are missing or follow the last");
  }
  return manifest;
}

}  // namespace streamflow::storage
