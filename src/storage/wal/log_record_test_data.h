// Random log records for tests: every type, NULLs, empty batches, every column layout; the same seed, the same record.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <utility>

#include "storage/wal/log_record.h"

namespace streamflow::storage::testing {

inline std::string random_text(std::mt19937_64& random, std::size_t bytes_max) {
  std::string text(random() % (bytes_max + 1), '\0');
  for (char& c : text) { c = static_cast<char>(random()); }
  return text;
}

inline std::uint64_t random_value(std::mt19937_64& random, std::uint64_t shape, std::size_t row) {
  switch (shape) {
    case 0: return 42;                                                  // one value
    case 1: return 1'700'000'000'000'000'000ULL + row * 1'000'000'000;  // steps
    case 2: return random() % 200;                                      // one byte
    case 3: return 5'000 - random() % 40'000;                           // two bytes, around zero
    case 4: return 1'000'000'000'000 + random() % 3'000'000'000;        // four bytes
    default: return random();                                           // anything: NaN payloads, -0.0, extremes
  }
}

inline FieldVector random_field(std::mt19937_64& random, std::size_t rows, std::size_t index) {
  FieldVector field;
  field.name = "field" + std::to_string(index);
  field.type = static_cast<FieldType>(1 + random() % 5);
  const std::uint64_t shape = random() % 6;
  if (random() % 2 == 0) { field.validity.assign((rows + 63) / 64, 0); }
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = field.validity.empty() || random() % 3 != 0;
    if (valid && !field.validity.empty()) { field.validity[row / 64] |= std::uint64_t{1} << (row % 64); }
    if (field.type == FieldType::kString) {
      field.strings.push_back(valid ? random_text(random, 20) : "");
    } else {
      const std::uint64_t bits = random_value(random, shape, row);
      field.bits.push_back(!valid ? 0 : field.type == FieldType::kBool ? bits % 2 : bits);
    }
  }
  return field;
}

inline RowBatch random_batch(std::mt19937_64& random, std::size_t rows_max) {
  RowBatch batch;
  const std::size_t rows = random() % (rows_max + 1);
  batch.table = "table" + std::to_string(random() % 10);
  batch.duplicates = static_cast<DuplicatePolicy>(1 + random() % 3);
  for (std::size_t tag = random() % 4; tag > 0; --tag) { batch.tags.push_back("tag" + std::to_string(tag)); }
  batch.series_count = batch.tags.empty() ? 1 : static_cast<std::uint32_t>(1 + random() % 300);
  for (std::size_t i = 0; i < batch.series_count * batch.tags.size(); ++i) {
    batch.series.push_back(random_text(random, 12));
  }
  const std::uint64_t shape = 1 + random() % 5;
  const bool in_order = random() % 2 == 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t series = in_order ? row : random();
    batch.series_of_row.push_back(static_cast<std::uint32_t>(series % batch.series_count));
    batch.times.push_back(static_cast<std::int64_t>(random_value(random, shape, row)));
  }
  for (std::size_t field = random() % 6; field > 0; --field) {
    batch.fields.push_back(random_field(random, rows, field));
  }
  return batch;
}

inline LogRecord random_record(std::mt19937_64& random, std::uint64_t sequence, std::size_t rows_max) {
  LogRecord record;
  record.sequence.value = sequence;
  record.commit_time = timestamp_from_ns(static_cast<std::int64_t>(random() >> 1U));
  if (random() % 2 == 0) { record.project = {random_text(random, 10), random_text(random, 10)}; }
  if (random() % 2 == 0) { record.producer = {random_text(random, 255), random(), random() % 1000}; }
  for (std::size_t batch = random() % 4; batch > 0; --batch) {
    record.batches.push_back(std::make_shared<const RowBatch>(random_batch(random, rows_max)));
  }
  return record;
}

inline bool same(const LogRecord& a, const LogRecord& b) {
  bool equal = a.kind == b.kind && a.sequence == b.sequence && a.commit_time == b.commit_time &&
               a.project == b.project && a.producer == b.producer && a.batches.size() == b.batches.size();
  for (std::size_t i = 0; equal && i < a.batches.size(); ++i) { equal = *a.batches[i] == *b.batches[i]; }
  return equal;
}

}  // namespace streamflow::storage::testing
