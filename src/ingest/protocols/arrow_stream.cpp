#include "ingest/protocols/arrow_stream.h"

#include <algorithm>
#include <deque>
#include <map>

#include "ingest/protocols/arrow_batch.h"
#include "ingest/protocols/arrow_dictionary.h"
#include "ingest/protocols/arrow_messages.h"
#include "ingest/protocols/arrow_plan.h"
#include "ingest/protocols/arrow_series.h"
#include "ingest/protocols/arrow_values.h"
#include "storage/memtable/gather_rows.h"

namespace streamflow::ingest {
namespace arrow {
namespace {

// Ids of Message.fbs' DictionaryBatch.
constexpr std::uint16_t kDictionaryId = 0, kDictionaryData = 1, kDictionaryIsDelta = 2;
// What is charged for things in memory: a value of a dictionary (its view, its code, its share of a hash table), a tag
// value of a series (std::string and code).
constexpr std::size_t kDictionaryValueBytes = 48, kSeriesValueBytes = 40;

class StreamDecoder {
 public:
  StreamDecoder(std::string_view stream, const ArrowStreamOptions& options)
      : stream_(stream),
        options_(options),
        decompressed_(options.decompressed_bytes_max),
        bytes_left_(options.columns_bytes_max) {}

  Result<ArrowStreamResult> run();

 private:
  Status take(const Message& message, const Messages& messages);
  Status take_schema(const Message& message, const Messages& messages);
  Status take_dictionary(const Message& message);
  Status take_rows(const Message& message);
  Status take_field(const Column& column, std::uint32_t index, const Array& array, FieldVector& field);
  Status take_dictionary_field(const Array& array, const Column& column, std::uint32_t index, FieldVector& field);
  Status take_tag(const Column& column, std::uint32_t index, const Array& array, std::size_t tag);
  Status number_series(std::size_t rows);
  Status charge(std::uint64_t bytes);
  void reserve_rows();
  ArrowStreamResult finish();

  std::string_view stream_;
  const ArrowStreamOptions& options_;
  Decompressed decompressed_;
  std::size_t bytes_left_;

  bool has_schema_ = false;
  std::vector<Column> columns_;
  Plan plan_;
  std::map<std::int64_t, Dictionary> dictionaries_;
  std::vector<const TagCodes*> codes_of_tag_;
  std::deque<TagCodes> plain_codes_;  // of tag columns without a dictionary
  std::vector<TagCodes*> plain_of_column_;
  std::vector<std::vector<std::uint32_t>> tag_codes_;  // [tag][row], of the current record batch
  SeriesMemo series_{0};

