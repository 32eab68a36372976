#include "query/scan/scan_columns.h"

#include <cstring>
#include <utility>

namespace streamflow::query {

namespace {

using duckdb::FlatVector;
using duckdb::string_t;

string_t as_string(std::string_view text) {
  return {text.data(), static_cast<std::uint32_t>(text.size())};
}

// Keeps the strings alive for as long as any vector refers to them.
class DictionaryOwner : public duckdb::VectorBuffer {
 public:
  explicit DictionaryOwner(std::shared_ptr<const storage::TagDictionary> dictionary)
      : VectorBuffer(duckdb::VectorBufferType::OPAQUE_BUFFER), dictionary_(std::move(dictionary)) {}

 private:
  std::shared_ptr<const storage::TagDictionary> dictionary_;
};

void fill_validity(std::span<const std::uint64_t> words, std::size_t row_count, duckdb::Vector& vector) {
  if (words.empty()) return;
  auto& validity = FlatVector::Validity(vector);
  validity.Initialize(STANDARD_VECTOR_SIZE);
  std::memcpy(validity.GetData(), words.data(), (row_count + 63) / 64 * sizeof(std::uint64_t));
}

}  // namespace

TagColumn::TagColumn(std::shared_ptr<const storage::TagDictionary> dictionary)
    : dictionary_(std::move(dictionary)),
      values_(duckdb::DictionaryVector::CreateReusableDictionary(duckdb::LogicalType::VARCHAR,
                                                                 dictionary_->values.size())) {
  values_->id = dictionary_->id;
  auto* strings = FlatVector::GetData<string_t>(values_->data);
  for (std::size_t i = 0; i < dictionary_->values.size(); ++i) strings[i] = as_string(dictionary_->values[i]);
  FlatVector::Validity(values_->data).Resize(dictionary_->values.size());
  FlatVector::SetNull(values_->data, 0, true);
  duckdb::StringVector::AddBuffer(values_->data, duckdb::make_buffer<DictionaryOwner>(dictionary_));
}

void TagColumn::fill(const storage::ScanColumn& column, std::size_t row_count, duckdb::Vector& vector) const {
  if (!column.codes.empty()) {
    // DuckDB only reads selections; its type is not const.
    auto* codes = const_cast<duckdb::sel_t*>(column.codes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    const duckdb::SelectionVector selection(codes);
    vector.Dictionary(values_, selection);
    return;
  }
  static_cast<void>(row_count);
  vector.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  if (column.constant_code == 0) {
    duckdb::ConstantVector::SetNull(vector, true);
  } else {
    duckdb::ConstantVector::GetData<string_t>(vector)[0] = as_string(dictionary_->values[column.constant_code]);
  }
}

void fill_column(const storage::ScanColumn& column, std::size_t row_count, duckdb::Vector& vector) {
  const bool is_field = column.kind == storage::ScanColumn::Kind::kField;
  if (is_field && column.type == FieldType::kString) {
    auto* strings = FlatVector::GetData<string_t>(vector);
    for (std::size_t i = 0; i < row_count; ++i) strings[i] = as_string(column.strings[i]);
  } else if (is_field && column.type == FieldType::kBool) {
    auto* values = FlatVector::GetData<bool>(vector);
    for (std::size_t i = 0; i < row_count; ++i) values[i] = column.bits[i] != 0;
  } else {
    auto* bits = const_cast<std::uint64_t*>(column.bits.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    FlatVector::SetData(vector, reinterpret_cast<duckdb::data_ptr_t>(bits));
  }
  if (is_field) fill_validity(column.validity, row_count, vector);
}

}  // namespace streamflow::query
