#include "storage/testing/engine_simulation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace streamflow::storage::testing {
namespace {

constexpr std::uint64_t kSeedMix = 0x9E3779B97F4A7C15;
constexpr std::size_t kBatchRowsMax = 12;

EngineOptions random_options(std::mt19937_64& random) {
  EngineOptions options;
  options.data_folder = "/data";
  options.background = Background::kStepped;
  options.shard_count = 1 + static_cast<std::uint32_t>(random() % 3);
  options.flush_bytes = std::vector<std::uint64_t>{3'000, 20'000, 1'000'000}[random() % 3];
  if (random() % 8 == 0) { options.memtable_bytes_max = 30'000; }
  options.admission_wait = Duration(0);
  if (random() % 2 == 0) { options.disk_free_bytes_min = random() % 3000; }  // to meet the very end of the disk
  options.compaction.fan_out = 2 + static_cast<std::uint32_t>(random() % 4);
  options.compaction.quiet_after = std::chrono::seconds(std::vector<int>{0, 100, 100'000}[random() % 3]);
  options.compaction.partition_rows = std::vector<std::uint64_t>{10, 200, 1'000'000}[random() % 3];
  const std::uint64_t sync = random() % 8;
  options.sync = sync == 0 ? LogSync::kInterval : sync == 1 ? LogSync::kOff : LogSync::kAlways;
  return options;
}

}  // namespace

EngineSimulation::EngineSimulation(std::uint64_t seed)
    : random_(seed * kSeedMix + 1),
      files_(seed),
      randomness_(seed),
      options_(random_options(random_)),
      ledger_(options_.shard_count) {
  options_.files = &files_;
  options_.clock = &clock_;
  options_.randomness = &randomness_;
}

bool EngineSimulation::open(WriteLedger::After after) {
  auto opened = Engine::open(options_);
  if (!opened.has_value()) {
    EXPECT_TRUE(opened.error().code == ErrorCode::kIo || (full_ && opened.error().code == ErrorCode::kOverloaded))
        << opened.error().message;
    full_ = false;  // somebody makes room
    files_.set_capacity(std::nullopt);
    return false;
  }
  engine_ = std::move(opened).value();
  files_.clear_faults();
  full_ = false;
  files_.set_capacity(std::nullopt);
  last_crash_ = WriteLedger::After::kNothing;
  ledger_.verify(*engine_, random_, after);
  check_statistics();
  return true;
}

void EngineSimulation::check_statistics() {
  const EngineStatistics statistics = engine_->statistics();
  EXPECT_TRUE(statistics.shard_errors.empty());
  EXPECT_TRUE(statistics.losses.empty());  // nothing rots here
  std::uint64_t log_bytes = 0, segment_bytes = 0, segments = 0;
  for (const auto& path : files_.paths()) {
    const std::string text = path.string();
    const std::uint64_t bytes = files_.bytes_of(path).size();
    EXPECT_FALSE(text.ends_with(".tmp")) << text << " was left behind";
    if (text.starts_with("/data/wal/") && text.find("quarantine") == std::string::npos) { log_bytes += bytes; }
    if (text.starts_with("/data/segments/")) {
      segment_bytes += bytes;
      ++segments;
    }
  }
  EXPECT_EQ(statistics.wal_bytes, log_bytes);
  EXPECT_EQ(statistics.segment_bytes, segment_bytes);
  EXPECT_EQ(statistics.segment_count, segments);
}

void EngineSimulation::arm_fault() {
  const std::uint64_t choice = random_() % 20;
  const std::uint64_t n = 1 + random_() % (random_() % 3 == 0 ? 200 : 60);
  if (choice < 10) {
    files_.fail_call(n, SimulatedFileSystem::Fault::kFromThenOn);
  } else if (choice < 17) {
    files_.fail_call(n, SimulatedFileSystem::Fault::kOnce);
  } else if (choice < 18) {
    const auto kind = static_cast<SimulatedFileSystem::Operation>(random_() % SimulatedFileSystem::kOperations);
    files_.fail_call(kind, 1 + random_() % 6,
                     random_() % 2 == 0 ? SimulatedFileSystem::Fault::kOnce : SimulatedFileSystem::Fault::kFromThenOn);
  }
}

bool EngineSimulation::round() {
  if (random_() % 5 == 0) { files_.fail_call(1 + random_() % 40, SimulatedFileSystem::Fault::kFromThenOn); }
  while (!open(last_crash_)) {  // the power went during recovery
    ++counts_.recovery_crashes;
    crash();
    if (random_() % 3 == 0) { files_.fail_call(1 + random_() % 40, SimulatedFileSystem::Fault::kFromThenOn); }
    if (::testing::Test::HasFailure()) { return false; }
  }
  arm_fault();
  if (!work(random_() % 30)) {  // clients do not stop asking because something is broken
    for (std::uint64_t n = random_() % 12; n > 0; --n) { work(1); }
  }
  crash();
  counts_.lost_softly = ledger_.slices_lost_softly();
  return !::testing::Test::HasFailure();
}

void EngineSimulation::crash() {
  const bool power = random_() % 4 != 0;
  files_.power_off();  // so that closing the engine changes nothing any more
  engine_.reset();
  if (power) {
    files_.power_on();
  } else {
    files_.kill();
  }
  // What a kill has left unsynced may still go with the power before an engine has opened.
  if (last_crash_ != WriteLedger::After::kPowerLoss) {
    last_crash_ = power ? WriteLedger::After::kPowerLoss : WriteLedger::After::kKill;
  }
  ++counts_.crashes;
}

bool EngineSimulation::work(std::uint64_t steps) {
  refused_ = false;
  for (std::uint64_t i = 0; i < steps && !refused_ && !::testing::Test::HasFailure(); ++i) { step(); }
  return !refused_;
}

void EngineSimulation::step() {
  const std::uint64_t choice = random_() % 43;
  if (choice < 28) {
    write_something();
  } else if (choice < 31) {
    repeat_acknowledged();
  } else if (choice < 34) {
    flush();
  } else if (choice < 37) {
    clock_.advance(options_.sync_interval);
    if (engine_->step().has_value() && options_.sync == LogSync::kInterval &&
        engine_->statistics().shard_errors.empty()) {
      ledger_.harden();
    }
  } else if (choice < 39) {
    clock_.advance(std::chrono::seconds(random_() % 400));
  } else if (choice < 40) {
    fill_or_empty_disk();
  } else if (choice < 42) {
    compact();
  } else {
    verify();
  }
}

EngineSimulation::Request EngineSimulation::new_request() {
  Request request;
  request.id = next_request_++;
  std::vector<RowBatch> batches;
  for (std::uint64_t n = 1 + random_() % 3; n > 0; --n) {
    RowBatch batch = random_batch(random_, kBatchRowsMax);
    if (random_() % 6 == 0) { batch.table = "mixed"; }  // whose batches disagree about duplicates: the first one counts
    if (random_() % 5 == 0 && !batch.fields.empty()) {  // a column that comes later
      batch.fields.back().name += std::to_string(random_() % 4);
    }
    batches.push_back(std::move(batch));
  }
  request.batches = ledger_.with_audit(request.id, std::move(batches));
  if (random_() % 3 != 0) {
    const std::string id = "p" + std::to_string(random_() % 3);
    Producer& producer = producers_[id];
    if (producer.id.empty() || random_() % 10 == 0) {
      producer.id = id;
      ++producer.epoch;
      producer.sequence = 0;
    }
    ++producer.sequence;
    request.producer = producer;
  }
  return request;
}

void EngineSimulation::fill_or_empty_disk() {
  full_ = !full_;
  std::uint64_t used = random_() % 4000;
  for (const auto& path : files_.paths()) { used += files_.bytes_of(path).size(); }
  files_.set_capacity(full_ ? std::optional(used) : std::nullopt);
}

// A producer sends its next request only when the one before is acknowledged.
void EngineSimulation::write_something() {
  for (const auto& [id, request] : pending_) {
    if (random_() % 2 == 0) {
      const Request again = request;
      write(again);
      return;
    }
  }
  const std::map<std::string, Producer> before = producers_;
  const Request request = new_request();
  if (pending_.contains(request.producer.id)) {
    producers_ = before;
    --next_request_;
    return;
  }
  write(request);
}

bool EngineSimulation::write(const Request& request) {
  ledger_.sent(request.id, request.batches, *engine_, random_);
  const auto receipt = engine_->write({{}, request.batches, request.producer});
  if (!receipt.has_value()) {
    const ErrorCode code = receipt.error().code;
    EXPECT_TRUE(code == ErrorCode::kUnavailable || code == ErrorCode::kOverloaded) << receipt.error().message;
    if (code == ErrorCode::kUnavailable) {
      const auto reasons = engine_->statistics().shard_errors;
      EXPECT_TRUE(std::find(reasons.begin(), reasons.end(), receipt.error().message) != reasons.end())
          << "not what the statistics say: " << receipt.error().message;
      EXPECT_NE(receipt.error().message.find("simulated"), std::string::npos) << receipt.error().message;
    }
    refused_ = true;
    ++counts_.refused;
    if (!request.producer.id.empty()) { pending_[request.producer.id] = request; }
    return false;
  }
  EXPECT_TRUE(receipt->rejected.empty()) << receipt->rejected[0].reason;
  ++counts_.acknowledged;
  ledger_.acknowledged(request.id);
  if (options_.sync == LogSync::kAlways) { ledger_.harden(); }
  if (!request.producer.id.empty()) {
    acknowledged_[request.producer.id] = request;
    pending_.erase(request.producer.id);
  }
  return true;
}

// An answer got lost on its way, so the client asks again. After a power loss the write may be gone where nothing was
// synced; then it is stored again.
void EngineSimulation::repeat_acknowledged() {
  if (acknowledged_.empty()) { return; }
  auto place = acknowledged_.begin();
  std::advance(place, static_cast<std::ptrdiff_t>(random_() % acknowledged_.size()));
  if (pending_.contains(place->first)) { return; }
  const Request request = place->second;
  if (options_.sync != LogSync::kAlways) { ledger_.sent(request.id, request.batches, *engine_, random_); }
  const auto receipt = engine_->write({{}, request.batches, request.producer});
  if (!receipt.has_value()) {
    refused_ = true;
    ++counts_.refused;
    return;
  }
  EXPECT_TRUE(receipt->duplicate || options_.sync != LogSync::kAlways);
  ledger_.acknowledged(request.id);
  ++counts_.duplicates;
}

void EngineSimulation::compact() {
  const std::uint64_t before = engine_->statistics().compactions;
  (void)engine_->compact({});  // may fail like anything else: the next check tells what it left behind
  counts_.compactions += engine_->statistics().compactions - before;
}

void EngineSimulation::flush() {
  const Status flushed = engine_->flush();
  if (!flushed.has_value()) { return; }
  ++counts_.flushes;
  if (engine_->statistics().shard_errors.empty()) { EXPECT_EQ(engine_->statistics().memtable_rows, 0U); }
  ledger_.harden();
}

}  // namespace streamflow::storage::testing