  RowBatch batch_;
  std::vector<Fault> faults_;
};

Status StreamDecoder::charge(std::uint64_t bytes) {
  if (bytes > bytes_left_) {
    return Error{ErrorCode::kTooLarge, "the decoded columns need more than " +
                                           std::to_string(options_.columns_bytes_max) +
                                           " bytes; send fewer rows a request"};
  }
  bytes_left_ -= static_cast<std::size_t>(bytes);
  return Ok{};
}

Status StreamDecoder::take_schema(const Message& message, const Messages& messages) {
  if (has_schema_) { return messages.damaged("a second schema"); }
  has_schema_ = true;
  SF_TRY(columns, read_schema(message.header, messages.metadata()));
  columns_ = std::move(columns);
  SF_TRY(plan, plan_columns(columns_, options_, batch_));
  plan_ = std::move(plan);
  codes_of_tag_.resize(batch_.tags.size());
  tag_codes_.resize(batch_.tags.size());
  plain_of_column_.resize(columns_.size());
  series_ = SeriesMemo(batch_.tags.size());
  std::map<std::int64_t, bool> of_tags;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const bool is_tag = plan_.parts[c].role == Role::kTag;
    if (columns_[c].dictionary) { of_tags[columns_[c].dictionary->id] |= is_tag; }
    if (is_tag && !columns_[c].dictionary) { plain_of_column_[c] = &plain_codes_.emplace_back(); }
  }
  for (const auto& [id, used] : of_tags) { dictionaries_.emplace(id, Dictionary(used)); }
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (plan_.parts[c].role != Role::kTag) { continue; }
    codes_of_tag_[plan_.parts[c].index] =
        columns_[c].dictionary ? &dictionaries_.at(columns_[c].dictionary->id).codes() : plain_of_column_[c];
  }
  reserve_rows();
  return Ok{};
}

// Room for what the record batches claim to hold, so that columns grow once. A lie gets no more than the budget, which
// take_rows() enforces.
void StreamDecoder::reserve_rows() {
  Messages messages(stream_);
  Message message;
  std::uint64_t rows = 0, row_bytes = 12 + 8 * batch_.fields.size();
  for (auto more = messages.next(message); more && *more; more = messages.next(message)) {
    if (message.kind == MessageKind::kRows) {
      rows += std::min<std::uint64_t>(static_cast<std::uint64_t>(message.header.scalar<std::int64_t>(0, 0)),
                                      options_.columns_bytes_max);
    }
  }
  if (rows > stream_.size() || rows * row_bytes > options_.columns_bytes_max) { return; }
  batch_.times.reserve(rows);
  batch_.series_of_row.reserve(rows);
  for (FieldVector& field : batch_.fields) {
    if (field.type != FieldType::kString) { field.bits.reserve(rows); }
  }
}

Status StreamDecoder::take_dictionary(const Message& message) {
  const auto id = message.header.scalar<std::int64_t>(kDictionaryId, 0);
  const FlatTable data = message.header.table(kDictionaryData);
  const auto found = dictionaries_.find(id);
  if (!data.present() || found == dictionaries_.end()) {
    return Error{ErrorCode::kInvalidArgument,
                 "Arrow stream: a dictionary with id " + std::to_string(id) + ", which no column uses"};
  }
  const auto user = std::find_if(columns_.begin(), columns_.end(),
                                 [&](const Column& c) { return c.dictionary && c.dictionary->id == id; });
  SF_TRY(batch, Batch::open(data, message.body, decompressed_));
  SF_TRY(array, batch.next(user->type));
  SF_CHECK(batch.finish());
  SF_CHECK(charge(std::uint64_t{array.rows} * kDictionaryValueBytes));
  found->second.add(array, user->type, message.header.scalar<std::uint8_t>(kDictionaryIsDelta, 0) != 0);
  return Ok{};
}

Status StreamDecoder::take_tag(const Column& column, std::uint32_t index, const Array& array, std::size_t tag) {
  std::vector<std::uint32_t>& codes = tag_codes_[tag];
  if (column.dictionary) {
    const Dictionary& dictionary = dictionaries_.at(column.dictionary->id);
    SF_TRY(indexes, read_indexes(array, column.dictionary->index, dictionary.size()));
    codes = std::move(indexes);
    for (std::uint32_t& code : codes) { code = code == kNoIndex ? TagCodes::kMissing : dictionary.code(code); }
  } else {
    codes.clear();
    for (std::size_t row = 0; row < array.rows; ++row) {
      codes.push_back(array.valid(row) ? plain_of_column_[index]->code_of(text_at(array, column.type, row))
                                       : TagCodes::kMissing);
    }
  }
  const std::size_t first_row = batch_.series_of_row.size();  // the batch's times may be there already
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (codes[row] < TagCodes::kFirstBad) { continue; }
    faults_.push_back({static_cast<std::uint32_t>(first_row + row), index,
                       codes[row] == TagCodes::kNotUtf8 ? FaultKind::kTagUtf8 : FaultKind::kTagTooLong});
    codes[row] = TagCodes::kMissing;
  }
  return Ok{};
}

Status StreamDecoder::take_dictionary_field(const Array& array, const Column& column, std::uint32_t index,
                                            FieldVector& field) {
  const Dictionary& dictionary = dictionaries_.at(column.dictionary->id);
  SF_TRY(indexes, read_indexes(array, column.dictionary->index, dictionary.size()));
  std::uint64_t bytes = 0;
  std::string valid_bits((array.rows + 7) / 8, '\0');
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (indexes[i] == kNoIndex || dictionary.is_null(indexes[i])) { continue; }
    bytes += dictionary.text(indexes[i]).size();
    valid_bits[i / 8] = static_cast<char>(static_cast<unsigned char>(valid_bits[i / 8]) | (1U << (i % 8)));
  }
  SF_CHECK(charge(bytes));
  for (const std::uint32_t at : indexes) {
    append_text(at == kNoIndex ? std::string_view() : dictionary.text(at),
                static_cast<std::uint32_t>(field.strings.size()), index, field, faults_);
  }
  const bool all_valid = std::all_of(indexes.begin(), indexes.end(),
                                     [&](std::uint32_t at) { return at != kNoIndex && !dictionary.is_null(at); });
  append_validity(all_valid ? std::string_view() : std::string_view(valid_bits), array.rows, field);
  return Ok{};
}

