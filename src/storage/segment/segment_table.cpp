#include <algorithm>
#include <bit>

#include "encoding/crc32c.h"
#include "encoding/descriptor.h"
#include "storage/segment/segment_layout.h"
#include "storage/segment/segment_shared_times.h"
#include "storage/segment/segment_table_state.h"

namespace streamflow::storage {
namespace {

using encoding::ByteReader;
using encoding::Bytes;
using encoding::ByteSpan;

Error corrupt(const std::string& what) {
  return {ErrorCode::kCorrupt, what};
}

std::uint32_t micro_count(std::uint32_t row_count) {
  return static_cast<std::uint32_t>((row_count + kMicroBlockRows - 1) / kMicroBlockRows);
}

}  // namespace

Result<ByteSpan> SegmentFile::bytes(std::uint64_t offset, std::uint64_t count, Bytes& scratch) const {
  const ByteSpan mapped = file->mapped();
  if (!mapped.empty()) {
    if (offset > mapped.size() || count > mapped.size() - offset) {
      return corrupt("the file is shorter than its directory says");
    }
    return mapped.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
  }
  scratch.resize(static_cast<std::size_t>(count));
  SF_CHECK(file->read(offset, scratch));
  return ByteSpan(scratch);
}

Status SegmentTable::State::locate(const Section& columns) {
  const std::size_t column_count = directory.columns.size();
  block_offsets.resize(column_count);
  statistics_offsets.resize(column_count);
  std::uint64_t at = columns.offset;
  const std::uint64_t end = columns.offset + columns.bytes;
  const auto place = [&](std::uint64_t bytes, bool stored, std::vector<std::uint64_t>& offsets) {
    offsets.push_back(at);
    const std::uint64_t room = end - at;
    if (stored && (bytes > room || room - bytes < kChecksumBytes)) { return false; }
    at += stored ? bytes + kChecksumBytes : 0;
    return true;
  };
  bool fits = true;
  for (std::size_t g = 0; g < directory.group_count(); ++g) {
    std::uint32_t micro = 0;
    for (std::size_t b = directory.group_block_begin[g]; b < directory.group_block_begin[g + 1]; ++b) {
      group_of_block.push_back(static_cast<std::uint32_t>(g));
      micro_begin.push_back(micro);
      micro += micro_count(directory.blocks[b].row_count);
    }
    for (std::size_t c = 0; c < column_count && fits; ++c) {
      for (std::size_t b = directory.group_block_begin[g]; b < directory.group_block_begin[g + 1] && fits; ++b) {
        const std::uint64_t bytes = directory.columns[c].block_bytes[b];
        fits = place(bytes, bytes > 0, block_offsets[c]);
      }
      fits = fits && place(directory.columns[c].statistics_bytes[g], true, statistics_offsets[c]);
    }
  }
  return fits && at == end ? Status(Ok{}) : corrupt("the block directory does not fit the table's columns");
}

Result<ByteSpan> SegmentFile::section(const Section& section, Bytes& scratch) const {
  SF_TRY(content, bytes(section.offset, section.bytes, scratch));
  if (encoding::crc32c(content) != section.crc32c) {
    return corrupt("the section of kind " + std::to_string(static_cast<unsigned>(section.kind)) +
                   " fails its checksum");
  }
  return content;
}

Status SegmentTable::State::load_shared_times(const Section& section) {
  Bytes scratch;
  SF_TRY(bytes, file->section(section, scratch));
  SF_TRY(distances, decode_shared_times(bytes, directory));
  directory.time_distances = std::move(distances);
  return Ok{};
}

Result<std::unique_ptr<SegmentTable::State>> SegmentTable::State::load(const SegmentFile& file, const Section& table,
                                                                       const Section& columns,
                                                                       const Section* shared_times) {
  Bytes scratch;
  SF_TRY(bytes, file.section(table, scratch));
  auto state = std::make_unique<State>();
  state->file = &file;
  SF_TRY(directory, decode_table_directory(bytes));
  state->directory = std::move(directory);
  state->directory_bytes = table.bytes;
  SF_CHECK(state->locate(columns));
  if (shared_times != nullptr) { SF_CHECK(state->load_shared_times(*shared_times)); }
  state->field_caches = std::make_unique<Cache<BlockStatistics>[]>(state->directory.schema.fields.size());
  state->range = {timestamp_from_ns(0), timestamp_from_ns(0)};
  const std::vector<BlockInfo>& blocks = state->directory.blocks;
  if (!blocks.empty()) {
    const auto by_min = [](const BlockInfo& a, const BlockInfo& b) { return a.time_min < b.time_min; };
    const auto by_max = [](const BlockInfo& a, const BlockInfo& b) { return a.time_max < b.time_max; };
    const std::int64_t first = std::min_element(blocks.begin(), blocks.end(), by_min)->time_min;
    const std::int64_t last = std::max_element(blocks.begin(), blocks.end(), by_max)->time_max;
    if (timestamp_from_ns(first) < kTimestampMin || timestamp_from_ns(last) > kTimestampMax) {
      return corrupt("a block's times are outside 1677-09-21 to 2262-04-11");
    }
    state->range = {timestamp_from_ns(first), timestamp_from_ns(last) + Duration(1)};
  }
  return state;
}

Error SegmentTable::State::error_at(Error error, std::size_t column, std::size_t block) const {
  const std::string name = column == 0 ? std::string(kTimeColumn) : directory.schema.fields[column - 1].name;
  return with_context(std::move(error), "segment " + file->path.string() + ", table \"" + directory.schema.name +
                                            "\", column \"" + name + "\", block " + std::to_string(block));
}

Result<ByteSpan> SegmentTable::State::checked_bytes(std::uint64_t offset, std::uint64_t count, Bytes& scratch) const {
  SF_TRY(bytes, file->bytes(offset, count + kChecksumBytes, scratch));
  const ByteSpan content = bytes.first(static_cast<std::size_t>(count));
  ByteReader checksum(bytes.subspan(content.size()));
  if (checksum.fixed<std::uint32_t>() != encoding::crc32c(content)) {
    return corrupt("checksum mismatch at byte " + std::to_string(offset) + " of the file");
  }
  return content;
}

Status SegmentTable::State::read_block(std::size_t column, std::size_t block, DecodedColumn& out) const {
  if (column == 0 && !directory.time_distances.empty()) {
    block -= static_cast<std::size_t>(directory.time_distances[block]);
  }
  const BlockInfo& info = directory.blocks[block];
  const std::uint64_t count = directory.columns[column].block_bytes[block];
  const std::vector<std::uint32_t> starts = series_starts(info, directory.series_row_begin);
  const FieldType type = column == 0 ? FieldType::kInt64 : directory.schema.fields[column - 1].type;
  Bytes scratch;
  ByteSpan content;
  if (count > 0) {
    auto bytes = checked_bytes(block_offsets[column][block], count, scratch);
    if (!bytes.has_value()) { return error_at(std::move(bytes).error(), column, block); }
    content = *bytes;
  }
  Status decoded = encoding::decode_column_block(content, {type, info.row_count, starts}, out);
  if (decoded.has_value() && column == 0 && !out.validity.empty()) { decoded = corrupt("a row without a time"); }
  return decoded.has_value() ? Status(Ok{}) : error_at(std::move(decoded).error(), column, block);
}

Result<std::shared_ptr<const std::vector<MicroTimes>>> SegmentTable::State::group_times(std::size_t group) const {
  const std::lock_guard lock(time_cache.mutex);
  if (time_cache.group == group) { return time_cache.values; }
  std::vector<std::uint32_t> row_counts;
  const std::size_t first = directory.group_block_begin[group];
  for (std::size_t b = first; b < directory.group_block_begin[group + 1]; ++b) {
    const std::uint32_t rows = directory.blocks[b].row_count;
    for (std::uint32_t row = 0; row < rows; row += kMicroBlockRows) {
      row_counts.push_back(std::min<std::uint32_t>(kMicroBlockRows, rows - row));
    }
  }
  Bytes scratch;
  auto bytes = checked_bytes(statistics_offsets[0][group], directory.columns[0].statistics_bytes[group], scratch);
  if (!bytes.has_value()) { return error_at(std::move(bytes).error(), 0, first); }
  auto times = decode_time_statistics(*bytes, row_counts);
  if (!times.has_value()) { return error_at(std::move(times).error(), 0, first); }
  time_cache.values = std::make_shared<const std::vector<MicroTimes>>(std::move(*times));
  time_cache.group = group;
  return time_cache.values;
}

Result<std::shared_ptr<const std::vector<BlockStatistics>>> SegmentTable::State::group_statistics(
    std::size_t group, std::size_t field) const {
  SF_TRY(times, group_times(group));
  Cache<BlockStatistics>& cache = field_caches[field];
  const std::lock_guard lock(cache.mutex);
  if (cache.group == group) { return cache.values; }
  const std::size_t column = field + 1;
  const std::size_t first = directory.group_block_begin[group];
  Bytes scratch;
  auto bytes =
      checked_bytes(statistics_offsets[column][group], directory.columns[column].statistics_bytes[group], scratch);
  if (!bytes.has_value()) { return error_at(std::move(bytes).error(), column, first); }
  auto statistics = decode_field_statistics(*bytes, directory.schema.fields[field].type, *times);
  if (!statistics.has_value()) { return error_at(std::move(statistics).error(), column, first); }
  cache.values = std::make_shared<const std::vector<BlockStatistics>>(std::move(*statistics));
  cache.group = group;
  return cache.values;
}

Status SegmentTable::State::verify_times(std::size_t block, const DecodedColumn& times) const {
  const BlockInfo& info = directory.blocks[block];
  const bool keep = directory.schema.duplicates == DuplicatePolicy::kKeep;
  std::vector<std::uint32_t> starts = series_starts(info, directory.series_row_begin);
  std::int64_t min = static_cast<std::int64_t>(times.bits[0]);
  std::int64_t max = min;
  for (std::size_t row = 1; row < times.bits.size(); ++row) {
    const auto before = static_cast<std::int64_t>(times.bits[row - 1]);
    const auto time = static_cast<std::int64_t>(times.bits[row]);
    min = std::min(min, time);
    max = std::max(max, time);
    const bool ordered = keep ? before <= time : before < time;
    if (!ordered && !std::binary_search(starts.begin(), starts.end(), row)) {
      return corrupt("row " + std::to_string(row) + " is not later than the row before it");
    }
  }
  return min == info.time_min && max == info.time_max ? Status(Ok{})
                                                      : corrupt("its times are not those of the directory");
}

Status SegmentTable::State::verify_field(std::size_t block, std::size_t field,
                                         std::span<const std::int64_t> times) const {
  DecodedColumn values;
  SF_CHECK(read_block(field + 1, block, values));
  const std::size_t group = group_of_block[block];
  SF_TRY(statistics, group_statistics(group, field));
  SF_TRY(all_times, group_times(group));
  const FieldType type = directory.schema.fields[field].type;
  std::size_t micro = micro_begin[block];
  for (std::size_t row = 0; row < times.size(); row += kMicroBlockRows, ++micro) {
    const std::size_t count = std::min(kMicroBlockRows, times.size() - row);
    MicroBlock rows{.type = type, .times = times.subspan(row, count)};
    rows.bits =
        type == FieldType::kString ? std::span<const std::uint64_t>() : std::span(values.bits).subspan(row, count);
    rows.validity = values.validity;
    rows.validity_offset = row;
    rows.ascending = directory.blocks[block].series_count == 1;
    if (!same_statistics(type, compute_statistics(rows), (*statistics)[micro]) ||
        micro_times(rows.times) != (*all_times)[micro]) {
      return error_at(corrupt("its statistics are not those of its rows"), field + 1, block);
    }
  }
  return Ok{};
}

Status SegmentTable::State::verify_block(std::size_t block) const {
  DecodedColumn decoded;
  SF_CHECK(read_block(0, block, decoded));
  if (Status checked = verify_times(block, decoded); !checked.has_value()) {
    return error_at(std::move(checked).error(), 0, block);
  }
  std::vector<std::int64_t> times;
  for (const std::uint64_t bits : decoded.bits) { times.push_back(static_cast<std::int64_t>(bits)); }
  for (std::size_t field = 0; field < directory.schema.fields.size(); ++field) {
    SF_CHECK(verify_field(block, field, times));
  }
  return Ok{};
}

SegmentTable::SegmentTable(std::unique_ptr<State> state) : state_(std::move(state)) {}
SegmentTable::~SegmentTable() = default;
SegmentTable::SegmentTable(SegmentTable&&) noexcept = default;

const TableSchema& SegmentTable::schema() const {
  return state_->directory.schema;
}
std::uint32_t SegmentTable::series_count() const {
  return state_->directory.series_count();
}
std::uint64_t SegmentTable::row_count() const {
  return state_->directory.series_row_begin.back();
}
TimeRange SegmentTable::range() const {
  return state_->range;
}
std::span<const std::uint32_t> SegmentTable::series_row_begin() const {
  return state_->directory.series_row_begin;
}
std::span<const BlockInfo> SegmentTable::blocks() const {
  return state_->directory.blocks;
}

std::span<const std::string_view> SegmentTable::series_tags(std::uint32_t s) const {
  const std::size_t tag_count = schema().tags.size();
  return std::span(state_->directory.series).subspan(s * tag_count, tag_count);
}

Status SegmentTable::read_times(std::size_t block, DecodedColumn& out) const {
  return state_->read_block(0, block, out);
}

Status SegmentTable::read_field(std::size_t block, std::size_t field, DecodedColumn& out) const {
  return state_->read_block(field + 1, block, out);
}

SegmentTable::MicroRange SegmentTable::micro_range(std::size_t block) const {
  return {state_->group_of_block[block], state_->micro_begin[block], micro_count(blocks()[block].row_count)};
}

Result<std::shared_ptr<const std::vector<BlockStatistics>>> SegmentTable::group_statistics(std::size_t group,
                                                                                           std::size_t field) const {
  return state_->group_statistics(group, field);
}

Result<std::vector<BlockStatistics>> SegmentTable::micro_statistics(std::size_t block, std::size_t field) const {
  SF_TRY(group, state_->group_statistics(state_->group_of_block[block], field));
  const auto begin = group->begin() + state_->micro_begin[block];
  return std::vector<BlockStatistics>(begin, begin + micro_count(blocks()[block].row_count));
}

Result<BlockStatistics> SegmentTable::statistics(std::size_t block, std::size_t field) const {
  SF_TRY(micro, micro_statistics(block, field));
  BlockStatistics merged;
  for (const BlockStatistics& next : micro) { merge_statistics(schema().fields[field].type, next, merged); }
  return merged;
}

std::uint64_t SegmentTable::encoded_bytes(std::size_t block, std::optional<std::size_t> field) const {
  const std::uint64_t bytes = state_->directory.columns[field.has_value() ? *field + 1 : 0].block_bytes[block];
  return bytes > 0 ? bytes + kChecksumBytes : 0;
}

Result<std::string> SegmentTable::codec(std::size_t block, std::optional<std::size_t> field) const {
  const std::size_t column = field.has_value() ? *field + 1 : 0;
  Bytes scratch;
  SF_TRY(bytes, state_->file->bytes(state_->block_offsets[column][block], sizeof(std::uint16_t), scratch));
  return to_string(encoding::descriptor_from(ByteReader(bytes).fixed<std::uint16_t>()));
}

std::uint64_t SegmentTable::statistics_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& column : state_->directory.columns) {
    for (const std::uint64_t bytes : column.statistics_bytes) { sum += bytes + kChecksumBytes; }
  }
  return sum;
}

std::uint64_t SegmentTable::directory_bytes() const {
  return state_->directory_bytes;
}

}  // namespace streamflow::storage
