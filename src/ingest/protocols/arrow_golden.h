// For tests: the streams of tests/golden/arrow_write, and a decoded batch in the words of the texts beside them.
// Threads:    a test's own.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ingest/protocols/arrow_stream.h"

namespace streamflow::ingest::arrow_golden {

inline std::filesystem::path folder() {
  return std::filesystem::path(STREAMFLOW_SOURCE_DIR) / "tests/golden/arrow_write";
}

inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline std::string stream(const std::string& name) {
  return read(folder() / (name + ".arrows"));
}

inline std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() == ".arrows") { names.push_back(entry.path().stem()); }
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// "tags=a,b", "fields=d" or "time=when".
inline ArrowStreamOptions options(const std::string& parameter) {
  ArrowStreamOptions options;
  options.table = "t";
  const std::string value = parameter.substr(std::min(parameter.size(), parameter.find('=') + 1));
  if (parameter.starts_with("tags=")) { options.tags = split(value); }
  if (parameter.starts_with("fields=")) { options.fields = split(value); }
  if (parameter.starts_with("time=")) { options.time = value; }
  return options;
}

inline std::string shown(const FieldVector& field, std::size_t row) {
  if (!field.valid(row)) { return "-"; }
  std::string hex(17, '\0');
  switch (field.type) {
    case FieldType::kFloat64:
      std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(field.bits[row]));
      return "f:" + hex.substr(0, 16);
    case FieldType::kInt64: return "i:" + std::to_string(std::bit_cast<std::int64_t>(field.bits[row]));
    case FieldType::kUint64: return "u:" + std::to_string(field.bits[row]);
    case FieldType::kBool: return "b:" + std::to_string(field.bits[row]);
    case FieldType::kString: break;
  }
  std::string text = "s:";
  for (const char byte : field.strings[row]) {
    std::snprintf(hex.data(), hex.size(), "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    text += hex.substr(0, 2);
  }
  return text;
}

inline std::string row_text(const RowBatch& batch, std::size_t row) {
  std::string text = std::to_string(batch.times[row]);
  const auto values = batch.tag_values(batch.series_of_row[row]);
  for (std::size_t t = 0; t < batch.tags.size(); ++t) {
    text += (t == 0 ? "|" : ",") + batch.tags[t] + "=" + values[t];
  }
  if (batch.tags.empty()) { text += "|"; }
  for (std::size_t f = 0; f < batch.fields.size(); ++f) {
    text += (f == 0 ? "|" : ",") + batch.fields[f].name + "=" + shown(batch.fields[f], row);
  }
  return text + "\n";
}

// Everything that a text beside a stream says after its first line.
inline std::string text(const ArrowStreamResult& result) {
  std::string text;
  for (std::size_t row = 0; row < result.batch.row_count(); ++row) { text += row_text(result.batch, row); }
  for (const ArrowRowError& error : result.errors) {
    text += "row " + std::to_string(error.row) + ": " + error.reason + "\n";
  }
  return text;
}

}  // namespace streamflow::ingest::arrow_golden
