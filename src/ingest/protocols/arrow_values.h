// Arrow arrays onto the end of a batch's columns.
// Invariants: a NULL row holds 0 or "" and a cleared validity bit, whatever bytes the array has there.
// Threads:    pure functions on values of the caller's.
// Errors:     none: what a row cannot be is added to `faults`, and the row holds 0 or "".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/protocols/arrow_batch.h"
#include "ingest/protocols/arrow_schema.h"
#include "model/row_batch.h"

namespace streamflow::ingest::arrow {

enum class FaultKind : std::uint8_t { kNoTime, kTimeRange, kTextUtf8, kTextTooLong, kTagUtf8, kTagTooLong };

// Why a row cannot be taken.
struct Fault {
  std::uint32_t row = 0;  // of the stream
  std::uint32_t column = 0;
  FaultKind kind = FaultKind::kNoTime;
};
std::string reason_of(const Fault& fault, const std::vector<Column>& columns);

// Times in nanoseconds. `column`: for faults.
void append_times(const Array& array, const ColumnType& type, std::uint32_t column, std::vector<std::int64_t>& times,
                  std::vector<Fault>& faults);

// Numbers and booleans, as the field's type wants them: its own, or a wider one that holds them all exactly.
void append_numbers(const Array& array, const ColumnType& type, FieldVector& field);

// Text i of an array, however it is stored.
struct TextSource {
  const Array* array = nullptr;
  const ColumnType* type = nullptr;
};
void append_texts(const TextSource& source, std::uint32_t column, FieldVector& field, std::vector<Fault>& faults);

// One text of row `row` onto the end of the field, "" and a fault when it is none.
void append_text(std::string_view text, std::uint32_t row, std::uint32_t column, FieldVector& field,
                 std::vector<Fault>& faults);

// Marks the last `rows` rows of the field: those that `valid_bits` (as Array::validity) clears are NULL.
void append_validity(std::string_view valid_bits, std::size_t rows, FieldVector& field);

// The index in a dictionary that each row holds; kNoIndex where it is NULL.
inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFFU;
Result<std::vector<std::uint32_t>> read_indexes(const Array& array, const ColumnType& type, std::size_t value_count);

}  // namespace streamflow::ingest::arrow
