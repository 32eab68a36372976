#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "storage/engine/engine_oracle.h"

namespace streamflow::storage {
namespace {

std::string text_of(FieldType type, std::uint64_t bits, std::string_view string) {
  switch (type) {
    case FieldType::kFloat64: return "f" + std::to_string(bits);
    case FieldType::kInt64: return "i" + std::to_string(static_cast<std::int64_t>(bits));
    case FieldType::kUint64: return "u" + std::to_string(bits);
    case FieldType::kBool: return bits != 0 ? "true" : "false";
    case FieldType::kString: return "\"" + std::string(string);
  }
  return "?";
}

void apply(PlainRow& row, const PlainRow& newer, DuplicatePolicy policy) {
  if (policy == DuplicatePolicy::kLast) {
    row.fields = newer.fields;
  } else {
    for (const auto& [name, value] : newer.fields) { row.fields[name] = value; }
  }
}

std::vector<std::string> columns_of(const TableSchema& schema) {
  std::vector<std::string> columns{"time"};
  columns.insert(columns.end(), schema.tags.begin(), schema.tags.end());
  for (const FieldColumn& field : schema.fields) { columns.push_back(field.name); }
  return columns;
}

PlainRow row_of(const ScanChunk& chunk, std::size_t row, const TableScan& scan,
                const std::vector<std::string>& columns) {
  PlainRow out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const ScanColumn& column = chunk.columns[c];
    if (column.kind == ScanColumn::Kind::kTime) {
      out.time = static_cast<std::int64_t>(column.bits[row]);
    } else if (column.kind == ScanColumn::Kind::kTag) {
      const std::uint32_t code = column.codes.empty() ? column.constant_code : column.codes[row];
      if (code != 0) { out.tags[columns[c]] = scan.dictionary(c)->values[code]; }
    } else if (column.validity.empty() || ((column.validity[row / 64] >> (row % 64)) & 1U) != 0) {
      const bool is_string = column.type == FieldType::kString;
      out.fields[columns[c]] =
          text_of(column.type, is_string ? 0 : column.bits[row], is_string ? column.strings[row] : "");
    }
  }
  return out;
}

// One task's rows; its series must be contiguous and its times ascend within each.
void read_task(const TableScan& scan, std::size_t task, const std::vector<std::string>& columns,
               std::vector<PlainRow>& out) {
  auto cursor = scan.open(task);
  ASSERT_TRUE(cursor.has_value()) << cursor.error().message;
  ScanChunk chunk;
  std::map<PlainValues, std::int64_t> last_time;
  const PlainValues* previous = nullptr;
  while (true) {
    const Result<bool> more = (*cursor)->next(chunk);
    ASSERT_TRUE(more.has_value()) << more.error().message;
    if (!*more) { break; }
    ASSERT_GT(chunk.row_count, 0U);
    ASSERT_LE(chunk.row_count, kScanChunkRowsMax);
    for (std::size_t row = 0; row < chunk.row_count; ++row) {
      PlainRow plain = row_of(chunk, row, scan, columns);
      const auto [place, fresh] = last_time.try_emplace(plain.tags, plain.time);
      if (!fresh) {
        ASSERT_EQ(previous, &place->first) << "a task came back to a series";
        ASSERT_LE(place->second, plain.time);
      }
      place->second = plain.time;
      previous = &place->first;
      out.push_back(std::move(plain));
    }
  }
}

}  // namespace