Status StreamDecoder::take_field(const Column& column, std::uint32_t index, const Array& array, FieldVector& field) {
  if (column.dictionary) { return take_dictionary_field(array, column, index, field); }
  if (column.type.kind != Kind::kText) {
    append_numbers(array, column.type, field);
    return Ok{};
  }
  SF_CHECK(charge(array.values.size()));
  append_texts({&array, &column.type}, index, field, faults_);
  return Ok{};
}

Status StreamDecoder::take_rows(const Message& message) {
  SF_TRY(batch, Batch::open(message.header, message.body, decompressed_));
  const std::uint64_t rows = batch.rows();
  const std::uint64_t code_bytes = rows * 4 * batch_.tags.size();
  SF_CHECK(charge(rows * (12 + 8 * batch_.fields.size()) + code_bytes));
  for (std::uint32_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    SF_TRY(array, batch.next(column.dictionary ? column.dictionary->index : column.type));
    const Plan::Part part = plan_.parts[c];
    switch (part.role) {
      case Role::kTime: append_times(array, column.type, c, batch_.times, faults_); break;
      case Role::kTag: SF_CHECK(take_tag(column, c, array, part.index)); break;
      case Role::kField: SF_CHECK(take_field(column, c, array, batch_.fields[part.index])); break;
      case Role::kNothing: break;
    }
  }
  SF_CHECK(batch.finish());
  SF_CHECK(number_series(batch.rows()));
  bytes_left_ += static_cast<std::size_t>(code_bytes);
  return Ok{};
}

Status StreamDecoder::number_series(std::size_t rows) {
  series_.number(tag_codes_, rows, batch_.series_of_row);
  const std::uint64_t fresh = series_.size() - batch_.series_count;
  SF_CHECK(charge(fresh * batch_.tags.size() * kSeriesValueBytes));
  for (std::uint32_t s = batch_.series_count; s < series_.size(); ++s) {
    const auto codes = series_.codes_of(s);
    for (std::size_t t = 0; t < codes.size(); ++t) { batch_.series.emplace_back(codes_of_tag_[t]->value(codes[t])); }
  }
  batch_.series_count = series_.size();
  return Ok{};
}

Status StreamDecoder::take(const Message& message, const Messages& messages) {
  if (message.kind == MessageKind::kSchema) { return take_schema(message, messages); }
  if (!has_schema_) { return messages.damaged("the stream does not begin with a schema"); }
  Status status = message.kind == MessageKind::kDictionary ? take_dictionary(message) : take_rows(message);
  if (messages.metadata().failed()) { return messages.damaged("its metadata is damaged"); }
  return status;
}

// Takes the rows with faults out.
ArrowStreamResult StreamDecoder::finish() {
  ArrowStreamResult result;
  std::stable_sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) { return a.row < b.row; });
  faults_.erase(
      std::unique(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) { return a.row == b.row; }),
      faults_.end());
  if (faults_.empty()) {
    result.batch = std::move(batch_);
    return result;
  }
  std::vector<std::uint32_t> kept;
  std::size_t fault = 0;
  for (std::uint32_t row = 0; row < batch_.row_count(); ++row) {
    if (fault < faults_.size() && faults_[fault].row == row) {
      ++fault;
      continue;
    }
    kept.push_back(row);
  }
  result.batch = storage::gather_rows(batch_, kept);
  result.row_of.assign(kept.begin(), kept.end());
  result.error_count = faults_.size();
  for (std::size_t i = 0; i < faults_.size() && i < options_.errors_max; ++i) {
    result.errors.push_back({faults_[i].row, reason_of(faults_[i], columns_)});
  }
  return result;
}

Result<ArrowStreamResult> StreamDecoder::run() {
  batch_.table = options_.table;
  batch_.duplicates = options_.duplicates;
  Messages messages(stream_);
  Message message;
  while (true) {
    SF_TRY(more, messages.next(message));
    if (!more) { break; }
    SF_CHECK(take(message, messages));
  }
  if (!has_schema_) { return Error{ErrorCode::kInvalidArgument, "the body is empty: an Arrow IPC stream is wanted"}; }
  return finish();
}

}  // namespace
}  // namespace arrow

Result<ArrowStreamResult> decode_arrow_stream(std::string_view stream, const ArrowStreamOptions& options) {
  return arrow::StreamDecoder(stream, options).run();
}

}  // namespace streamflow::ingest
