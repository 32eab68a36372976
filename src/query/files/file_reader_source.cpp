#include "query/files/file_reader_source.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace streamflow::query {

namespace {

constexpr std::size_t kEstimateBytes = std::size_t{1} << 20U;  // of the file's start, to guess its row count

// A path that DuckDB does not take for a pattern: each special character in a class of its own.
std::string path_literal(const std::filesystem::path& path) {
  std::string escaped;
  for (const char c : path.string()) {
    if (c == '*' || c == '?' || c == '[') {
      escaped += {'[', c, ']'};
    } else {
      escaped += c;
    }
  }
  return quoted_literal(escaped);
}

Result<std::string> first_bytes(const std::filesystem::path& path, std::size_t byte_count) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(byte_count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(byte_count));
  if (file.bad() || (file.fail() && !file.eof())) return Error{ErrorCode::kIo, "cannot read " + path.string()};
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

SourceKind kind_of(std::string_view type) {
  if (type == "BOOLEAN") return SourceKind::kBool;
  if (is_one_of(type, {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})) {
    return SourceKind::kInteger;
  }
  if (type == "UBIGINT") return SourceKind::kUnsigned;
  if (is_one_of(type, {"FLOAT", "DOUBLE", "HUGEINT", "UHUGEINT"}) || type.starts_with("DECIMAL("))
    return SourceKind::kFloat;
  if (type.ends_with("]")) return SourceKind::kText;  // lists
  if (type == "DATE" || type.starts_with("TIMESTAMP")) return SourceKind::kTemporal;
  return type == "TIME" || type == "TIME_NS" ? SourceKind::kTimeOfDay : SourceKind::kText;
}

std::uint64_t number_of(const std::optional<std::string>& text) {
  std::uint64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

// A character option of sniff_csv's answer; "(empty)" is its word for none.
std::string character_or(const std::optional<std::string>& text, std::string_view fallback) {
  return !text || text->empty() || *text == "(empty)" ? std::string(fallback) : *text;
}

// The SQL that counts the values which are not of the kind the first rows suggest: 0 means that it holds for all.
std::string misfits_sql(const std::string& column, SourceKind kind) {
  const std::string cast = kind == SourceKind::kBool ? "BOOLEAN" : kind == SourceKind::kInteger ? "BIGINT" : "DOUBLE";
  std::string fits = "TRY_CAST(" + column + " AS " + cast + ") IS NOT NULL";
  if (kind == SourceKind::kInteger) fits += " AND " + is_integer_sql(column);
  return "count(*) FILTER (" + column + " IS NOT NULL AND NOT (" + fits + "))";
}

}  // namespace

std::string is_integer_sql(const std::string& text_sql) {
  return "regexp_full_match(" + text_sql + ", '\\s*[+-]?[0-9]+\\s*')";
}

Result<FileSource> FileSource::open(FileSession& session, const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return Error{ErrorCode::kNotFound, "no such file: " + path.string()};
  if (std::filesystem::is_directory(path, error)) {
    return Error{ErrorCode::kInvalidArgument, path.string() + " is a folder; name one CSV or Parquet file"};
  }
  SF_TRY(magic, first_bytes(path, 4));
  if (magic.empty()) return Error{ErrorCode::kInvalidArgument, path.string() + " is empty"};
  const bool parquet = magic == "PAR1" || path.extension() == ".parquet";
  FileSource source(!parquet, path_literal(path));
  if (parquet) {
    SF_CHECK(source.describe_parquet(session));
  } else {
    SF_CHECK(source.describe_csv(session));
    SF_CHECK(source.estimate_csv_rows(path));
  }
  return source;
}

Status FileSource::describe_parquet(FileSession& session) {
  SF_TRY(columns, session.query("DESCRIBE SELECT * FROM " + relation()));
  for (const TextRow& row : columns) {
    const std::string type = row[1].value_or("");
    columns_.push_back({row[0].value_or(""), type, kind_of(type)});
  }
  SF_TRY(counts, session.query("SELECT sum(num_rows) FROM parquet_file_metadata(" + path_ + ")"));
  row_count_estimate_ = counts.empty() ? 0 : number_of(counts[0][0]);
  return Ok{};
}

// ignore_errors: otherwise one broken line makes the whole file look like a single column.
Status FileSource::describe_csv(FileSession& session) {
  SF_TRY(rows,
         session.query("SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader, DateFormat, TimestampFormat, "
                       "c.name, c.type FROM (SELECT *, unnest(Columns) AS c FROM sniff_csv(" +
                       path_ + ", ignore_errors = true))"));
  if (rows.empty()) return Error{ErrorCode::kInvalidArgument, "no columns found in " + path_};
  const TextRow& first = rows[0];
  dialect_ = "auto_detect = false, ignore_errors = true, delim = " + quoted_literal(character_or(first[0], ",")) +
             ", quote = " + quoted_literal(character_or(first[1], "\"")) +
             ", escape = " + quoted_literal(character_or(first[2], "\"")) +
             ", comment = " + quoted_literal(character_or(first[3], "")) + ", skip = " + first[4].value_or("0") +
             ", header = " + first[5].value_or("true");
  date_format_ = first[6].value_or("");
  timestamp_format_ = first[7].value_or("");
  for (const TextRow& row : rows) {
    const std::string type = row[9].value_or("VARCHAR");
    columns_.push_back({row[8].value_or(""), type, kind_of(type)});
  }
  return check_csv_types(session);
}

Status FileSource::check_csv_types(FileSession& session) {
  std::vector<SourceColumn*> checked;
  std::string sql;
  const auto add = [&](SourceColumn& column, SourceKind kind) {
    checked.push_back(&column);
    sql += (sql.empty() ? "SELECT " : ", ") + misfits_sql(quoted_identifier(column.name), kind);
  };
  for (SourceColumn& column : columns_) {
    if (column.kind == SourceKind::kInteger) add(column, SourceKind::kInteger);
    if (column.kind == SourceKind::kInteger || column.kind == SourceKind::kFloat) add(column, SourceKind::kFloat);
    if (column.kind == SourceKind::kBool) add(column, SourceKind::kBool);
  }
  if (checked.empty()) return Ok{};
  SF_TRY(rows, session.query(sql + " FROM " + relation()));
  for (std::size_t i = 0; i < checked.size(); ++i) {
    if (number_of(rows[0][i]) == 0) {
      if (i + 1 < checked.size() && checked[i + 1] == checked[i]) ++i;  // an integer needs no look at its float
      continue;
    }
    const bool may_be_float = checked[i]->kind == SourceKind::kInteger;
    checked[i]->kind = may_be_float ? SourceKind::kFloat : SourceKind::kText;
    checked[i]->type = may_be_float ? "DOUBLE" : "VARCHAR";
  }
  return Ok{};
}

Status FileSource::estimate_csv_rows(const std::filesystem::path& path) {
  if (path.extension() == ".gz" || path.extension() == ".zst") return Ok{};
  std::error_code error;
  const std::uintmax_t file_bytes = std::filesystem::file_size(path, error);
  SF_TRY(start, first_bytes(path, kEstimateBytes));
  const auto lines = static_cast<std::uint64_t>(std::count(start.begin(), start.end(), '\n'));
  if (error || lines == 0) return Ok{};
  row_count_estimate_ = static_cast<std::uint64_t>(static_cast<double>(file_bytes) / static_cast<double>(start.size()) *
                                                   static_cast<double>(lines));
  return Ok{};
}

std::string FileSource::relation_with(std::string_view options, const std::map<std::string, std::string>& types) const {
  if (!is_csv_) return "read_parquet(" + path_ + ", hive_partitioning = false)";
  std::string sql = "read_csv(" + path_ + ", " + dialect_ + std::string(options) + ", columns = {";
  bool first = true;
  for (const SourceColumn& column : columns_) {
    const auto found = types.find(column.name);
    sql += (first ? "" : ", ") + quoted_literal(column.name) + ": " +
           quoted_literal(found == types.end() ? "VARCHAR" : found->second);
    first = false;
  }
  return sql + "})";
}

}  // namespace streamflow::query
