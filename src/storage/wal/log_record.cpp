#include "storage/wal/log_record.h"

#include <algorithm>
#include <limits>

#include "storage/wal/log_record_columns.h"

namespace streamflow::storage {
namespace {

constexpr std::uint8_t kPayloadVersion = 1;
constexpr std::size_t kStampBytes = sizeof(std::uint64_t) + sizeof(std::int64_t);
constexpr std::size_t kBytesPerString = 40;  // in memory: std::string and its share of the batch

// What a record's columns take once decoded. Everything else of a record takes payload bytes, and so is bounded too.
std::uint64_t column_memory(std::uint64_t rows, std::uint64_t fields, std::uint64_t series_strings) {
  return rows * (sizeof(std::uint32_t) + sizeof(std::int64_t)) + rows * fields * sizeof(std::uint64_t) +
         series_strings * kBytesPerString;
}

ColumnOrder order_of(FieldType type) {
  switch (type) {
    case FieldType::kFloat64: return ColumnOrder::kOpaque;
    case FieldType::kInt64: return ColumnOrder::kSigned;
    default: return ColumnOrder::kUnsigned;
  }
}

// An upper bound for the columns, so that encoding allocates once.
std::size_t encoded_bytes_guess(const LogRecord& record) {
  std::size_t bytes = 1024;
  for (const auto& batch : record.batches) {
    bytes += 256 + batch->row_count() * 12 + batch->series.size() * 32 + batch->tags.size() * 32;
    for (const FieldVector& field : batch->fields) {
      bytes += 64 + field.name.size() + field.size() * 8 + field.strings.bytes().size() + field.validity.size() * 8;
    }
  }
  return bytes;
}

void write_batch(ByteWriter& out, const RowBatch& batch) {
  out.string(batch.table);
  out.fixed(static_cast<std::uint8_t>(batch.duplicates));
  out.varint(batch.tags.size());
  for (const std::string& tag : batch.tags) { out.string(tag); }
  out.varint(batch.series_count);
  out.varint(batch.row_count());
  out.varint(batch.fields.size());
  write_strings(out, batch.series);
  write_column(out, batch.series_of_row);
  write_column(out, {reinterpret_cast<const std::uint64_t*>(batch.times.data()), batch.times.size()},
               ColumnOrder::kSigned);
  for (const FieldVector& field : batch.fields) {
    out.string(field.name);
    out.fixed(static_cast<std::uint8_t>(field.type));
    out.fixed(static_cast<std::uint8_t>(field.validity.empty() ? 0 : 1));
    out.raw(std::as_bytes(std::span(field.validity)));
    if (field.type == FieldType::kString) {
      write_strings(out, field.strings);
    } else {
      write_column(out, field.bits, order_of(field.type));
    }
  }
}

void read_series(ByteReader& in, RowBatch& batch) {
  const std::size_t count = std::size_t{batch.series_count} * batch.tags.size();
  const StringBlock block = read_strings(in, count);
  if (in.failed()) { return; }
  batch.series.reserve(count);
  std::size_t at = 0;
  for (const std::uint64_t length : block.lengths) {
    batch.series.emplace_back(block.bytes.substr(at, length));
    at += length;
  }
}

void read_rows(ByteReader& in, RowBatch& batch, std::size_t rows) {
  const std::vector<std::uint64_t> series_of_row = read_column(in, rows);
  batch.series_of_row.resize(series_of_row.size());
  for (std::size_t i = 0; i < series_of_row.size(); ++i) {
    if (series_of_row[i] >= batch.series_count) {
      in.fail("row " + std::to_string(i) + " names a series that its batch lacks");
      return;
    }
    batch.series_of_row[i] = static_cast<std::uint32_t>(series_of_row[i]);
  }
  const std::vector<std::uint64_t> times = read_column(in, rows);
  batch.times.assign(times.begin(), times.end());
}

// A field's name and type, and its validity; false when nothing may be read behind them.
bool read_field_head(ByteReader& in, FieldVector& field, std::size_t rows) {
  field.name = in.string(kNameBytesMax, "a field's name is too long");
  const auto type = in.fixed<std::uint8_t>();
  if (type < static_cast<std::uint8_t>(FieldType::kFloat64) || type > static_cast<std::uint8_t>(FieldType::kString)) {
    in.fail("field \"" + field.name + "\" has unknown type " + std::to_string(type));
  }
  field.type = static_cast<FieldType>(type);
  const auto has_validity = in.fixed<std::uint8_t>();
  if (has_validity > 1) { in.fail("a validity flag is neither 0 nor 1"); }
  if (has_validity == 1) {
    const std::span<const std::byte> words =
        in.raw((rows + 63) / 64 * sizeof(std::uint64_t), "a validity bitmap is cut short");
    field.validity.resize(words.size() / sizeof(std::uint64_t));
    if (!words.empty()) { std::memcpy(field.validity.data(), words.data(), words.size()); }
  }
  return !in.failed();
}

void read_field(ByteReader& in, FieldVector& field, std::size_t rows) {
  if (!read_field_head(in, field, rows)) { return; }
  if (field.type != FieldType::kString) {
    field.bits = read_column(in, rows);
    return;
  }
  const StringBlock block = read_strings(in, rows);
  if (in.failed()) { return; }
  field.strings.reserve(rows, block.bytes.size());
  std::size_t at = 0;
  for (const std::uint64_t length : block.lengths) {
    field.strings.push_back(block.bytes.substr(at, length));
    at += length;
  }
}

void skip_field(ByteReader& in, FieldVector& field, std::size_t rows) {
  if (!read_field_head(in, field, rows)) { return; }
  field.validity.clear();
  if (field.type == FieldType::kString) {
    skip_strings(in, rows);
  } else {
    skip_column(in, rows);
  }
}

void skip_rows(ByteReader& in, RowBatch& batch, std::size_t rows) {
  skip_strings(in, std::size_t{batch.series_count} * batch.tags.size());
  skip_column(in, rows);
  skip_column(in, rows);
  batch.series_count = 0;
}

// `memory_left` is the budget for columns of the whole record.
RowBatch read_batch(ByteReader& in, RecordDetail detail, std::uint64_t& memory_left) {
  RowBatch batch;
  batch.table = in.string(kNameBytesMax, "a table's name is too long");
  const auto duplicates = in.fixed<std::uint8_t>();
  if (duplicates < static_cast<std::uint8_t>(DuplicatePolicy::kMerge) ||
      duplicates > static_cast<std::uint8_t>(DuplicatePolicy::kKeep)) {
    in.fail("table \"" + batch.table + "\" has unknown duplicate policy " + std::to_string(duplicates));
  }
  batch.duplicates = static_cast<DuplicatePolicy>(duplicates);
  const std::size_t tags = in.count(1, "more tags than bytes");
  for (std::size_t i = 0; i < tags && !in.failed(); ++i) {
    batch.tags.push_back(in.string(kNameBytesMax, "a tag's name is too long"));
  }
  const std::uint64_t series = in.varint();
  const std::uint64_t rows = in.varint();
  const std::size_t fields = in.count(3, "more fields than bytes");
  constexpr std::uint64_t kCountMax = std::numeric_limits<std::uint32_t>::max();
  if (series > kCountMax || rows > kCountMax || tags > kTagsPerTableMax || fields > kFieldsPerTableMax) {
    in.fail("table \"" + batch.table + "\" has too many series, rows, tags or fields");
  }
  if (tags == 0 && series > 1) { in.fail("table \"" + batch.table + "\" has several series but no tags"); }
  const std::uint64_t memory = in.failed() ? 0 : column_memory(rows, fields, series * tags);
  if (memory > memory_left) { in.fail("the record takes more memory than any writer allows"); }
  if (in.failed()) { return batch; }
  memory_left -= memory;
  batch.series_count = static_cast<std::uint32_t>(series);
  const bool whole = detail == RecordDetail::kWhole;
  if (whole) {
    read_series(in, batch);
    read_rows(in, batch, rows);
  } else {
    skip_rows(in, batch, rows);
  }
  batch.fields.resize(fields);
  for (FieldVector& field : batch.fields) {
    if (in.failed()) { break; }
    whole ? read_field(in, field, rows) : skip_field(in, field, rows);
  }
  return batch;
}

Error invalid_batch(const RowBatch& batch, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "log record, table \"" + batch.table + "\": " + what};
}

Status check_shape(const RowBatch& batch) {
  if (batch.series_of_row.size() != batch.row_count()) {
    return invalid_batch(batch, "series_of_row and times differ in length");
  }
  if (batch.series.size() != std::size_t{batch.series_count} * batch.tags.size() ||
      (batch.tags.empty() && batch.series_count > 1)) {
    return invalid_batch(batch, "the series list does not fit its tag count");
  }
  const auto most = std::max_element(batch.series_of_row.begin(), batch.series_of_row.end());
  if (most != batch.series_of_row.end() && *most >= batch.series_count) {
    return invalid_batch(batch, "a row names series " + std::to_string(*most) + ", which the batch lacks");
  }
  for (const FieldVector& field : batch.fields) {
    const bool fits = field.size() == batch.row_count() &&
                      (field.validity.empty() || field.validity.size() == (batch.row_count() + 63) / 64);
    if (!fits) { return invalid_batch(batch, "field \"" + field.name + "\" has another number of rows"); }
  }
  return Ok{};
}

Status check_names(const RowBatch& batch) {
  bool fits = batch.table.size() <= kNameBytesMax && batch.tags.size() <= kTagsPerTableMax &&
              batch.fields.size() <= kFieldsPerTableMax;
  for (const std::string& tag : batch.tags) { fits = fits && tag.size() <= kNameBytesMax; }
  for (const FieldVector& field : batch.fields) { fits = fits && field.name.size() <= kNameBytesMax; }
  if (fits) { return Ok{}; }
  return Error{ErrorCode::kTooLarge, "log record, table \"" + batch.table.substr(0, kNameBytesMax) +
                                         "\": more tags or fields, or longer names, than a table may have"};
}

}  // namespace

