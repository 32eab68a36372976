// How many of a scan's threads still read, so that EXPLAIN ANALYZE shows counters that are whole.
//
// DuckDB asks each thread for the scan's counters when it stops reading and shows the answer that it receives last,
// which may be an early one. So only the thread that stops when no other reads may answer.
// Threads: a ReadingThread belongs to one thread; ReadingThreads is shared by all and outlives them.
#pragma once

#include <atomic>
#include <cstddef>

namespace streamflow::query {

class ReadingThreads {
 private:
  friend class ReadingThread;
  std::atomic<std::size_t> count_{0};
};

class ReadingThread {
 public:
  explicit ReadingThread(ReadingThreads& all) : all_(all) { ++all_.count_; }
  ~ReadingThread() { stop(); }
  ReadingThread(const ReadingThread&) = delete;
  ReadingThread& operator=(const ReadingThread&) = delete;

  // True when no other thread reads any more. Counts once, however often it is called.
  bool stop() {
    if (!stopped_) { --all_.count_; }
    stopped_ = true;
    return all_.count_ == 0;
  }

 private:
  ReadingThreads& all_;
  bool stopped_ = false;
};

}  // namespace streamflow::query
