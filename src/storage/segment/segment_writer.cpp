#include "storage/segment/segment_writer.h"

#define XXH_STATIC_LINKING_ONLY  // the streaming state as a value
#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "encoding/column_block.h"
#include "encoding/crc32c.h"
#include "storage/segment/segment_directory.h"
#include "storage/segment/segment_format.h"
#include "storage/segment/segment_layout.h"
#include "storage/segment/segment_parts.h"
#include "storage/segment/segment_shared_times.h"
#include "storage/segment/segment_statistics.h"

namespace streamflow::storage {
namespace {

using encoding::Bytes;
using encoding::ByteSpan;

constexpr std::size_t kWriteBufferBytes = std::size_t{1} << 20U;

void append_checksum(Bytes& out, std::size_t begin) {
  encoding::append_fixed(out, encoding::crc32c(ByteSpan(out).subspan(begin)));
}

std::span<const std::uint64_t> as_bits(std::span<const std::int64_t> times) {
  // Signed and unsigned versions of one type may alias.
  return {reinterpret_cast<const std::uint64_t*>(times.data()), times.size()};
}

// One row group, or its part that is being encoded.
struct Group {
  std::span<const BlockInfo> blocks;
  std::vector<MicroTimes> times;
  std::vector<std::uint64_t> time_distances;  // per block
};

Group make_group(const SegmentTableInput& table, std::span<const BlockInfo> blocks) {
  Group group{blocks, {}, {}};
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    group.time_distances.push_back(find_shared_times(table.times, blocks.first(b + 1), group.time_distances));
  }
  for (const BlockInfo& block : blocks) {
    for (std::size_t row = 0; row < block.row_count; row += kMicroBlockRows) {
      const std::size_t count = std::min<std::size_t>(kMicroBlockRows, block.row_count - row);
      group.times.push_back(micro_times(table.times.subspan(block.row_begin + row, count)));
    }
  }
  return group;
}

void compute_group_statistics(const SegmentTableInput& table, std::size_t f, const Group& group,
                              std::vector<BlockStatistics>& out) {
  const SegmentTableInput::Field& field = table.fields[f];
  const FieldType type = table.schema->fields[f].type;
  out.clear();
  for (const BlockInfo& block : group.blocks) {
    for (std::size_t row = block.row_begin; row < block.row_begin + block.row_count; row += kMicroBlockRows) {
      const std::size_t count = std::min<std::size_t>(kMicroBlockRows, block.row_begin + block.row_count - row);
      MicroBlock micro{.type = type, .times = table.times.subspan(row, count)};
      micro.bits = type == FieldType::kString ? field.bits.first(0) : field.bits.subspan(row, count);
      micro.validity = field.validity;
      micro.validity_offset = row;
      micro.ascending = block.series_count == 1;
      out.push_back(compute_statistics(micro));
    }
  }
}

encoding::ColumnBlock field_block(const SegmentTableInput& table, std::size_t f, const BlockInfo& block) {
  const SegmentTableInput::Field& field = table.fields[f];
  encoding::ColumnBlock out{.type = table.schema->fields[f].type};
  if (out.type == FieldType::kString) {
    out.strings = field.strings.subspan(block.row_begin, block.row_count);
  } else {
    out.bits = field.bits.subspan(block.row_begin, block.row_count);
  }
  out.validity = field.validity;
  out.validity_offset = block.row_begin;
  return out;
}

}  // namespace

struct SegmentWriter::State {
  std::unique_ptr<WritableFile> file;
  XXH3_state_t hash;
  Bytes buffer;
  std::uint64_t written = 0;
  SegmentFooter footer;
  std::optional<TableInParts> open_table;  // between begin_table and end_table
  std::string last_table;
  bool finished = false;
  encoding::ColumnBlockEncoder blocks;
  StatisticsEncoder statistics;

  std::uint64_t offset() const { return written + buffer.size(); }

  Status flush() {
    XXH3_64bits_update(&hash, buffer.data(), buffer.size());
    SF_CHECK(file->append(buffer));
    written += buffer.size();
    buffer.clear();
    return Ok{};
  }

