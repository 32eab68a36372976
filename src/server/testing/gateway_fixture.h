// A Gateway over fakes, behind a real socket: what route tests stand on.
// Threads:    a test's own.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "access/api_keys.h"
#include "server/gateway.h"
#include "server/http/http_server.h"
#include "server/testing/test_client.h"

namespace streamflow::server::testing {

// A result of given pieces; then an error, when there is one.
class FakeStream : public query::ResultStream {
 public:
  std::vector<std::string> pieces;
  std::optional<Error> error;
  bool blocks = false;  // next() waits until it is cancelled
  const std::vector<query::ResultColumn>& columns() const override { return columns_; }
  Result<bool> next(std::string& out) override {
    if (blocks) {
      std::unique_lock lock(mutex_);
      waiting_ = true;
      changed_.notify_all();
      changed_.wait(lock, [&] { return cancelled_; });
      return Error{ErrorCode::kCancelled, "cancelled"};
    }
    if (at_ < pieces.size()) {
      out += pieces[at_++];
      return at_ < pieces.size() || error.has_value();
    }
    if (error.has_value()) {
      out += "half a r";
      return *error;
    }
    return false;
  }
  void cancel() override { set(cancelled_); }
  std::uint64_t row_count() const override { return at_; }
  void wait_until_waiting() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_; });
  }

 private:
  void set(bool& flag) {
    const std::scoped_lock lock(mutex_);
    flag = true;
    changed_.notify_all();
  }
  std::vector<query::ResultColumn> columns_;
  std::size_t at_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false, waiting_ = false;
};

class FakeChart : public query::ChartRun {
 public:
  Result<query::ChartResult> result = query::ChartResult{};
  Result<query::ChartResult> run() override { return result; }
  void cancel() override {}
};

class GatewayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "streamflow-gateway-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    keys_ = access::open_key_store(folder_).value();
  }
  void TearDown() override {
    http_.reset();
    gateway_.reset();
    keys_.keys.reset();
    keys_.database.reset();
    std::filesystem::remove_all(folder_);
  }

  std::uint16_t port() {
    if (!http_) {
      gateway_ = std::make_unique<Gateway>(services(), options_);
      http_ = HttpServer::start({}, *gateway_).value();
      gateway_->observe(&http_->statistics());
    }
    return http_->port();
  }
  Answer get(std::string_view target, std::string_view headers = {}) {
    return TestClient(port()).exchange(request_text("GET", target, "", headers));
  }
  Answer post(std::string_view target, std::string_view body, std::string_view headers = {}) {
    return TestClient(port()).exchange(request_text("POST", target, body, headers));
  }
  static nlohmann::json parsed(const Answer& answer) { return nlohmann::json::parse(answer.body, nullptr, false); }

  access::CreatedKey key(access::Role role, std::optional<std::string> project = std::nullopt,
                         const std::string& organization = "default") {
    return keys_.keys->create(local(), {"", organization, std::move(project), role, std::nullopt}).value();
  }
  static access::Subject local() {
    return {access::Subject::Kind::kLocalUser, "local", "default", std::nullopt, access::Role::kAdmin};
  }
  static std::string bearer(const access::CreatedKey& key) { return "Authorization: Bearer " + key.token + "\r\n"; }

  // What the fakes were asked and answer.
  std::vector<storage::WriteRequest> writes_;
  std::vector<query::QueryRequest> queries_;
  std::vector<query::ChartRequest> charts_;
  std::optional<Error> write_error_, query_error_, ready_error_;
  std::vector<storage::RejectedRows> write_rejected_;
  std::shared_ptr<FakeStream> stream_ = std::make_shared<FakeStream>();
  std::shared_ptr<FakeChart> chart_ = std::make_shared<FakeChart>();
  std::atomic<int> flushes_ = 0;
  std::vector<ProjectName> compacted_;
  std::vector<storage::Deletion> deletions_;
  GatewayOptions options_;

  std::filesystem::path folder_;
  access::KeyStore keys_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<HttpServer> http_;

 private:
  Services services() {
    Services services;
    services.write = [this](storage::WriteRequest request) -> Result<storage::WriteReceipt> {
      if (write_error_.has_value()) { return *write_error_; }
      storage::WriteReceipt receipt;
      for (const RowBatch& batch : request.batches) {
        receipt.rows += batch.row_count();
        receipt.points += batch.point_count();
      }
      receipt.rejected = write_rejected_;
      for (const auto& rejected : receipt.rejected) { receipt.rows -= rejected.rows.size(); }
      receipt.position = "0:17";
      writes_.push_back(std::move(request));
      return receipt;
    };
    services.query = [this](query::QueryRequest request) -> Result<std::shared_ptr<query::ResultStream>> {
      queries_.push_back(std::move(request));
      if (query_error_.has_value()) { return *query_error_; }
      return std::shared_ptr<query::ResultStream>(stream_);
    };
    services.chart = [this](query::ChartRequest request) -> Result<std::shared_ptr<query::ChartRun>> {
      charts_.push_back(std::move(request));
      if (query_error_.has_value()) { return *query_error_; }
      return std::shared_ptr<query::ChartRun>(chart_);
    };
    services.flush = [this]() -> Status {
      ++flushes_;
      return Ok{};
    };
    services.delete_rows = [this](const ProjectName&, const storage::Deletion& deletion) {
      deletions_.push_back(deletion);
      return Result<storage::DeleteReceipt>(storage::DeleteReceipt{"0=3"});
    };
    services.deletes = [this](const ProjectName&) {
      std::vector<storage::DeleteRecord> records;
      for (const storage::Deletion& deletion : deletions_) { records.push_back({deletion, Timestamp(), std::nullopt}); }
      return records;
    };
    services.compact = [this](const ProjectName& project) -> Status {
      compacted_.push_back(project);
      return Ok{};
    };
    services.ready = [this]() -> Status {
      if (ready_error_.has_value()) { return *ready_error_; }
      return Ok{};
    };
    services.projects = [] { return std::vector<ProjectName>{{"default", "plant"}, {"acme", "secret"}}; };
    services.tables = [](const ProjectName&) { return std::vector<std::string>{"cpu", "mem"}; };
    services.table = [](const ProjectName&, std::string_view name) -> std::shared_ptr<const TableSchema> {
      if (name == "cpu") { return std::make_shared<const TableSchema>(TableSchema{"cpu", {"host"}, {}, {}}); }
      if (name == "mem") { return std::make_shared<const TableSchema>(TableSchema{"mem", {}, {}, {}}); }
      return nullptr;
    };
    services.engine_statistics = [] {
      storage::EngineStatistics statistics;
      statistics.rows_written = 42;
      return statistics;
    };
    services.query_statistics = [] { return query::QueryService::Statistics{}; };
    services.keys = keys_.keys.get();
    return services;
  }
};

}  // namespace streamflow::server::testing
