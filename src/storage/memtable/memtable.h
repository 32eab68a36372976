// The newest rows of one shard, in memory, covered by the log.
// Invariants: a table's rows are sorted pages, oldest first, then a short tail in order of arrival. Pages and arrived
//             rows are immutable; only the list of them changes. After freeze() nothing changes any more.
// Threads:    one writer; readers take views under the lock that the writer holds while it changes a list.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "model/strong_id.h"
#include "model/time.h"
#include "storage/engine/table_catalog.h"
#include "storage/memtable/sorted_rows.h"
#include "storage/memtable/sorted_tail.h"

namespace streamflow::storage {

inline constexpr std::size_t kPageRows = 65536;      // a tail this long becomes a page
inline constexpr std::size_t kTailBatchesMax = 256;  // ...or one of this many batches

// A table's rows in one memtable at a moment.
struct MemtableView {
  std::vector<std::shared_ptr<const SortedRows>> pages;  // oldest first
  std::vector<SequenceNumber> page_through;              // per page, the last record it may have rows of: the shard's
  std::vector<std::shared_ptr<const ArrivedRows>> arrived;  // newer than every page
  std::shared_ptr<SortedTail> tail;                         // of `arrived`; null when no row ever arrived
};

class Memtable {
 public:
  // `lock` guards the lists against readers; the caller must not hold it.
  explicit Memtable(std::mutex& lock) : lock_(lock) {}

  void add(const std::shared_ptr<TableEntry>& table, std::shared_ptr<const ArrivedRows> rows);
  // Turns every tail into a page; the memtable is then ready to be written out.
  void freeze();

  // With the lock held:
  MemtableView view(const TableEntry* table) const;
  std::vector<std::shared_ptr<TableEntry>> tables() const;

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t rows() const { return rows_; }
  bool empty() const { return rows_ == 0; }

 private:
  struct TableRows {
    std::shared_ptr<TableEntry> table;
    MemtableView view;
    std::size_t tail_rows = 0;
    std::uint64_t tail_bytes = 0;
  };
  void seal(TableRows& rows);
  void merge_small_pages(TableRows& rows);
  void replace_pages(TableRows& rows, std::size_t first, std::shared_ptr<const SortedRows> page, bool clear_tail);

  std::mutex& lock_;
  std::unordered_map<const TableEntry*, TableRows> tables_;
  std::uint64_t bytes_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace streamflow::storage
