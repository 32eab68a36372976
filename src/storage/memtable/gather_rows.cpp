#include "storage/memtable/gather_rows.h"

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

RowBatch gather_rows(const RowBatch& from, std::span<const std::uint32_t> rows,
                     std::vector<std::uint32_t>* series_taken) {
  RowBatch out;
  out.table = from.table;
  out.duplicates = from.duplicates;
  out.tags = from.tags;
  constexpr std::uint32_t kUnused = 0xffffffffU;
  std::vector<std::uint32_t> renamed(from.series_count, kUnused), taken;
  out.series_of_row.resize(rows.size());
  out.times.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t series = from.series_of_row[rows[i]];
    if (renamed[series] == kUnused) {
      renamed[series] = static_cast<std::uint32_t>(taken.size());
      taken.push_back(series);
    }
    out.series_of_row[i] = renamed[series];
    out.times[i] = from.times[rows[i]];
  }
  out.series_count = static_cast<std::uint32_t>(taken.size());
  out.series.reserve(taken.size() * from.tags.size());
  for (const std::uint32_t series : taken) {
    const auto values = from.tag_values(series);
    out.series.insert(out.series.end(), values.begin(), values.end());
  }
  out.fields.reserve(from.fields.size());
  for (const FieldVector& field : from.fields) { out.fields.push_back(gather_field(field, rows)); }
  if (series_taken != nullptr) { *series_taken = std::move(taken); }
  return out;
}

}  // namespace streamflow::storage
