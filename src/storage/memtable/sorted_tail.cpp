#include "storage/memtable/sorted_tail.h"

namespace streamflow::storage {

std::shared_ptr<const SortedRows> SortedTail::of(std::span<const std::shared_ptr<const ArrivedRows>> arrived,
                                                 DuplicatePolicy duplicates) {
  const std::lock_guard lock(mutex_);
  if (rows_ == nullptr || first_ != arrived.front() || last_ != arrived.back() || duplicates_ != duplicates) {
    rows_ = std::make_shared<const SortedRows>(sort_rows(arrived, duplicates));
    first_ = arrived.front();
    last_ = arrived.back();
    duplicates_ = duplicates;
  }
  return rows_;
}

}  // namespace streamflow::storage