  // Blocks and statistics of column c (0 is the time) in one row group.
  void encode_chunk(const SegmentTableInput& table, const Group& group, std::size_t c,
                    std::span<const std::vector<std::uint32_t>> starts, ColumnDirectory& directory) {
    blocks.begin_column();
    for (std::size_t b = 0; b < group.blocks.size(); ++b) {
      const BlockInfo& block = group.blocks[b];
      if (c == 0 && group.time_distances[b] != 0) {
        directory.block_bytes.push_back(0);
        continue;
      }
      encoding::ColumnBlock column =
          c == 0 ? encoding::ColumnBlock{.type = FieldType::kInt64,
                                         .bits = as_bits(table.times.subspan(block.row_begin, block.row_count))}
                 : field_block(table, c - 1, block);
      column.series_rows = starts[b];
      const std::size_t begin = buffer.size();
      blocks.encode(column, buffer);
      directory.block_bytes.push_back(buffer.size() - begin);
      if (buffer.size() > begin) { append_checksum(buffer, begin); }
    }
    const std::size_t begin = buffer.size();
    if (c == 0) {
      statistics.encode_times(group.times, buffer);
    } else {
      std::vector<BlockStatistics> values;
      compute_group_statistics(table, c - 1, group, values);
      statistics.encode_field(table.schema->fields[c - 1].type, values, group.times, buffer);
    }
    directory.statistics_bytes.push_back(buffer.size() - begin);
    append_checksum(buffer, begin);
  }

  Status write_group(const SegmentTableInput& table, const Group& group, TableDirectory& directory) {
    std::vector<std::vector<std::uint32_t>> starts;
    for (const BlockInfo& block : group.blocks) { starts.push_back(series_starts(block, table.series_row_begin)); }
    for (std::size_t c = 0; c < directory.columns.size(); ++c) {
      encode_chunk(table, group, c, starts, directory.columns[c]);
      if (buffer.size() >= kWriteBufferBytes) { SF_CHECK(flush()); }
    }
    return Ok{};
  }

  // Fills in the times of `all`, which count rows from the part's first one.
  Status write_columns(const SegmentTableInput& table, std::span<BlockInfo> all, TableDirectory& directory) {
    for (std::size_t begin = 0; begin < all.size(); begin += kRowGroupBlocks) {
      const std::size_t count = std::min(kRowGroupBlocks, all.size() - begin);
      const Group group = make_group(table, all.subspan(begin, count));
      std::size_t micro = 0;
      for (BlockInfo& block : all.subspan(begin, count)) {
        block.time_min = group.times[micro].min;
        block.time_max = group.times[micro].max;
        for (std::size_t row = 0; row < block.row_count; row += kMicroBlockRows, ++micro) {
          block.time_min = std::min(block.time_min, group.times[micro].min);
          block.time_max = std::max(block.time_max, group.times[micro].max);
        }
      }
      directory.time_distances.insert(directory.time_distances.end(), group.time_distances.begin(),
                                      group.time_distances.end());
      SF_CHECK(write_group(table, group, directory));
      directory.group_block_begin.push_back(directory.group_block_begin.back() + static_cast<std::uint32_t>(count));
    }
    return Ok{};
  }

  void append_section(SectionKind kind, std::uint32_t table, const Bytes& bytes) {
    footer.sections.push_back(
        {.kind = kind, .table = table, .offset = offset(), .bytes = bytes.size(), .crc32c = encoding::crc32c(bytes)});
    encoding::append_bytes(buffer, bytes);
  }

  void count_rows(const TableDirectory& directory) {
    for (const BlockInfo& block : directory.blocks) {
      footer.time_min = footer.row_count == 0 ? block.time_min : std::min(footer.time_min, block.time_min);
      footer.time_max = footer.row_count == 0 ? block.time_max : std::max(footer.time_max, block.time_max);
      footer.row_count += block.row_count;
    }
  }
};

SegmentWriter::SegmentWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SegmentWriter::~SegmentWriter() = default;

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(FileSystem& files, const std::filesystem::path& path,
                                                             SegmentHeader header) {
  SF_TRY(bytes, encode_segment_header(header));
  SF_TRY(file, files.create(path));
  auto state = std::make_unique<State>();
  XXH3_64bits_reset(&state->hash);
  state->file = std::move(file);
  state->buffer = std::move(bytes);
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(std::move(state)));
}

