// A fixed number of threads that may block, behind a bounded queue.
// Threads:    submit() from any thread; stop() and the destructor from one.
// Errors:     submit() answers false when the queue is full or the pool has stopped: the caller says "overloaded".
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace streamflow::server {

class WorkerPool {
 public:
  struct Options {
    std::uint32_t threads = 4;
    std::size_t queue_max = 1024;
    std::atomic<std::uint64_t>* queued = nullptr;  // kept at the queue's length; outlives the pool
  };
  explicit WorkerPool(Options options);
  ~WorkerPool();  // stop()

  [[nodiscard]] bool submit(std::function<void()> job);
  // The next piece of work that was accepted before: never refused, until stop().
  [[nodiscard]] bool resume(std::function<void()> job);
  // Finishes what was submitted, then joins.
  void stop();

 private:
  bool push(std::function<void()> job, std::size_t queue_max);
  void run();

  const std::size_t queue_max_;
  std::atomic<std::uint64_t>* const queued_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;         // immutable until stop()
};

}  // namespace streamflow::server
