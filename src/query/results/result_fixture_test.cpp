#include "query/results/result_fixture.h"

#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/main/materialized_query_result.hpp"
#include "duckdb/main/stream_query_result.hpp"

namespace streamflow::query::testing {

namespace {

Result<std::string> encode(duckdb::Connection& connection, ResultFormat format, const std::string& sql) {
  auto result = connection.SendQuery(sql);
  if (result->HasError()) return Error{ErrorCode::kInvalidArgument, result->GetError()};
  const std::unique_ptr<ResultEncoder> encoder = make_result_encoder(format);
  std::string out;
  SF_CHECK(encoder->begin(*connection.context, {result->names.begin(), result->names.end()}, result->types, out));
  std::uint64_t row_count = 0;
  while (auto chunk = result->Fetch()) {
    if (chunk->size() == 0) break;
    row_count += chunk->size();
    SF_CHECK(encoder->chunk(*chunk, out));
  }
  if (result->HasError()) return Error{ErrorCode::kInvalidArgument, result->GetError()};
  SF_CHECK(encoder->end(row_count, 1.5, out));
  return out;
}

}  // namespace

Result<std::string> encode_sql(ResultFormat format, const std::string& sql, const std::string& setup) {
  try {
    duckdb::DuckDB database(nullptr);
    duckdb::Connection connection(database);
    if (!setup.empty()) {
      const auto result = connection.Query(setup);
      if (result->HasError()) return Error{ErrorCode::kInvalidArgument, result->GetError()};
    }
    return encode(connection, format, sql);
  } catch (const std::exception& exception) { return Error{ErrorCode::kInvalidArgument, exception.what()}; }
}

}  // namespace streamflow::query::testing
