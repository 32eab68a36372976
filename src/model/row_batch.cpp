#include "model/row_batch.h"

#include <bit>
#include <set>

namespace streamflow {
namespace {

Error invalid(const std::string& table, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "table \"" + table + "\": " + what};
}

Status validate_name(const RowBatch& batch, std::string_view kind, const std::string& name) {
  if (name.empty()) { return invalid(batch.table, "a " + std::string(kind) + " has an empty name"); }
  if (name == kTimeColumn) {
    return invalid(batch.table, std::string(kind) + " must not be called \"time\": that is the row's time");
  }
  if (name.size() > kNameBytesMax) {
    return Error{ErrorCode::kTooLarge, "table \"" + batch.table + "\": " + std::string(kind) + " name of " +
                                           std::to_string(name.size()) + " bytes, at most " +
                                           std::to_string(kNameBytesMax) + " are allowed"};
  }
  if (name.find('\0') != std::string::npos) {
    return invalid(batch.table, std::string(kind) + " name holds a NUL byte, which no query could spell");
  }
  return Ok{};
}

Status validate_names(const RowBatch& batch) {
  std::set<std::string_view> seen;
  for (const std::string& tag : batch.tags) {
    SF_CHECK(validate_name(batch, "tag", tag));
    if (!seen.insert(tag).second) { return invalid(batch.table, "tag \"" + tag + "\" appears twice"); }
  }
  for (const FieldVector& field : batch.fields) {
    SF_CHECK(validate_name(batch, "field", field.name));
    if (!seen.insert(field.name).second) {
      return invalid(batch.table, "\"" + field.name + "\" appears twice among its tags and fields");
    }
  }
  return Ok{};
}

Status validate_shapes(const RowBatch& batch) {
  const std::size_t rows = batch.row_count();
  if (batch.series_of_row.size() != rows) { return invalid(batch.table, "series_of_row and times differ in length"); }
  if (batch.series.size() != std::size_t{batch.series_count} * batch.tags.size()) {
    return invalid(batch.table, "the series list does not fit its tag count");
  }
  for (const std::uint32_t s : batch.series_of_row) {
    if (s >= batch.series_count) {
      return invalid(batch.table, "a row names series " + std::to_string(s) + ", which the batch lacks");
    }
  }
  for (const FieldVector& field : batch.fields) {
    if (field.size() != rows || (!field.validity.empty() && field.validity.size() != (rows + 63) / 64)) {
      return invalid(batch.table, "field \"" + field.name + "\" has another number of rows");
    }
  }
  return Ok{};
}

}  // namespace

std::size_t RowBatch::point_count() const {
  std::size_t points = 0;
  for (const FieldVector& field : fields) {
    if (field.validity.empty()) { points += field.size(); }
    for (const std::uint64_t word : field.validity) { points += static_cast<std::size_t>(std::popcount(word)); }
  }
  return points;
}

std::size_t RowBatch::memory_bytes() const {
  std::size_t bytes = sizeof(RowBatch) + series_of_row.capacity() * 4 + times.capacity() * 8;
  for (const std::string& value : series) {
    bytes += sizeof(std::string) + (value.capacity() > 15 ? value.capacity() + 1 : 0);
  }
  for (const FieldVector& field : fields) {
    bytes += sizeof(FieldVector) + (field.bits.capacity() + field.validity.capacity()) * 8 +
             field.strings.offsets().size() * 4 + field.strings.bytes().capacity();
  }
  return bytes;
}

Status validate(const RowBatch& batch) {
  if (batch.table.empty()) { return Error{ErrorCode::kInvalidArgument, "a table needs a name"}; }
  if (batch.table.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument, "a table's name holds a NUL byte, which no query could spell"};
  }
  if (batch.table.size() > kNameBytesMax) {
    return Error{ErrorCode::kTooLarge, "table name of " + std::to_string(batch.table.size()) + " bytes, at most " +
                                           std::to_string(kNameBytesMax) + " are allowed"};
  }
  if (batch.tags.size() > kTagsPerTableMax || batch.fields.size() > kFieldsPerTableMax) {
    return Error{ErrorCode::kTooLarge, "table \"" + batch.table + "\": " + std::to_string(batch.tags.size()) +
                                           " tags and " + std::to_string(batch.fields.size()) + " fields, at most " +
                                           std::to_string(kTagsPerTableMax) + " and " +
                                           std::to_string(kFieldsPerTableMax) + " are allowed"};
  }
  SF_CHECK(validate_names(batch));
  SF_CHECK(validate_shapes(batch));
  for (const std::string& value : batch.series) {
    if (value.size() > kTagValueBytesMax) {
      return Error{ErrorCode::kTooLarge, "table \"" + batch.table + "\": a tag value of " +
                                             std::to_string(value.size()) + " bytes, at most " +
                                             std::to_string(kTagValueBytesMax) + " are allowed"};
    }
  }
  for (const std::int64_t time : batch.times) {
    if (timestamp_from_ns(time) < kTimestampMin || timestamp_from_ns(time) > kTimestampMax) {
      return invalid(batch.table, "time " + std::to_string(time) + " ns is outside 1677-09-21 to 2262-04-11");
    }
  }
  return Ok{};
}

}  // namespace streamflow