Status SegmentWriter::begin_table(const TableSchema& schema) {
  State& state = *state_;
  if (state.finished) { return invalid_table(schema, "the segment is already finished"); }
  if (state.open_table) { return invalid_table(schema, "the table before it has not been ended"); }
  if (state.footer.table_count > 0 && schema.name <= state.last_table) {
    return invalid_table(schema, "tables must be added in name order, the last was \"" + state.last_table + "\"");
  }
  state.open_table.emplace();
  state.open_table->begin = state.offset();
  TableDirectory& directory = state.open_table->directory;
  directory.schema = schema;
  directory.series_row_begin = {0};
  directory.columns.resize(schema.fields.size() + 1);
  directory.group_block_begin = {0};
  return Ok{};
}

Status SegmentWriter::add_part(const SegmentTableInput& part, const PartEdges& edges) {
  State& state = *state_;
  if (!state.open_table) { return invalid_table(*part.schema, "no table has been begun"); }
  SF_CHECK(check_part(part, edges, *state.open_table));
  if (part.series_count == 0) { return Ok{}; }
  const std::vector<std::uint32_t> cuts = cut_part(part, edges);
  const std::vector<std::uint64_t> row_counts(cuts.begin(), cuts.end());
  SF_TRY(blocks, locate_blocks(part.series_row_begin, row_counts));
  SF_CHECK(state.write_columns(part, blocks, state.open_table->directory));
  add_to_directory(part, edges, blocks, *state.open_table);
  return Ok{};
}

Status SegmentWriter::end_table() {
  State& state = *state_;
  const TableDirectory& directory = state.open_table->directory;
  const std::uint32_t index = state.footer.table_count;
  const std::uint64_t begin = state.open_table->begin;
  state.footer.sections.push_back(
      {.kind = SectionKind::kColumns, .table = index, .offset = begin, .bytes = state.offset() - begin, .crc32c = 0});
  Bytes section;
  encode_table_directory(directory, section);
  state.append_section(SectionKind::kTable, index, section);
  if (std::any_of(directory.time_distances.begin(), directory.time_distances.end(), [](auto d) { return d != 0; })) {
    section.clear();
    encode_shared_times(directory.time_distances, section);
    state.append_section(SectionKind::kSharedTimes, index, section);
  }
  state.count_rows(directory);
  state.last_table = directory.schema.name;
  state.open_table.reset();
  ++state.footer.table_count;
  return state.buffer.size() >= kWriteBufferBytes ? state.flush() : Status(Ok{});
}

Status SegmentWriter::add_table(const SegmentTableInput& table) {
  SF_CHECK(begin_table(*table.schema));
  if (Status added = add_part(table, {}); !added.has_value()) {
    state_->open_table.reset();
    return added;
  }
  return end_table();
}

std::uint64_t SegmentWriter::bytes_written() const {
  return state_->offset();
}

Result<SegmentSummary> SegmentWriter::finish() {
  State& state = *state_;
  if (state.finished) { return Error{ErrorCode::kInvalidArgument, "the segment is already finished"}; }
  state.finished = true;
  const Bytes footer = encode_segment_footer(state.footer);
  SegmentTrailerV1 trailer{};
  trailer.footer_offset = state.offset();
  trailer.footer_bytes = static_cast<std::uint32_t>(footer.size());
  trailer.footer_crc32c = encoding::crc32c(footer);
  encoding::append_bytes(state.buffer, footer);
  // The trailer's hash covers its own first 16 bytes too; the summary's covers the whole file.
  encoding::append_fixed(state.buffer, trailer.footer_offset);
  encoding::append_fixed(state.buffer, trailer.footer_bytes);
  encoding::append_fixed(state.buffer, trailer.footer_crc32c);
  SF_CHECK(state.flush());
  trailer.content_hash = XXH3_64bits_digest(&state.hash);
  const Bytes tail = encode_segment_trailer(trailer);
  encoding::append_bytes(state.buffer, ByteSpan(tail).subspan(offsetof(SegmentTrailerV1, content_hash)));
  SF_CHECK(state.flush());
  SF_CHECK(state.file->sync());
  SegmentSummary summary;
  summary.bytes = state.written;
  summary.row_count = state.footer.row_count;
  summary.content_hash = XXH3_64bits_digest(&state.hash);
  summary.range = {timestamp_from_ns(0), timestamp_from_ns(0)};
  if (summary.row_count > 0) {
    summary.range = {timestamp_from_ns(state.footer.time_min), timestamp_from_ns(state.footer.time_max) + Duration(1)};
  }
  return summary;
}

}  // namespace streamflow::storage
