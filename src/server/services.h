// What routes need from the rest of the server, as functions: wiring.cpp fills them from the engine and the query
// service; tests fill them with fakes.
// Threads:    immutable after construction; every function may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/api_keys.h"
#include "model/result.h"
#include "model/schema.h"
#include "query/chart/chart.h"
#include "query/query_service.h"
#include "storage/engine/engine.h"

namespace streamflow::server {

struct Services {
  std::function<Result<storage::WriteReceipt>(storage::WriteRequest)> write;
  std::function<Result<std::shared_ptr<query::ResultStream>>(query::QueryRequest)> query;
  std::function<Result<std::shared_ptr<query::ChartRun>>(query::ChartRequest)> chart;
  std::function<Status()> flush;
  std::function<Status(const ProjectName&)> compact;
  std::function<Result<storage::DeleteReceipt>(const ProjectName&, const storage::Deletion&)> delete_rows;
  std::function<std::vector<storage::DeleteRecord>(const ProjectName&)> deletes;
  std::function<Status()> ready;  // an error says what is missing
  std::function<std::vector<ProjectName>()> projects;
  std::function<std::vector<std::string>(const ProjectName&)> tables;
  // A table's schema, null when unknown. May be empty: then a body's first lines decide types.
  std::function<std::shared_ptr<const TableSchema>(const ProjectName&, std::string_view table)> table;
  std::function<storage::EngineStatistics()> engine_statistics;
  std::function<query::QueryService::Statistics()> query_statistics;
  access::ApiKeys* keys = nullptr;  // not owned, never null
};

struct GatewayOptions {
  std::uint64_t body_bytes_max = 64U << 20U;
  query::QueryLimits query_limits;
  bool loopback_bind = true;  // only then, and only without keys, is everybody the local user
  std::chrono::milliseconds slow_request{1000};
  std::string version = "0.1.0";
};

}  // namespace streamflow::server