std::vector<PlainRow> plain_rows(const RowBatch& batch) {
  std::vector<PlainRow> rows;
  for (std::size_t i = 0; i < batch.row_count(); ++i) {
    PlainRow row;
    row.time = batch.times[i];
    for (std::size_t t = 0; t < batch.tags.size(); ++t) {
      const std::string& value = batch.tag_values(batch.series_of_row[i])[t];
      if (!value.empty()) { row.tags[batch.tags[t]] = value; }
    }
    for (const FieldVector& field : batch.fields) {
      if (!field.valid(i)) { continue; }
      const bool is_string = field.type == FieldType::kString;
      row.fields[field.name] = text_of(field.type, is_string ? 0 : field.bits[i], is_string ? field.strings[i] : "");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void EngineOracle::write(const RowBatch& batch) {
  write(batch.table, batch.duplicates, plain_rows(batch));
}

void EngineOracle::write(const std::string& table, DuplicatePolicy duplicates, std::vector<PlainRow> rows) {
  if (rows.empty()) { return; }
  const auto [place, fresh] = tables_.try_emplace(table);
  if (fresh) { place->second.duplicates = duplicates; }
  for (PlainRow& row : rows) { place->second.rows.push_back(std::move(row)); }
}

void EngineOracle::erase(const Deletion& deletion) {
  const auto matches = [&](const PlainRow& row) {
    return deletion.range.contains(timestamp_from_ns(row.time)) &&
           std::ranges::all_of(deletion.terms, [&](const TagTerm& term) {
             const auto tag = row.tags.find(term.tag);
             return std::ranges::find(term.values, tag == row.tags.end() ? "" : tag->second) != term.values.end();
           });
  };
  std::erase_if(tables_.at(deletion.table).rows, matches);
}

std::vector<PlainRow> EngineOracle::rows(const std::string& table) const {
  const Table& stored = tables_.at(table);
  std::vector<PlainRow> out;
  if (stored.duplicates == DuplicatePolicy::kKeep) {
    out = stored.rows;
  } else {
    std::map<std::pair<PlainValues, std::int64_t>, PlainRow> by_key;
    for (const PlainRow& row : stored.rows) {
      const auto [place, fresh] = by_key.try_emplace({row.tags, row.time}, row);
      if (!fresh) { apply(place->second, row, stored.duplicates); }
    }
    for (const auto& [key, row] : by_key) { out.push_back(row); }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> EngineOracle::tables() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) { names.push_back(name); }
  return names;
}

RowBatch random_batch(std::mt19937_64& random, std::size_t rows_max) {
  RowBatch batch;
  const std::size_t kind = random() % 3;
  batch.table = std::vector<std::string>{"merged", "last", "kept"}[kind];
  batch.duplicates =
      std::vector<DuplicatePolicy>{DuplicatePolicy::kMerge, DuplicatePolicy::kLast, DuplicatePolicy::kKeep}[kind];
  const bool has_tags = random() % 5 != 0;
  if (has_tags) {
    batch.tags = random() % 3 == 0 ? std::vector<std::string>{"room", "host"} : std::vector<std::string>{"host"};
  }
  batch.series_count = has_tags ? 1 + static_cast<std::uint32_t>(random() % 4) : 1;
  for (std::uint32_t s = 0; s < batch.series_count; ++s) {
    for (std::size_t t = 0; t < batch.tags.size(); ++t) {
      batch.series.push_back(random() % 6 == 0 ? "" : batch.tags[t] + std::to_string(random() % 4));
    }
  }
  const std::size_t rows = 1 + random() % rows_max;
  const auto base = static_cast<std::int64_t>(random() % 8) * 100;
  for (std::size_t i = 0; i < rows; ++i) {
    batch.series_of_row.push_back(static_cast<std::uint32_t>(random() % batch.series_count));
    batch.times.push_back((base + static_cast<std::int64_t>(random() % 200)) * 1'000'000'000'000);  // spans partitions
  }
  const std::pair<const char*, FieldType> fields[] = {{"f", FieldType::kFloat64},
                                                      {"i", FieldType::kInt64},
                                                      {"u", FieldType::kUint64},
                                                      {"b", FieldType::kBool},
                                                      {"s", FieldType::kString}};
  for (const auto& [name, type] : fields) {
    if (random() % 3 == 0) { continue; }
    FieldVector field;
    field.name = name;
    field.type = type;
    const bool nulls = random() % 2 == 0;
    if (nulls) { field.validity.assign((rows + 63) / 64, 0); }
    for (std::size_t i = 0; i < rows; ++i) {
      const bool valid = !nulls || random() % 3 != 0;
      if (nulls && valid) { field.validity[i / 64] |= std::uint64_t{1} << (i % 64); }
      const std::uint64_t value = type == FieldType::kBool ? random() % 2
                                  : type == FieldType::kFloat64
                                      ? std::bit_cast<std::uint64_t>(static_cast<double>(random() % 1000) / 8)
                                      : random() % 50;
      if (type == FieldType::kString) {
        field.strings.push_back(valid ? std::string(random() % 30, 'x') + std::to_string(value) : "");
      } else {
        field.bits.push_back(valid ? value : 0);
      }
    }
    batch.fields.push_back(std::move(field));
  }
  return batch;
}

std::vector<PlainRow> scan_rows(Engine& engine, const std::string& table, std::mt19937_64& random,
                                const ScanWanted& wanted) {
  const auto snapshot = engine.reader({})->snapshot();
  const auto schema = snapshot->table(table);
  EXPECT_NE(schema, nullptr) << table;
  if (schema == nullptr) { return {}; }
  ScanRequest request;
  request.table = table;
  request.range = wanted.range;
  request.columns = columns_of(*schema);
  if (wanted.host) {
    request.tag_predicates.push_back(
        {"host", [&](std::optional<std::string_view> value) { return value == *wanted.host; }});
  }
  auto scan = snapshot->scan(request);
  EXPECT_TRUE(scan.has_value()) << scan.error().message;
  std::vector<std::size_t> tasks((*scan)->task_count());
  for (std::size_t t = 0; t < tasks.size(); ++t) { tasks[t] = t; }
  std::shuffle(tasks.begin(), tasks.end(), random);
  std::vector<PlainRow> rows;
  for (const std::size_t task : tasks) { read_task(**scan, task, request.columns, rows); }
  std::sort(rows.begin(), rows.end());
  return rows;
}

Result<std::vector<PlainRow>> try_scan(Engine& engine, const std::string& table) {
  const auto snapshot = engine.reader({})->snapshot();
  ScanRequest request;
  request.table = table;
  request.columns = columns_of(*snapshot->table(table));
  SF_TRY(scan, snapshot->scan(request));
  std::vector<PlainRow> rows;
  ScanChunk chunk;
  for (std::size_t task = 0; task < scan->task_count(); ++task) {
    SF_TRY(cursor, scan->open(task));
    while (true) {
      SF_TRY(more, cursor->next(chunk));
      if (!more) { break; }
      for (std::size_t row = 0; row < chunk.row_count; ++row) {
        rows.push_back(row_of(chunk, row, *scan, request.columns));
      }
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<PlainRow> filtered(std::vector<PlainRow> rows, const ScanWanted& wanted) {
  std::erase_if(rows, [&](const PlainRow& row) {
    const auto host = row.tags.find("host");
    return !wanted.range.contains(timestamp_from_ns(row.time)) ||
           (wanted.host && (host == row.tags.end() || host->second != *wanted.host));
  });
  return rows;
}

}  // namespace streamflow::storage
