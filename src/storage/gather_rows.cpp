#include "storage/gather_rows.h"

namespace streamflow::storage {
namespace {

bool test(const std::vector<std::uint64_t>& validity, std::size_t row) {
  return validity.empty() || ((validity[row / 64] >> (row % 64)) & 1U) != 0;
}

FieldVector gather_field(const FieldVector& from, std::span<const std::uint32_t> rows) {
  FieldVector out;
  out.name = from.name;
  out.type = from.type;
  if (from.type == FieldType::kString) {
    for (const std::uint32_t row : rows) { out.strings.push_back(from.strings[row]); }
  } else {
    out.bits.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) { out.bits[i] = from.bits[rows[i]]; }
  }
  if (!from.validity.empty()) {
    out.validity.assign((rows.size() + 63) / 64, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (test(from.validity, rows[i])) { out.validity[i / 64] |= std::uint64_t{1} << (i % 64); }
    }
  }
  return out;
}

}  // namespace

RowBatch gather_rows(const RowBatch& from, std::span<const std::uint32_t> rows) {
  RowBatch out;
  out.table = from.table;
  out.duplicates = from.duplicates;
  out.tags = from.tags;
  constexpr std::uint32_t kUnused = 0xffffffffU;
  std::vector<std::uint32_t> renamed(from.series_count, kUnused);
  out.series_of_row.reserve(rows.size());
  out.times.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    std::uint32_t& name = renamed[from.series_of_row[row]];
    if (name == kUnused) {
      name = out.series_count++;
      const auto values = from.tag_values(from.series_of_row[row]);
      out.series.insert(out.series.end(), values.begin(), values.end());
    }
    out.series_of_row.push_back(name);
    out.times.push_back(from.times[row]);
  }
  out.fields.reserve(from.fields.size());
  for (const FieldVector& field : from.fields) { out.fields.push_back(gather_field(field, rows)); }
  return out;
}

}  // namespace streamflow::storage
