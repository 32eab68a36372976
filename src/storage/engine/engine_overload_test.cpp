// Overload: writers are slowed down, then told to come again, and welcome again without anybody's help.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "storage/engine/engine.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

// A disk on which segments cannot be created while `held`; everything else goes through.
class HeldSegments final : public FileSystem {
 public:
  std::atomic<bool> held{false};

  Result<std::unique_ptr<WritableFile>> create(const std::filesystem::path& path) override {
    if (held && path.string().find("segments") != std::string::npos) { return Error{ErrorCode::kIo, "held"}; }
    return disk_.create(path);
  }
  Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path) override { return disk_.open(path); }
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) override { return disk_.list(folder); }
  Status create_folders(const std::filesystem::path& folder) override { return disk_.create_folders(folder); }
  Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return disk_.rename(from, to);
  }
  Status remove(const std::filesystem::path& path) override { return disk_.remove(path); }
  Status truncate(const std::filesystem::path& path, std::uint64_t size) override { return disk_.truncate(path, size); }
  Status sync_folder(const std::filesystem::path& folder) override { return disk_.sync_folder(folder); }
  Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) override { return disk_.free_bytes(folder); }
  Result<std::unique_ptr<WritableFile>> lock(const std::filesystem::path& path) override { return disk_.lock(path); }

 private:
  SimulatedFileSystem disk_{1};
};

EngineOptions options_on(FileSystem& files) {
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  return options;
}

std::unique_ptr<Engine> open(const EngineOptions& options) {
  auto engine = Engine::open(options);
  EXPECT_TRUE(engine.has_value()) << engine.error().message;
  return engine.has_value() ? std::move(engine).value() : nullptr;
}

WriteRequest row_at(std::int64_t time) {
  RowBatch batch;
  batch.table = "cpu";
  batch.tags = {"host"};
  batch.series = {"a"};
  batch.series_count = 1;
  batch.series_of_row = {0};
  batch.times = {time};
  FieldVector usage;
  usage.name = "usage";
  usage.type = FieldType::kInt64;
  usage.bits = {7};
  batch.fields = {usage};
  WriteRequest request;
  request.batches.push_back(std::move(batch));
  return request;
}

TEST(EngineOverload, WithoutMemoryItAsksToRetryAndResumesByItself) {
  HeldSegments files;
  EngineOptions options = options_on(files);
  options.memtable_bytes_max = 4000;
  options.admission_wait = Duration(0);
  auto engine = open(options);
  files.held = true;
  std::optional<Error> refused;
  std::int64_t time = 0;
  while (!refused && time < 100'000) {
    const auto receipt = engine->write(row_at(++time));
    if (!receipt.has_value()) { refused = receipt.error(); }
  }
  ASSERT_TRUE(refused.has_value()) << "the budget of 4000 bytes held " << time << " rows";
  EXPECT_EQ(refused->code, ErrorCode::kOverloaded);
  EXPECT_GT(engine->statistics().requests_overloaded, 0U);

  files.held = false;  // nobody calls flush()
  while (!engine->write(row_at(time)).has_value()) {}
}

TEST(EngineOverload, AFlushThresholdAboveTheBudgetStillMakesRoom) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.memtable_bytes_max = 4000;
  options.flush_bytes = 1'000'000;
  options.admission_wait = std::chrono::seconds(60);  // slowed down, not refused
  auto engine = open(options);
  for (std::int64_t time = 1; time <= 500; ++time) {
    const auto receipt = engine->write(row_at(time));
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
  }
  EXPECT_GT(engine->statistics().flushes, 0U);
}

TEST(EngineOverload, AFullDiskIsSeenBeforeTheFirstWrite) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.disk_free_bytes_min = ~std::uint64_t{0};
  options.admission_wait = Duration(0);
  auto engine = open(options);
  const auto receipt = engine->write(row_at(1));
  ASSERT_FALSE(receipt.has_value());
  EXPECT_EQ(receipt.error().code, ErrorCode::kOverloaded);
  EXPECT_NE(receipt.error().message.find("MiB free"), std::string::npos);
}

}  // namespace
}  // namespace streamflow::storage
