// A data folder made by a real engine, and ways to damage it: what the tests of check and repair share.
// Threads: one test at a time; the folder is named after the process and removed with the fixture.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "storage/engine/engine.h"

namespace streamflow::app {

class FolderCheckFixture : public ::testing::Test {
 protected:
  ~FolderCheckFixture() override { std::filesystem::remove_all(folder_); }

  storage::EngineOptions options() const {
    storage::EngineOptions options;
    options.data_folder = folder_;
    options.disk_free_bytes_min = 0;
    options.shard_count = 1;
    return options;
  }

  // `requests` of ten rows each; those before `flushed` end up in a segment, the others in the log.
  void fill(int requests, int flushed) {
    auto engine = storage::Engine::open(options());
    ASSERT_TRUE(engine) << engine.error().message;
    for (int i = 0; i < requests; ++i) {
      RowBatch batch;
      batch.table = "t";
      batch.series_count = 1;
      FieldVector field{"x", FieldType::kFloat64, {}, {}, {}};
      for (int row = 0; row < 10; ++row) {
        batch.series_of_row.push_back(0);
        batch.times.push_back(1'700'000'000'000'000'000 + i * 10 + row);
        field.bits.push_back(std::bit_cast<std::uint64_t>(0.1 * row * i));
      }
      batch.fields.push_back(std::move(field));
      storage::WriteRequest request;
      request.batches.push_back(std::move(batch));
      auto receipt = (*engine)->write(std::move(request));
      ASSERT_TRUE(receipt) << receipt.error().message;
      if (i + 1 == flushed) { ASSERT_TRUE((*engine)->flush()); }
    }
  }

  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file() || entry.path().filename() == "lock") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      contents[entry.path().lexically_relative(folder_)] = {std::istreambuf_iterator<char>(in), {}};
    }
    return contents;
  }

  // The largest file below `part`, with a byte flipped at `share` of its length.
  void damage(const std::string& part, double share) {
    std::filesystem::path victim;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / part)) {
      if (entry.is_regular_file() && (victim.empty() || entry.file_size() > std::filesystem::file_size(victim)))
        victim = entry.path();
    }
    ASSERT_FALSE(victim.empty());
    std::fstream file(victim, std::ios::binary | std::ios::in | std::ios::out);
    const auto at = static_cast<std::streamoff>(static_cast<double>(std::filesystem::file_size(victim)) * share);
    file.seekg(at);
    const int byte = file.get();
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 0x5A));
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("streamflow-folder-check-" + std::to_string(::getpid()));
};

}  // namespace streamflow::app