Status check_record(const LogRecord& record) {
  for (const std::string* name : {&record.project.organization, &record.project.project, &record.producer.id}) {
    static_assert(kProducerIdBytesMax == kNameBytesMax);
    if (name->size() > kNameBytesMax) {
      return Error{ErrorCode::kTooLarge, "log record: an organization, project or producer of " +
                                             std::to_string(name->size()) + " bytes, at most " +
                                             std::to_string(kNameBytesMax) + " are allowed"};
    }
  }
  if (record.kind == RecordKind::kDelete) { return check_deletion(record.deletion); }
  std::uint64_t memory = 0;
  for (const auto& batch : record.batches) {
    SF_CHECK(check_names(*batch));
    SF_CHECK(check_shape(*batch));
    memory += column_memory(batch->row_count(), batch->fields.size(), batch->series.size());
  }
  if (memory > kRecordMemoryBytesMax) {
    return Error{ErrorCode::kTooLarge, "log record: columns of " + std::to_string(memory) + " bytes, at most " +
                                           std::to_string(kRecordMemoryBytesMax) +
                                           " are allowed: send fewer rows at once"};
  }
  return Ok{};
}

std::vector<std::byte> encode_record(const LogRecord& record) {
  ByteWriter out;
  out.reserve(encoded_bytes_guess(record));
  out.fixed(record.sequence.value);
  out.fixed(to_ns(record.commit_time));
  out.fixed(kPayloadVersion);
  out.fixed(static_cast<std::uint8_t>(record.kind));
  out.string(record.project.organization);
  out.string(record.project.project);
  out.string(record.producer.id);
  out.varint(record.producer.epoch);
  out.varint(record.producer.sequence);
  if (record.kind == RecordKind::kDelete) {
    write_deletion(out, record.deletion);
    return out.take();
  }
  out.varint(record.batches.size());
  for (const auto& batch : record.batches) { write_batch(out, *batch); }
  return out.take();
}

