// A memtable's tail in sorted order, made by the first reader that wants it and kept until more rows arrive: a
// statement plans several scans, and a dashboard asks again and again.
// Invariants: batches arrive in one order, so the first and the last of a tail, which stay alive here, name all of it.
//             Costs as much memory as the tail at most; dies with the tail and its readers.
// Threads:    any; who comes while it is being sorted waits for the outcome.
#pragma once

#include <memory>
#include <mutex>
#include <span>

#include "storage/memtable/sorted_rows.h"

namespace streamflow::storage {

class SortedTail {
 public:
  // `arrived` must not be empty.
  std::shared_ptr<const SortedRows> of(std::span<const std::shared_ptr<const ArrivedRows>> arrived,
                                       DuplicatePolicy duplicates);

 private:
  std::mutex mutex_;
  std::shared_ptr<const ArrivedRows> first_, last_;
  DuplicatePolicy duplicates_ = DuplicatePolicy::kMerge;
  std::shared_ptr<const SortedRows> rows_;
};

}  // namespace streamflow::storage
