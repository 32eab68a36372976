#include "storage/segment/segment_directory.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>
#include <string>

#include "storage/memtable/text_codes.h"
#include "storage/segment/segment_format.h"
#include "storage/segment/segment_layout.h"

namespace streamflow::storage {
namespace {

using encoding::ByteReader;
using encoding::Bytes;
using encoding::ByteSpan;

Error corrupt(const char* what) {
  return {ErrorCode::kCorrupt, what};
}

std::vector<std::uint64_t> differences(std::span<const std::uint32_t> begins) {
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) { counts.push_back(begins[i + 1] - begins[i]); }
  return counts;
}

// Begins out of counts; false when they pass 32 bits.
bool accumulate(std::span<const std::uint64_t> counts, std::vector<std::uint32_t>& begins) {
  std::uint64_t total = 0;
  begins.assign(1, 0);
  begins.reserve(counts.size() + 1);
  for (const std::uint64_t count : counts) {
    if (count > 0xFFFFFFFFU - total) { return false; }
    total += count;
    begins.push_back(static_cast<std::uint32_t>(total));
  }
  return true;
}

void encode_schema(const TableSchema& schema, Bytes& out) {
  encoding::append_text(out, schema.name);
  encoding::append_fixed(out, static_cast<std::uint8_t>(schema.duplicates));
  encoding::append_varint(out, schema.tags.size());
  for (const std::string& tag : schema.tags) { encoding::append_text(out, tag); }
  encoding::append_varint(out, schema.fields.size());
  for (const FieldColumn& field : schema.fields) {
    encoding::append_text(out, field.name);
    encoding::append_fixed(out, static_cast<std::uint8_t>(field.type));
    encoding::append_fixed(out, std::uint8_t{0});  // flags: none yet; an unknown one makes the table unreadable
  }
}

Status decode_field(ByteReader& in, TableSchema& schema) {
  FieldColumn field;
  field.name = in.text(kNameBytesMax);
  const unsigned type = in.fixed<std::uint8_t>();
  const unsigned flags = in.fixed<std::uint8_t>();
  if (!in.ok()) { return corrupt("the schema ends early"); }
  if (type < 1 || type > 5 || flags != 0) {
    return Error{ErrorCode::kUnsupported, "field \"" + field.name + "\" has type " + std::to_string(type) + ", flags " +
                                              std::to_string(flags) + ": a newer StreamFlow wrote it"};
  }
  field.type = static_cast<FieldType>(type);
  schema.fields.push_back(std::move(field));
  return Ok{};
}

Result<TableSchema> decode_schema(ByteReader& in) {
  TableSchema schema;
  schema.name = in.text(kNameBytesMax);
  const unsigned duplicates = in.fixed<std::uint8_t>();
  const std::uint64_t tag_count = in.varint();
  if (!in.ok() || duplicates < 1 || duplicates > 3 || tag_count > kTagsPerTableMax) {
    return corrupt("the schema is malformed");
  }
  schema.duplicates = static_cast<DuplicatePolicy>(duplicates);
  for (std::uint64_t t = 0; t < tag_count; ++t) { schema.tags.emplace_back(in.text(kNameBytesMax)); }
  const std::uint64_t field_count = in.varint();
  if (!in.ok() || field_count > kFieldsPerTableMax) { return corrupt("the schema is malformed"); }
  for (std::uint64_t f = 0; f < field_count; ++f) { SF_CHECK(decode_field(in, schema)); }
  std::set<std::string_view> names(schema.tags.begin(), schema.tags.end());
  for (const FieldColumn& field : schema.fields) { names.insert(field.name); }
  if (names.size() != tag_count + field_count) { return corrupt("two columns have one name"); }
  return schema;
}

// Ranks in sorted order, by position in `values`.
std::vector<std::uint64_t> ranks_of(std::span<const std::string_view> values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  std::vector<std::uint64_t> ranks(values.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) { ranks[order[rank]] = rank; }
  return ranks;
}

void encode_tag(const TableDirectory& directory, std::size_t tag, LongColumnWriter& columns, Bytes& out) {
  TextCodes codes;
  std::vector<std::string_view> values;  // distinct ones, as they come
  std::vector<std::uint64_t> series_codes(directory.series_count());
  const std::size_t tag_count = directory.schema.tags.size();
  for (std::size_t s = 0; s < series_codes.size(); ++s) {
    const std::string_view value = directory.series[s * tag_count + tag];
    const std::uint32_t hash = TextCodes::hash_of(value);
    auto code = codes.find(value, hash, [&](std::uint32_t known) { return values[known]; });
    if (!code) {
      code = static_cast<std::uint32_t>(values.size());
      values.push_back(value);
      codes.add(hash, *code);
    }
    series_codes[s] = *code;
  }
  const std::vector<std::uint64_t> ranks = ranks_of(values);
  std::vector<std::string_view> sorted(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) { sorted[ranks[i]] = values[i]; }
  for (std::uint64_t& code : series_codes) { code = ranks[code]; }
  encoding::append_varint(out, sorted.size());
  columns.append(sorted, out);
  columns.append(series_codes, out);
}

// Row counts come first: they bound the number of series before anything is allocated per tag.
Status decode_series(ByteReader& in, TableDirectory& directory) {
  const std::uint64_t series_count = in.varint();
  SF_TRY(row_counts, read_long_column(in, series_count));
  if (!in.ok() || !accumulate(row_counts, directory.series_row_begin)) {
    return corrupt("the series list is malformed");
  }
  const std::size_t tag_count = directory.schema.tags.size();
  std::vector<std::vector<std::uint64_t>> codes;
  for (std::size_t tag = 0; tag < tag_count; ++tag) {
    const std::uint64_t value_count = in.varint();
    if (!in.ok() || value_count > series_count) { return corrupt("a tag has more values than there are series"); }
    SF_TRY(values, read_long_text_column(in, value_count));
    SF_TRY(tag_codes, read_long_column(in, series_count));
    if (std::any_of(tag_codes.begin(), tag_codes.end(), [&](std::uint64_t code) { return code >= value_count; })) {
      return corrupt("a series names a tag value that does not exist");
    }
    directory.dictionaries.push_back(std::move(values));
    codes.push_back(std::move(tag_codes));
  }
  directory.series.resize(static_cast<std::size_t>(series_count) * tag_count);
  for (std::size_t tag = 0; tag < tag_count; ++tag) {
    for (std::size_t s = 0; s < series_count; ++s) {
      directory.series[s * tag_count + tag] = directory.dictionaries[tag][static_cast<std::size_t>(codes[tag][s])];
    }
  }
  return Ok{};
}

void encode_blocks(const TableDirectory& directory, LongColumnWriter& columns, Bytes& out) {
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> time_min;
  std::vector<std::uint64_t> time_span;
  for (const BlockInfo& block : directory.blocks) {
    rows.push_back(block.row_count);
    time_min.push_back(static_cast<std::uint64_t>(block.time_min));
    time_span.push_back(static_cast<std::uint64_t>(block.time_max) - static_cast<std::uint64_t>(block.time_min));
  }
  encoding::append_varint(out, kMicroBlockRows);
  encoding::append_varint(out, directory.blocks.size());
  columns.append(rows, out);
  columns.append(time_min, out);
  columns.append(time_span, out);
  encoding::append_varint(out, directory.group_count());
  columns.append(differences(directory.group_block_begin), out);
  for (const ColumnDirectory& column : directory.columns) {
    columns.append(column.block_bytes, out);
    columns.append(column.statistics_bytes, out);
  }
}

Status decode_row_groups(ByteReader& in, TableDirectory& directory) {
  const std::uint64_t group_count = in.varint();
  if (!in.ok() || group_count > directory.blocks.size()) { return corrupt("more row groups than blocks"); }
  SF_TRY(group_blocks, read_long_column(in, group_count));
  const bool bad_size = std::any_of(group_blocks.begin(), group_blocks.end(),
                                    [](std::uint64_t count) { return count == 0 || count > kRowGroupBlocksMax; });
  if (bad_size || !accumulate(group_blocks, directory.group_block_begin) ||
      directory.group_block_begin.back() != directory.blocks.size()) {
    return corrupt("the row groups do not cover the blocks");
  }
  return Ok{};
}

Status decode_blocks(ByteReader& in, TableDirectory& directory) {
  const std::uint64_t micro_rows = in.varint();
  if (in.ok() && micro_rows != kMicroBlockRows) {
    return Error{ErrorCode::kUnsupported,
                 "micro-blocks of " + std::to_string(micro_rows) + " rows, this program reads 256"};
  }
  const std::uint64_t block_count = in.varint();
  if (!in.ok() || block_count > directory.series_row_begin.back()) { return corrupt("more blocks than rows"); }
  SF_TRY(rows, read_long_column(in, block_count));
  SF_TRY(time_min, read_long_column(in, block_count));
  SF_TRY(time_span, read_long_column(in, block_count));
  SF_TRY(blocks, locate_blocks(directory.series_row_begin, rows));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    blocks[b].time_min = static_cast<std::int64_t>(time_min[b]);
    blocks[b].time_max = static_cast<std::int64_t>(time_min[b] + time_span[b]);
    if (blocks[b].time_max < blocks[b].time_min) { return corrupt("a block ends before it begins"); }
  }
  directory.blocks = std::move(blocks);
  SF_CHECK(decode_row_groups(in, directory));
  for (std::size_t c = 0; c <= directory.schema.fields.size(); ++c) {
    SF_TRY(block_bytes, read_long_column(in, block_count));
    SF_TRY(statistics_bytes, read_long_column(in, directory.group_count()));
    directory.columns.push_back({std::move(block_bytes), std::move(statistics_bytes)});
  }
  return Ok{};
}

}  // namespace

void encode_table_directory(const TableDirectory& directory, Bytes& out) {
  LongColumnWriter columns;
  encode_schema(directory.schema, out);
  encoding::append_varint(out, directory.series_count());
  columns.append(differences(directory.series_row_begin), out);
  for (std::size_t tag = 0; tag < directory.schema.tags.size(); ++tag) { encode_tag(directory, tag, columns, out); }
  encode_blocks(directory, columns, out);
}

Result<TableDirectory> decode_table_directory(ByteSpan bytes) {
  ByteReader in(bytes);
  TableDirectory directory;
  SF_TRY(schema, decode_schema(in));
  directory.schema = std::move(schema);
  SF_CHECK(decode_series(in, directory));
  SF_CHECK(decode_blocks(in, directory));
  if (!in.at_end()) { return corrupt("bytes follow the table's directory"); }
  return directory;
}

}  // namespace streamflow::storage
