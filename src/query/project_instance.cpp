#include "query/project_instance.h"

#include <utility>

#include "duckdb/main/config.hpp"
#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/storage/block_allocator.hpp"
#include "duckdb/storage/buffer/buffer_pool.hpp"
#include "duckdb/storage/object_cache.hpp"
#include "query/admission/function_policy.h"
#include "query/admission/memory_ledger.h"
#include "query/admission/plan_gate.h"
#include "query/analysis/analysis_functions.h"
#include "query/chart/chart_function.h"
#include "query/duckdb_errors.h"
#include "query/functions/function_registry.h"
#include "query/functions/series_functions.h"
#include "query/functions/storage_function.h"
#include "query/functions/summary_functions.h"
#include "query/functions/time_functions.h"
#include "query/functions/zone_functions.h"
#include "query/project_catalog.h"
#include "query/scan/aggregate_pushdown.h"
#include "query/syntax/aggregate_names.h"
#include "query/syntax/window_functions.h"

namespace streamflow::query {

// A pool accepts one instance's object cache, once, and keeps a pointer to it for ever: between openings ours points to
// an empty one of its own. (These caches hold Parquet footers, which SQL cannot read here.)
class SharedBufferPool : public duckdb::BufferPool {
 public:
  SharedBufferPool(duckdb::BlockAllocator& allocator, std::uint64_t bytes_max)
      : BufferPool(allocator, bytes_max, false, kFlushThresholdBytes), empty_cache_(*this) {
    object_cache = &empty_cache_;
  }
  std::mutex& opening() { return opening_; }  // held while an instance opens
  void accept_object_cache() { object_cache = nullptr; }
  void forget_object_cache() { object_cache = &empty_cache_; }

 private:
  static constexpr std::uint64_t kFlushThresholdBytes = 512ULL << 20U;
  std::mutex opening_;
  duckdb::ObjectCache empty_cache_;
};

namespace {

constexpr std::uint64_t kBlockBytes = 262144;
constexpr std::int64_t kExpressionDepthMax = 250;  // ours is stricter (SqlLimits); binding macros adds levels
constexpr std::uint64_t kStreamingBufferBytes = 1'000'000;

void configure(duckdb::DBConfig& config, std::shared_ptr<storage::ProjectReader> reader,
               const ProjectInstance::Options& options) {
  config.options.database_type = kStorageType;
  config.options.maximum_threads = options.threads;
  config.options.maximum_memory = options.memory->bytes_max();
  config.options.use_temporary_directory = false;
  config.options.load_extensions = true;  // those linked into the library: core_functions, icu, json, parquet
  config.allocator = MemoryLedger::process().make_allocator();
  config.buffer_pool = options.memory->pool();
  for (const char* off : {"enable_external_access", "allow_community_extensions", "autoload_known_extensions",
                          "autoinstall_known_extensions", "allow_unsigned_extensions", "enable_external_file_cache"}) {
    config.SetOptionByName(off, duckdb::Value::BOOLEAN(false));
  }
  config.SetOptionByName("disable_database_invalidation", duckdb::Value::BOOLEAN(true));  // nothing to protect
  duckdb::StorageExtension::Register(config, kStorageType, make_storage_extension(std::move(reader)));
}

void lock_down(duckdb::DuckDB& database) {
  duckdb::Connection connection(database);
  for (const char* statement : {"SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL Calendar = 'gregorian'"}) {
    auto result = connection.Query(statement);
    if (result->HasError()) result->ThrowError();
  }
  connection.BeginTransaction();
  apply_function_policy(*connection.context);
  register_time_functions(*connection.context);
  register_zone_functions(*connection.context);
  register_series_functions(*connection.context);
  register_summary_functions(*connection.context);
  register_storage_function(*connection.context);
  register_function_list(*connection.context);
  register_analyses(*connection.context);
  register_line_function(*connection.context);
  remember_aggregates(*connection.context);
  register_chart_function(*connection.context);
  connection.Commit();
  duckdb::DBConfig::GetConfig(*database.instance).SetOptionByName("lock_configuration", duckdb::Value::BOOLEAN(true));
}

}  // namespace

SharedMemory::SharedMemory(std::uint64_t bytes_max)
    : bytes_max_(bytes_max),
      allocator_(MemoryLedger::process().make_allocator()),
      block_allocator_(std::make_unique<duckdb::BlockAllocator>(*allocator_, kBlockBytes, bytes_max, 0)),
      pool_(duckdb::make_shared_ptr<SharedBufferPool>(*block_allocator_, bytes_max)) {}
SharedMemory::~SharedMemory() = default;

ProjectInstance::ProjectInstance(std::shared_ptr<SharedMemory> memory, std::shared_ptr<storage::ProjectReader> reader,
                                 std::unique_ptr<duckdb::DuckDB> database)
    : memory_(std::move(memory)), reader_(std::move(reader)), database_(std::move(database)) {}
ProjectInstance::~ProjectInstance() = default;

Result<std::shared_ptr<ProjectInstance>> ProjectInstance::open(const ProjectName& name,
                                                               std::shared_ptr<storage::ProjectReader> reader,
                                                               const Options& options) {
  try {
    duckdb::DBConfig config;
    configure(config, reader, options);
    SharedBufferPool& pool = *options.memory->pool();
    const std::lock_guard lock(pool.opening());
    pool.accept_object_cache();
    std::unique_ptr<duckdb::DuckDB> database;
    try {
      database = std::make_unique<duckdb::DuckDB>(name.project, &config);
    } catch (...) {
      pool.forget_object_cache();
      throw;
    }
    pool.forget_object_cache();
    lock_down(*database);
    register_aggregate_pushdown(*database->instance, options.aggregate_pushdown);
    register_plan_gate(*database->instance);
    return std::shared_ptr<ProjectInstance>(
        new ProjectInstance(options.memory, std::move(reader), std::move(database)));
  } catch (std::exception& exception) {
    const Error error = error_from(duckdb::ErrorData(exception), {});
    return Error{ErrorCode::kInternal, "opening the SQL engine of project " + to_string(name) + ": " + error.message};
  }
}

Result<std::unique_ptr<duckdb::Connection>> ProjectInstance::connect() {
  try {
    auto connection = std::make_unique<duckdb::Connection>(*database_);
    auto& config = duckdb::ClientConfig::GetConfig(*connection->context);
    config.use_replacement_scans = false;  // FROM 'file.csv'
    config.streaming_buffer_size = kStreamingBufferBytes;
    return connection;
  } catch (std::exception& exception) { return error_from(duckdb::ErrorData(exception), {}); }
}

InstanceCache::InstanceCache(ProjectInstance::Options options, std::uint32_t instance_count_max, ReaderOf reader_of)
    : options_(std::move(options)), instance_count_max_(instance_count_max), reader_of_(std::move(reader_of)) {}

Result<std::shared_ptr<ProjectInstance>> InstanceCache::get(const ProjectName& name) {
  std::shared_ptr<ProjectInstance> evicted;  // closed after the lock is gone
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }
  auto reader = reader_of_(name);
  if (!reader) return Error{ErrorCode::kNotFound, "no project " + to_string(name)};
  SF_TRY(instance, ProjectInstance::open(name, std::move(reader), options_));
  if (entries_.size() >= instance_count_max_) {
    evicted = std::move(entries_.back().second);
    by_name_.erase(entries_.back().first);
    entries_.pop_back();
  }
  entries_.emplace_front(name, instance);
  by_name_[name] = entries_.begin();
  return instance;
}

std::size_t InstanceCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace streamflow::query
