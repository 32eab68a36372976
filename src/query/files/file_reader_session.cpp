#include "query/files/file_reader_session.h"

#include "duckdb/common/error_data.hpp"
#include "duckdb/main/config.hpp"
#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"

namespace streamflow::query {

struct FileSession::State {
  std::unique_ptr<duckdb::DuckDB> database;
  std::unique_ptr<duckdb::Connection> connection;
  duckdb::unique_ptr<duckdb::QueryResult> stream;
  std::vector<std::string> names;
  duckdb::unique_ptr<duckdb::DataChunk> chunk;
};

namespace {

constexpr std::size_t kMessageBytesMax = 500;  // DuckDB adds long advice about its own options

Error file_error(const duckdb::ErrorData& data) {
  std::string message = data.RawMessage();
  if (const std::size_t advice = message.find("\n\n"); advice != message.npos) message.resize(advice);
  if (message.size() > kMessageBytesMax) message.resize(kMessageBytesMax);
  const bool io = data.Type() == duckdb::ExceptionType::IO || data.Type() == duckdb::ExceptionType::PERMISSION;
  return {io ? ErrorCode::kIo : ErrorCode::kInvalidArgument, std::move(message)};
}

template <class Action>
auto guarded_read(Action&& action) -> decltype(action()) {
  try {
    return action();
  } catch (const std::exception& exception) { return file_error(duckdb::ErrorData(exception)); }
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

TextRow text_row(duckdb::DataChunk& chunk, std::size_t row) {
  TextRow values;
  for (std::size_t column = 0; column < chunk.ColumnCount(); ++column) {
    const duckdb::Value value = chunk.GetValue(column, row);
    values.push_back(value.IsNull() ? std::nullopt : std::optional<std::string>(value.ToString()));
  }
  return values;
}

}  // namespace

FileSession::FileSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileSession::~FileSession() = default;

Result<std::unique_ptr<FileSession>> FileSession::open() {
  return guarded_read([]() -> Result<std::unique_ptr<FileSession>> {
    duckdb::DBConfig config;
    config.SetOptionByName("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
    config.SetOptionByName("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
    config.SetOptionByName("allow_persistent_secrets", duckdb::Value::BOOLEAN(false));
    auto state = std::make_unique<State>();
    state->database = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    state->connection = std::make_unique<duckdb::Connection>(*state->database);
    std::unique_ptr<FileSession> session(new FileSession(std::move(state)));
    SF_CHECK(session->query("SET TimeZone = 'UTC'"));
    return session;
  });
}

Result<std::vector<TextRow>> FileSession::query(const std::string& sql) {
  return guarded_read([&]() -> Result<std::vector<TextRow>> {
    const auto result = state_->connection->Query(sql);
    if (result->HasError()) return file_error(result->GetErrorObject());
    std::vector<TextRow> rows;
    while (const auto chunk = result->Fetch()) {
      for (std::size_t row = 0; row < chunk->size(); ++row) rows.push_back(text_row(*chunk, row));
    }
    return rows;
  });
}

Status FileSession::start(const std::string& sql) {
  return guarded_read([&]() -> Status {
    state_->stream = state_->connection->SendQuery(sql);
    if (state_->stream->HasError()) return file_error(state_->stream->GetErrorObject());
    state_->names.assign(state_->stream->names.begin(), state_->stream->names.end());
    return Ok{};
  });
}

const std::vector<std::string>& FileSession::names() const {
  return state_->names;
}
const LogicalTypes& FileSession::types() const {
  return state_->stream->types;
}

Result<duckdb::DataChunk*> FileSession::fetch() {
  return guarded_read([&]() -> Result<duckdb::DataChunk*> {
    state_->chunk = state_->stream->Fetch();
    if (state_->stream->HasError()) return file_error(state_->stream->GetErrorObject());
    const bool end = state_->chunk == nullptr || state_->chunk->size() == 0;
    return end ? nullptr : state_->chunk.get();
  });
}

std::string quoted_identifier(std::string_view name) {
  return quoted(name, '"');
}
std::string quoted_literal(std::string_view text) {
  return quoted(text, '\'');
}

}  // namespace streamflow::query
