// FakeRows: a batch built row by row, for tests.
#include <bit>
#include <utility>
#include <variant>

#include "query/testing/fake_project.h"

namespace streamflow::query {

FakeRows::FakeRows(std::string table, std::vector<std::string> tags, std::vector<FieldColumn> fields) {
  batch_.table = std::move(table);
  batch_.tags = std::move(tags);
  for (FieldColumn& field : fields) {
    FieldVector column;
    column.name = std::move(field.name);
    column.type = field.type;
    batch_.fields.push_back(std::move(column));
  }
}

FakeRows& FakeRows::add(const std::vector<std::string>& tag_values, std::int64_t time_ns,
                        const std::vector<FakeValue>& values) {
  const auto [at, is_new] = series_.emplace(tag_values, batch_.series_count);
  if (is_new) {
    ++batch_.series_count;
    batch_.series.insert(batch_.series.end(), tag_values.begin(), tag_values.end());
  }
  const std::size_t row = batch_.row_count();
  batch_.series_of_row.push_back(at->second);
  batch_.times.push_back(time_ns);
  for (std::size_t f = 0; f < values.size(); ++f) {
    FieldVector& field = batch_.fields[f];
    if (field.validity.size() * 64 <= row) field.validity.push_back(0);
    const FakeValue& value = values[f];
    if (!std::holds_alternative<std::monostate>(value)) field.validity[row / 64] |= 1ULL << (row % 64);
    if (field.type == FieldType::kString) {
      const auto* text = std::get_if<std::string>(&value);
      field.strings.push_back(text != nullptr ? *text : std::string());
      continue;
    }
    std::uint64_t bits = 0;
    if (const auto* b = std::get_if<bool>(&value)) bits = *b ? 1 : 0;
    if (const auto* d = std::get_if<double>(&value)) bits = std::bit_cast<std::uint64_t>(*d);
    if (const auto* i = std::get_if<std::int64_t>(&value)) bits = std::bit_cast<std::uint64_t>(*i);
    if (const auto* u = std::get_if<std::uint64_t>(&value)) bits = *u;
    field.bits.push_back(bits);
  }
  return *this;
}

}  // namespace streamflow::query
