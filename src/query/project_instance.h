// One project's DuckDB: an in-memory instance whose default database is the project's catalog, locked down.
// Invariants: external access, extension loading and configuration changes are off; TimeZone is UTC; functions follow
//             function_policy.h and time_functions.h. All instances draw on one BufferPool.
// Threads:    connect() from any thread. A connection keeps its instance alive.
// Errors:     kInternal with DuckDB's message when an instance does not open.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "duckdb/common/shared_ptr.hpp"
#include "model/result.h"
#include "model/schema.h"
#include "query/query_service.h"
#include "storage/scan/scan.h"

namespace duckdb {
class Allocator;
class BlockAllocator;
class Connection;
class DuckDB;
}  // namespace duckdb

namespace streamflow::query {

class SharedBufferPool;

// What all instances share. Outlives them.
class SharedMemory {
 public:
  explicit SharedMemory(std::uint64_t bytes_max);
  ~SharedMemory();
  const duckdb::shared_ptr<SharedBufferPool>& pool() const { return pool_; }
  std::uint64_t bytes_max() const { return bytes_max_; }

 private:
  const std::uint64_t bytes_max_;
  std::unique_ptr<duckdb::Allocator> allocator_;
  std::unique_ptr<duckdb::BlockAllocator> block_allocator_;
  duckdb::shared_ptr<SharedBufferPool> pool_;
};

class ProjectInstance {
 public:
  struct Options {
    std::uint32_t threads = 2;
    std::shared_ptr<SharedMemory> memory;
    AggregatePushdown aggregate_pushdown = AggregatePushdown::kStatistics;
  };
  static Result<std::shared_ptr<ProjectInstance>> open(const ProjectName& name,
                                                       std::shared_ptr<storage::ProjectReader> reader,
                                                       const Options& options);
  ~ProjectInstance();
  Result<std::unique_ptr<duckdb::Connection>> connect();
  std::shared_ptr<const storage::ProjectSnapshot> snapshot() const { return reader_->snapshot(); }

 private:
  ProjectInstance(std::shared_ptr<SharedMemory> memory, std::shared_ptr<storage::ProjectReader> reader,
                  std::unique_ptr<duckdb::DuckDB> database);
  std::shared_ptr<SharedMemory> memory_;                  // must outlive the database
  const std::shared_ptr<storage::ProjectReader> reader_;  // shared with the catalog
  std::unique_ptr<duckdb::DuckDB> database_;
};

// The instances in use and the least recently used ones that still fit. Instances with running queries live on, out of
// the cache, until those end.
class InstanceCache {
 public:
  using ReaderOf = std::function<std::shared_ptr<storage::ProjectReader>(const ProjectName&)>;
  InstanceCache(ProjectInstance::Options options, std::uint32_t instance_count_max, ReaderOf reader_of);
  // kNotFound when there is no such project.
  Result<std::shared_ptr<ProjectInstance>> get(const ProjectName& name);
  std::size_t size() const;

 private:
  using Entry = std::pair<ProjectName, std::shared_ptr<ProjectInstance>>;
  const ProjectInstance::Options options_;
  const std::uint32_t instance_count_max_;
  const ReaderOf reader_of_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::map<ProjectName, std::list<Entry>::iterator> by_name_;
};

}  // namespace streamflow::query
