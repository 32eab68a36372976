#include "app/import/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

namespace streamflow::app {

namespace {

constexpr std::size_t kChunksAheadMax = 3;

// Chunks on their way from the reading thread to the sending one. Bounded: a fast reader waits.
class ChunkQueue {
 public:
  bool push(ImportChunk chunk) {  // false when the sender has given up
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return chunks_.size() < kChunksAheadMax || closed_; });
    if (closed_) return false;
    chunks_.push_back(std::move(chunk));
    changed_.notify_all();
    return true;
  }
  std::optional<ImportChunk> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !chunks_.empty() || ended_; });
    if (chunks_.empty()) return std::nullopt;
    ImportChunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    changed_.notify_all();
    return chunk;
  }
  void end(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    ended_ = true;
    changed_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::optional<Error> error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ImportChunk> chunks_;  // guarded by mutex_, as all below
  std::optional<Error> error_;
  bool ended_ = false, closed_ = false;
};

class Sender {
 public:
  Sender(const ImportOptions& options, ImportSummary& summary)
      : options_(options),
        summary_(summary),
        client_(options.endpoint),
        import_id_(random_id()),
        random_(std::random_device{}()) {}

  bool send(const ImportChunk& chunk) {
    const std::string key = fmt::format("{}/1/{}", import_id_, ++number_);
    const std::string parameters = "&duplicates=" + url_encode(options_.duplicates);
    for (std::size_t attempt = 1;; ++attempt) {
      const auto answer = client_.write(chunk.lines, parameters, key);
      if (answer) {
        summary_.rows_sent += chunk.rows;
        count(*answer.value, chunk);
        return true;
      }
      if (!answer.problem.may_retry() || attempt >= options_.attempts_max) {
        summary_.problem = answer.problem;
        return false;
      }
      ++summary_.retries;
      const double share = std::uniform_real_distribution<double>(0, 1)(random_);
      wait(retry_delay(attempt, answer.problem.retry_after_s, share));
    }
  }

 private:
  void count(const WriteAnswer& answer, const ImportChunk& chunk) {
    // A duplicate was stored by an attempt whose answer got lost: its receipt says nothing about the rows.
    const std::uint64_t rejected = std::min(answer.rejected, chunk.rows);
    const std::uint64_t stored = answer.rows > 0 ? std::min(answer.rows, chunk.rows) : chunk.rows - rejected;
    summary_.rows_stored += answer.duplicate ? chunk.rows : stored;
    std::uint64_t named = 0;
    for (const RejectedLine& line : answer.lines) {
      if (named == rejected) break;
      const bool has_line = chunk.first_line > 0 && line.line > 0;
      ++summary_.rejected[has_line ? fmt::format("line {}: {}", chunk.first_line + line.line - 1, line.reason)
                                   : line.reason];
      ++named;
    }
    if (named < rejected) summary_.rejected["further rows, refused by the server"] += rejected - named;
  }
  void wait(Duration duration) {
    if (options_.wait) {
      options_.wait(duration);
    } else {
      std::this_thread::sleep_for(duration);
    }
  }

  const ImportOptions& options_;
  ImportSummary& summary_;
  ApiClient client_;
  std::string import_id_;
  std::mt19937_64 random_;
  std::uint64_t number_ = 0;
};

void read_ahead(ImportSource& source, ChunkQueue& queue) {
  while (true) {
    ImportChunk chunk;
    auto more = source.next(chunk);
    if (!more) return queue.end(std::move(more).error());
    chunk.progress = source.progress();
    if (!*more || !queue.push(std::move(chunk))) return queue.end(std::nullopt);
  }
}

}  // namespace

std::uint64_t ImportSummary::rows_rejected() const {
  std::uint64_t total = 0;
  for (const auto& [reason, count] : rejected) total += count;
  return total;
}

ImportSummary run_import(ImportSource& source, const ImportOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  ImportSummary summary;
  ChunkQueue queue;
  std::thread reader([&] { read_ahead(source, queue); });
  Sender sender(options, summary);
  bool sent = true;
  std::uint64_t rows = 0;
  if (options.progress) options.progress(0, 0);
  while (auto chunk = queue.pop()) {
    sent = sender.send(*chunk);
    if (!sent) break;
    rows += chunk->rows;
    if (options.progress) options.progress(chunk->progress, rows);
  }
  queue.close();
  reader.join();
  if (sent) {
    const auto error = queue.error();
    summary.complete = !error;
    if (error) summary.problem = problem_of(*error);
  }
  for (const auto& [reason, count] : source.rejected()) summary.rejected[reason] += count;
  summary.notes = source.notes();
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return summary;
}

Duration retry_delay(std::size_t attempt, std::optional<int> retry_after_s, double random_0_to_1) {
  using std::chrono::milliseconds;
  constexpr int kRetryAfterMax = 600;
  const std::int64_t doubled = 100LL << std::min<std::size_t>(attempt - 1, 10);
  std::int64_t base_ms = std::min<std::int64_t>(doubled, 10'000);
  if (retry_after_s) base_ms = std::max<std::int64_t>(100, 1000LL * std::min(*retry_after_s, kRetryAfterMax));
  return milliseconds(base_ms + static_cast<std::int64_t>(static_cast<double>(base_ms) * 0.5 * random_0_to_1));
}

std::string random_id() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", device());
  return id;
}

}  // namespace streamflow::app
