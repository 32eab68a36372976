// Wiring: which engine, query service and key store stand behind the routes.
#include "server/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "access/api_keys.h"
#include "server/credentials.h"
#include "server/gateway.h"
#include "server/http/http_server.h"

namespace streamflow::server {
namespace {

// A stopped shard takes no writes: what is in front of this server should send them elsewhere.
Status engine_ready(const storage::Engine& engine) {
  const storage::EngineStatistics statistics = engine.statistics();
  if (statistics.shard_errors.empty()) { return Ok{}; }
  return Error{ErrorCode::kUnavailable, "a shard takes no writes: " + statistics.shard_errors.front()};
}

GatewayOptions gateway_options(const ServerOptions& options) {
  GatewayOptions gateway;
  gateway.body_bytes_max = options.body_bytes_max;
  gateway.query_limits = options.query_limits;
  gateway.loopback_bind = is_loopback_address(options.host);
  return gateway;
}

HttpOptions http_options(const ServerOptions& options) {
  HttpOptions http;
  http.host = options.host;
  http.port = options.http_port;
  // Reading and framing takes a small part of what decoding does: one I/O thread feeds several working ones.
  http.io_threads = std::max(1U, options.threads / 2);
  http.connections_max = options.connections_max;
  http.bodies_bytes_max = std::max(http.bodies_bytes_max, 2 * options.body_bytes_max);
  return http;
}

// What the start could not read, for the log: it goes on without it.
void log_losses(const storage::EngineStatistics& statistics) {
  for (const storage::WalLoss& loss : statistics.losses) {
    spdlog::error("log file {} is damaged in bytes {} to {}: the records between sequence {} and {} are lost",
                  loss.file.string(), loss.offset_begin, loss.offset_end, loss.sequence_after.value,
                  loss.sequence_before.value);
  }
  for (const storage::LostSegment& lost : statistics.lost_segments) {
    spdlog::error("{} rows are missing: {}; restore {} from a backup and restart", lost.row_count, lost.reason,
                  lost.file.string());
  }
  if (statistics.torn_bytes > 0) {
    spdlog::info("the log ended in {} bytes of unfinished records, which were never acknowledged: cut off",
                 statistics.torn_bytes);
  }
}

}  // namespace

struct Server::State {
  ServerOptions options;
  access::KeyStore keys;
  std::unique_ptr<storage::Engine> engine;
  std::unique_ptr<query::QueryService> queries;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<HttpServer> http;  // destroyed first: its handlers use all of the above

  Status open();
  Services services();
};

Services Server::State::services() {
  Services services;
  services.write = [this](storage::WriteRequest request) { return engine->write(std::move(request)); };
  services.query = [this](query::QueryRequest request) -> Result<std::shared_ptr<query::ResultStream>> {
    SF_TRY(stream, queries->execute(std::move(request)));
    return std::shared_ptr<query::ResultStream>(std::move(stream));
  };
  services.chart = [this](query::ChartRequest request) -> Result<std::shared_ptr<query::ChartRun>> {
    SF_TRY(chart, queries->chart(std::move(request)));
    return std::shared_ptr<query::ChartRun>(std::move(chart));
  };
  services.flush = [this] { return engine->flush(); };
  services.delete_rows = [this](const ProjectName& project, const storage::Deletion& deletion) {
    return engine->delete_rows(project, deletion);
  };
  services.deletes = [this](const ProjectName& project) { return engine->deletes(project); };
  services.compact = [this](const ProjectName& project) { return engine->compact(project); };
  services.ready = [this] { return engine_ready(*engine); };
  services.projects = [this] { return engine->projects(); };
  services.tables = [this](const ProjectName& project) { return engine->reader(project)->snapshot()->table_names(); };
  services.table = [this](const ProjectName& project, std::string_view name) { return engine->table(project, name); };
  services.engine_statistics = [this] { return engine->statistics(); };
  services.query_statistics = [this] { return queries->statistics(); };
  services.keys = keys.keys.get();
  return services;
}

Status Server::State::open() {
  SF_TRY(duckdb, query::duckdb_version());
  SF_TRY(key_store, access::open_key_store(options.data_folder));
  keys.database = std::move(key_store.database);
  keys.keys = std::move(key_store.keys);
  storage::EngineOptions engine_options = options.engine;
  engine_options.data_folder = options.data_folder;
  SF_TRY(opened_engine, storage::Engine::open(std::move(engine_options)));
  engine = std::move(opened_engine);
  log_losses(engine->statistics());
  SF_TRY(opened_queries, query::QueryService::open(
                             options.query, [this](const ProjectName& project) { return engine->reader(project); }));
  queries = std::move(opened_queries);
  gateway = std::make_unique<Gateway>(services(), gateway_options(options));
  SF_TRY(listening, HttpServer::start(http_options(options), *gateway));
  http = std::move(listening);
  gateway->observe(&http->statistics());
  if (!is_loopback_address(options.host) && !keys.keys->any()) {
    spdlog::warn(
        "listening on {} without any API key: every request will be refused; make one with `streamflow key create`",
        options.host);
  }
  spdlog::info("serving http on {}:{}, data in {}, DuckDB {}", options.host, http->port(), options.data_folder.string(),
               duckdb);
  return Ok{};
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  SF_CHECK(state->open());
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() {
  stop();
}
std::uint16_t Server::http_port() const {
  return state_->http->port();
}

std::string Server::url() const {
  const std::string& host = state_->options.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(http_port());
}

void Server::stop() {
  state_->http->stop();
}
storage::Engine& Server::engine() {
  return *state_->engine;
}

}  // namespace streamflow::server
