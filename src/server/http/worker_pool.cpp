#include "server/http/worker_pool.h"

#include <limits>
#include <utility>

namespace streamflow::server {

WorkerPool::WorkerPool(Options options) : queue_max_(options.queue_max), queued_(options.queued) {
  for (std::uint32_t i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::submit(std::function<void()> job) {
  return push(std::move(job), queue_max_);
}

bool WorkerPool::resume(std::function<void()> job) {
  return push(std::move(job), std::numeric_limits<std::size_t>::max());
}

bool WorkerPool::push(std::function<void()> job, std::size_t queue_max) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max) { return false; }
    queue_.push_back(std::move(job));
    if (queued_ != nullptr) { *queued_ = queue_.size(); }
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) { thread.join(); }
  threads_.clear();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) { return; }
    std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    if (queued_ != nullptr) { *queued_ = queue_.size(); }
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace streamflow::server
