#include "query/insert/insert_encoder.h"

#include <bit>
#include <string>
#include <unordered_map>
#include <utility>

#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "query/functions/aggregate_arguments.h"
#include "query/functions/time_arithmetic.h"
#include "query/project_catalog.h"

namespace streamflow::query {

namespace {

using duckdb::idx_t;
using duckdb::Vector;

class InsertEncoder : public ResultEncoder {
 public:
  InsertEncoder(const InsertTarget& target, RowWriter write, std::unique_ptr<ResultEncoder> answer)
      : target_(target), write_(std::move(write)), answer_(std::move(answer)) {
    const TableSchema& schema = *target_.schema;
    batch_.table = schema.name;
    batch_.duplicates = schema.duplicates;
    for (const std::size_t column : target_.columns) {
      if (column == 0) {
        types_.push_back(duckdb::LogicalType::TIMESTAMP_NS);
      } else if (column <= schema.tags.size()) {
        types_.push_back(duckdb::LogicalType::VARCHAR);
        batch_.tags.push_back(schema.tags[column - 1]);
      } else {
        const FieldColumn& field = schema.fields[column - 1 - schema.tags.size()];
        batch_.fields.emplace_back();
        batch_.fields.back().name = field.name;
        batch_.fields.back().type = field.type;
        types_.push_back(type_of_field(field.type));
      }
    }
  }

  Status begin(duckdb::ClientContext& context, const std::vector<std::string>&, const LogicalTypes& types,
               std::string&) override {
    context_ = &context;
    if (types.size() == types_.size()) return Ok{};
    return Error{ErrorCode::kInvalidArgument, "INSERT: wanted " + std::to_string(types_.size()) + " columns for \"" +
                                                  batch_.table + "\", got " + std::to_string(types.size()) +
                                                  "; name them as in INSERT INTO " + batch_.table + " (time, …)"};
  }

  Status chunk(duckdb::DataChunk& chunk, std::string&) override {
    const idx_t count = chunk.size();
    duckdb::DataChunk cast;
    cast.Initialize(*context_, types_, count);
    for (std::size_t i = 0; i < types_.size(); ++i) {
      duckdb::VectorOperations::Cast(*context_, chunk.data[i], cast.data[i], count);
    }
    std::vector<std::string> keys(count);
    has_value_.assign(count, false);
    std::size_t field = 0;
    for (std::size_t i = 0; i < target_.columns.size(); ++i) {
      const std::size_t column = target_.columns[i];
      if (column == 0) {
        SF_CHECK(add_times(cast.data[i], count));
      } else if (column <= target_.schema->tags.size()) {
        add_tag(cast.data[i], count, keys);
      } else {
        add_field(batch_.fields[field++], cast.data[i], count);
      }
    }
    for (idx_t row = 0; row < count; ++row) {
      if (!has_value_[row]) return wrong_row(rows_ + row, "has no field value");
      batch_.series_of_row.push_back(series_of(std::move(keys[row])));
    }
    rows_ += count;
    if (rows_ > kInsertRowsMax || batch_.memory_bytes() > kInsertBytesMax) {
      return Error{ErrorCode::kTooLarge, "INSERT: more than " + std::to_string(kInsertRowsMax) + " rows or " +
                                             std::to_string(kInsertBytesMax >> 20U) +
                                             " MiB in one statement; insert in parts"};
    }
    return Ok{};
  }

  Status end(std::uint64_t, double elapsed_ms, std::string& out) override {
    std::uint64_t stored = 0;
    if (rows_ > 0) {
      for (FieldVector& field : batch_.fields) {
        if (field.validity.size() * 64 >= rows_ && all_valid(field)) field.validity.clear();
      }
      SF_CHECK(validate(batch_));
      SF_TRY(written, write_(std::move(batch_)));
      stored = written;
    }
    duckdb::DataChunk count;
    count.Initialize(*context_, {duckdb::LogicalType::BIGINT});
    count.SetValue(0, 0, duckdb::Value::BIGINT(static_cast<std::int64_t>(stored)));
    count.SetCardinality(1);
    SF_CHECK(answer_->begin(*context_, {"Count"}, {duckdb::LogicalType::BIGINT}, out));
    SF_CHECK(answer_->chunk(count, out));
    return answer_->end(1, elapsed_ms, out);
  }

