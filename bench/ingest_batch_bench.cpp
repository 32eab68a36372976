// The storage engine's own speed, without HTTP and without a decoder: RowBatches of TSBS cpu-only shape through
// Engine::write, durable, then drained to segments.
// Usage: see kUsage; bench/README.md says how the figures are meant. Making batches is counted apart.
// The answer is checked: the run fails when the segments hold other rows than were acknowledged.
#include <ctime>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench_options.h"
#include "storage/engine/engine.h"
#include "tsbs.h"

namespace streamflow::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kUsage[] =
    "ingest_batch_bench [--seconds 60] [--writers 2] [--batch 10000] [--hosts 4000] [--seed 1] [--fields 10]\n"
    "  [--late PERCENT] [--duplicate PERCENT] [--shards 2] [--data-dir DIR]\n"
    "  --fields 1 with --hosts 100000: single-field rows over 100,000 series";

struct Plan {
  std::uint64_t seconds = 60, writers = 2, batch = 10'000, fields = TsbsGenerator::kFields, late = 0, duplicate = 0;
  std::uint32_t shards = 2;
  TsbsOptions tsbs;
  std::string data_folder;
};

struct Load {  // what one writer did
  std::uint64_t rows = 0, distinct_rows = 0, requests = 0, retries = 0;
  double making_cpu_seconds = 0;
  std::optional<Error> failure;
};

double cpu_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Batches of one writer's share of the hosts.
class Batches {
 public:
  Batches(const Plan& plan, const TsbsOptions& share) : plan_(plan), generator_(share), state_(share.first_host + 1) {
    for (std::uint32_t host = 0; host < share.hosts; ++host) {
      tags_.push_back(TsbsGenerator::tags_of(share.first_host + host, share.seed));
    }
    series_of_host_.resize(share.hosts);
  }

  RowBatch next() {
    generator_.next(plan_.batch, columns_);
    RowBatch batch;
    batch.table = "cpu";
    batch.tags.assign(TsbsGenerator::kTagNames.begin(), TsbsGenerator::kTagNames.end());
    number_series(batch);
    batch.times = columns_.times;
    duplicates_ = 0;
    for (std::size_t row = 1; row < batch.times.size(); ++row) { disturb(batch, row); }
    for (std::size_t f = 0; f < plan_.fields; ++f) {
      FieldVector& field = batch.fields.emplace_back();
      field.name = TsbsGenerator::kFieldNames[f];
      field.type = FieldType::kInt64;
      const auto* const bits = reinterpret_cast<const std::uint64_t*>(columns_.fields[f].data());
      field.bits.assign(bits, bits + plan_.batch);
    }
    return batch;
  }
  std::uint64_t duplicates() const { return duplicates_; }  // of the last batch

 private:
  void number_series(RowBatch& batch) {
    constexpr std::uint32_t kUnused = 0xFFFFFFFFU;
    std::fill(series_of_host_.begin(), series_of_host_.end(), kUnused);
    batch.series_of_row.resize(plan_.batch);
    for (std::size_t row = 0; row < plan_.batch; ++row) {
      std::uint32_t& series = series_of_host_[columns_.hosts[row]];
      if (series == kUnused) {
        series = batch.series_count++;
        const auto& tags = tags_[columns_.hosts[row]];
        batch.series.insert(batch.series.end(), tags.begin(), tags.end());
      }
      batch.series_of_row[row] = series;
    }
  }

  // Makes a row late (by an odd number of nanoseconds, so that it meets no other), or the row before it again.
  void disturb(RowBatch& batch, std::size_t row) {
    if (plan_.late + plan_.duplicate == 0) { return; }
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t dice = (state_ >> 33U) % 100;
    if (dice < plan_.late) {
      constexpr std::int64_t kHour = 3'600'000'000'000;
      batch.times[row] -= 1 + 2 * static_cast<std::int64_t>((state_ >> 20U) % (kHour / 2));
    } else if (dice < plan_.late + plan_.duplicate) {
      batch.times[row] = batch.times[row - 1];
      batch.series_of_row[row] = batch.series_of_row[row - 1];
      ++duplicates_;
    }
  }

  const Plan& plan_;
  TsbsGenerator generator_;
  TsbsGenerator::Columns columns_;
  std::vector<std::array<std::string, TsbsGenerator::kTags>> tags_;
  std::vector<std::uint32_t> series_of_host_;
  std::uint64_t state_, duplicates_ = 0;
};

void run_writer(const Plan& plan, storage::Engine& engine, std::uint32_t index, SteadyClock::time_point until,
                Load& load) {
  TsbsOptions share = plan.tsbs;
  const auto writers = static_cast<std::uint32_t>(plan.writers);
  share.first_host = plan.tsbs.hosts / writers * index;
  share.hosts = index + 1 == writers ? plan.tsbs.hosts - share.first_host : plan.tsbs.hosts / writers;
  Batches batches(plan, share);
  while (SteadyClock::now() < until) {
    const double making = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    storage::WriteRequest request;
    request.batches.push_back(batches.next());
    load.making_cpu_seconds += cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - making;
    const Result<storage::WriteReceipt> receipt = engine.write(std::move(request));
    if (!receipt.has_value()) {
      ++load.retries;  // the rows of the next batch take its place
      if (receipt.error().code == ErrorCode::kOverloaded) { continue; }
      load.failure = receipt.error();
      return;
    }
    load.rows += plan.batch;
    load.distinct_rows += plan.batch - batches.duplicates();
    ++load.requests;
  }
}