void stamp_record(std::span<std::byte> payload, SequenceNumber sequence, Timestamp commit_time) {
  assert(payload.size() >= kStampBytes);
  const std::int64_t time_ns = to_ns(commit_time);
  std::memcpy(payload.data(), &sequence.value, sizeof sequence.value);
  std::memcpy(payload.data() + sizeof sequence.value, &time_ns, sizeof time_ns);
}

Result<LogRecord> decode_record(std::span<const std::byte> payload, RecordDetail detail) {
  ByteReader in(payload);
  LogRecord record;
  record.sequence.value = in.fixed<std::uint64_t>();
  record.commit_time = timestamp_from_ns(in.fixed<std::int64_t>());
  const auto version = in.fixed<std::uint8_t>();
  const auto kind = in.fixed<std::uint8_t>();
  const bool is_known =
      kind == static_cast<std::uint8_t>(RecordKind::kRows) || kind == static_cast<std::uint8_t>(RecordKind::kDelete);
  if (!in.failed() && (version != kPayloadVersion || !is_known)) {
    return Error{ErrorCode::kUnsupported, "log record of version " + std::to_string(version) + ", kind " +
                                              std::to_string(kind) +
                                              ": written by a newer StreamFlow; open it with that one"};
  }
  record.project.organization = in.string(kNameBytesMax, "the organization's name is too long");
  record.project.project = in.string(kNameBytesMax, "the project's name is too long");
  record.producer.id = in.string(kProducerIdBytesMax, "the producer's id is too long");
  record.producer.epoch = in.varint();
  record.producer.sequence = in.varint();
  record.kind = static_cast<RecordKind>(kind);
  if (record.kind == RecordKind::kDelete) {
    record.deletion = read_deletion(in);
  } else {
    const std::size_t batches = in.count(1, "more batches than bytes");
    std::uint64_t memory_left = kRecordMemoryBytesMax;
    for (std::size_t i = 0; i < batches && !in.failed(); ++i) {
      record.batches.push_back(std::make_shared<const RowBatch>(read_batch(in, detail, memory_left)));
    }
  }
  if (in.remaining() > 0) { in.fail("bytes follow the end of the record"); }
  if (in.failed()) { return in.error("log record"); }
  return record;
}

}  // namespace streamflow::storage