 private:
  static Error wrong_row(std::uint64_t row, const std::string& what) {
    return {ErrorCode::kInvalidArgument, "INSERT: row " + std::to_string(row + 1) + " " + what};
  }

  Status add_times(Vector& vector, idx_t count) {
    const ArgumentColumn<duckdb::timestamp_ns_t> times(vector, count);
    for (idx_t row = 0; row < count; ++row) {
      if (times.is_null(row)) return wrong_row(rows_ + row, "has no time");
      if (is_infinite_time(times[row].value)) return wrong_row(rows_ + row, "has an infinite time");
      batch_.times.push_back(times[row].value);
    }
    return Ok{};
  }

  // A row's tag values, one behind the other with their lengths: what names its series.
  static void add_tag(Vector& vector, idx_t count, std::vector<std::string>& keys) {
    const ArgumentColumn<duckdb::string_t> values(vector, count);
    for (idx_t row = 0; row < count; ++row) {
      const std::string value = values.is_null(row) ? std::string() : values[row].GetString();
      keys[row] += std::to_string(value.size()) + ":" + value;
    }
  }

  std::uint32_t series_of(std::string key) {
    const auto [found, is_new] = series_.try_emplace(std::move(key), batch_.series_count);
    if (!is_new) return found->second;
    const std::string& text = found->first;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t colon = text.find(':', at);
      const std::size_t length = std::stoul(text.substr(at, colon - at));
      batch_.series.push_back(text.substr(colon + 1, length));
      at = colon + 1 + length;
    }
    return batch_.series_count++;
  }

  void add_field(FieldVector& field, Vector& vector, idx_t count) {
    field.validity.resize((rows_ + count + 63) / 64, 0);
    const auto each = [&]<class T>(const ArgumentColumn<T>& values, const auto& add) {
      for (idx_t row = 0; row < count; ++row) {
        const bool is_null = values.is_null(row);
        add(is_null ? T{} : values[row]);
        if (is_null) continue;
        const std::uint64_t at = rows_ + row;
        field.validity[at / 64] |= std::uint64_t{1} << (at % 64);
        has_value_[row] = true;
      }
    };
    const auto add_bits = [&field](auto value) { field.bits.push_back(bits_of(value)); };
    switch (field.type) {
      case FieldType::kFloat64: return each(ArgumentColumn<double>(vector, count), add_bits);
      case FieldType::kInt64: return each(ArgumentColumn<std::int64_t>(vector, count), add_bits);
      case FieldType::kUint64: return each(ArgumentColumn<std::uint64_t>(vector, count), add_bits);
      case FieldType::kBool: return each(ArgumentColumn<bool>(vector, count), add_bits);
      case FieldType::kString: break;
    }
    each(ArgumentColumn<duckdb::string_t>(vector, count), [&field](const duckdb::string_t& value) {
      field.strings.push_back({value.GetData(), value.GetSize()});
    });
  }

  static std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }
  static std::uint64_t bits_of(std::int64_t value) { return std::bit_cast<std::uint64_t>(value); }
  static std::uint64_t bits_of(std::uint64_t value) { return value; }
  static std::uint64_t bits_of(bool value) { return value ? 1 : 0; }

  bool all_valid(const FieldVector& field) const {
    for (std::uint64_t row = 0; row < rows_; ++row) {
      if (!field.valid(row)) return false;
    }
    return true;
  }

  const InsertTarget target_;
  const RowWriter write_;
  const std::unique_ptr<ResultEncoder> answer_;
  duckdb::ClientContext* context_ = nullptr;  // of the stream that owns this
  LogicalTypes types_;                        // of the target's columns
  RowBatch batch_;
  std::uint64_t rows_ = 0;
  std::vector<bool> has_value_;                            // by row of the chunk
  std::unordered_map<std::string, std::uint32_t> series_;  // by key
};

}  // namespace

std::unique_ptr<ResultEncoder> make_insert_encoder(const InsertTarget& target, RowWriter write,
                                                   std::unique_ptr<ResultEncoder> answer) {
  return std::make_unique<InsertEncoder>(target, std::move(write), std::move(answer));
}

}  // namespace streamflow::query