void print(const Plan& plan, const Load& sum, double load_s, double drain_s, double cpu_s,
           const storage::EngineStatistics& statistics) {
  const double points = static_cast<double>(sum.rows * plan.fields), own_cpu = cpu_s - sum.making_cpu_seconds;
  std::printf(
      "%llu writers, batches of %llu rows of %llu fields, %u hosts, late %llu %%, duplicate %llu %%, seed %llu\n",
      static_cast<unsigned long long>(plan.writers), static_cast<unsigned long long>(plan.batch),
      static_cast<unsigned long long>(plan.fields), plan.tsbs.hosts, static_cast<unsigned long long>(plan.late),
      static_cast<unsigned long long>(plan.duplicate), static_cast<unsigned long long>(plan.tsbs.seed));
  std::printf(
      "acknowledged  %llu rows, %.0f points in %.2f s, drained in %.2f s; %llu requests, %llu refused for memory\n",
      static_cast<unsigned long long>(sum.rows), points, load_s, drain_s, static_cast<unsigned long long>(sum.requests),
      static_cast<unsigned long long>(sum.retries));
  std::printf("sustained     %.2f M points/s, %.2f M with drain; %.2f M rows/s\n", points / load_s / 1e6,
              points / (load_s + drain_s) / 1e6, static_cast<double>(sum.rows) / load_s / 1e6);
  std::printf("processor     %.2f CPU-s, %.2f of them to make the batches; %.2f M points per CPU-s of the engine\n",
              cpu_s, sum.making_cpu_seconds, points / own_cpu / 1e6);
  std::printf("disk          %.3f bytes a point in segments; %llu log syncs, %.1f s in them; %llu flushes, %.1f s\n",
              static_cast<double>(statistics.segment_bytes) / points,
              static_cast<unsigned long long>(statistics.wal_syncs), static_cast<double>(statistics.wal_sync_ns) * 1e-9,
              static_cast<unsigned long long>(statistics.flushes), static_cast<double>(statistics.flush_ns) * 1e-9);
}

Status measure(const Plan& plan) {
  storage::EngineOptions options;
  options.data_folder = plan.data_folder;
  options.shard_count = plan.shards;
  SF_TRY(engine, storage::Engine::open(options));
  std::vector<Load> loads(plan.writers);
  std::vector<std::thread> threads;
  const double cpu_before = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const SteadyClock::time_point start = SteadyClock::now();
  for (std::uint32_t i = 0; i < plan.writers; ++i) {
    threads.emplace_back(
        [&, i] { run_writer(plan, *engine, i, start + std::chrono::seconds(plan.seconds), loads[i]); });
  }
  for (std::thread& thread : threads) { thread.join(); }
  const double load_s = seconds_since(start);
  SF_CHECK(engine->flush());
  const double drain_s = seconds_since(start) - load_s;
  Load sum;
  for (const Load& load : loads) {
    if (load.failure) { return *load.failure; }
    sum.rows += load.rows;
    sum.distinct_rows += load.distinct_rows;
    sum.requests += load.requests;
    sum.retries += load.retries;
    sum.making_cpu_seconds += load.making_cpu_seconds;
  }
  const storage::EngineStatistics statistics = engine->statistics();
  if (statistics.rows_written != sum.rows || statistics.segment_rows != sum.distinct_rows) {
    return Error{ErrorCode::kCorrupt, "acknowledged " + std::to_string(sum.rows) + " rows, " +
                                          std::to_string(sum.distinct_rows) + " of them distinct, but segments hold " +
                                          std::to_string(statistics.segment_rows)};
  }
  print(plan, sum, load_s, drain_s, cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before, statistics);
  return Ok{};
}

std::optional<Plan> plan_from(int argc, char** argv) {
  Options arguments(argc, argv, kUsage);
  Plan plan;
  plan.seconds = arguments.integer("--seconds", plan.seconds);
  plan.writers = arguments.integer("--writers", plan.writers);
  plan.batch = arguments.integer("--batch", plan.batch);
  plan.fields = arguments.integer("--fields", plan.fields);
  plan.late = arguments.integer("--late", 0);
  plan.duplicate = arguments.integer("--duplicate", 0);
  plan.shards = static_cast<std::uint32_t>(arguments.integer("--shards", plan.shards));
  plan.tsbs.hosts = static_cast<std::uint32_t>(arguments.integer("--hosts", plan.tsbs.hosts));
  plan.tsbs.seed = arguments.integer("--seed", plan.tsbs.seed);
  plan.data_folder = arguments.text("--data-dir", "");
  if (!arguments.accepted()) { return std::nullopt; }
  if (plan.writers == 0 || plan.batch == 0 || plan.fields == 0 || plan.fields > TsbsGenerator::kFields ||
      plan.late + plan.duplicate > 100 || plan.tsbs.hosts < plan.writers) {
    std::fprintf(stderr, "ingest_batch_bench: an option is out of range\nusage: %s\n", kUsage);
    return std::nullopt;
  }
  return plan;
}

}  // namespace
}  // namespace streamflow::bench

int main(int argc, char** argv) {
  using namespace streamflow::bench;
  std::optional<Plan> plan = plan_from(argc, argv);
  if (!plan) { return 2; }
  std::string folder = (std::filesystem::temp_directory_path() / "streamflow-bench-XXXXXX").string();
  const bool own_folder = plan->data_folder.empty();
  if (own_folder) {
    if (mkdtemp(folder.data()) == nullptr) {
      std::perror("ingest_batch_bench: a temporary folder");
      return 1;
    }
    plan->data_folder = folder;
  }
  const streamflow::Status measured = measure(*plan);
  if (own_folder) { std::filesystem::remove_all(folder); }
  if (!measured.has_value()) {
    std::fprintf(stderr, "ingest_batch_bench: %s\n", measured.error().message.c_str());
    return 1;
  }
  return 0;
}
