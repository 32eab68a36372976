#include "storage/memtable/memtable.h"

#include <utility>

namespace streamflow::storage {
namespace {

std::uint64_t bytes_of(const ArrivedRows& rows) {
  return rows.batch->memory_bytes() + sizeof(ArrivedRows) + rows.series_ids.capacity() * 4 +
         rows.field_indexes.capacity() * 4;
}

}  // namespace

void Memtable::add(const std::shared_ptr<TableEntry>& table, std::shared_ptr<const ArrivedRows> arrived) {
  TableRows* rows = nullptr;
  const std::uint64_t arrived_bytes = bytes_of(*arrived);
  {
    const std::lock_guard guard(lock_);
    rows = &tables_[table.get()];
    rows->table = table;
    if (rows->view.tail == nullptr) { rows->view.tail = std::make_shared<SortedTail>(); }
    rows->tail_rows += arrived->batch->row_count();
    rows_ += arrived->batch->row_count();
    rows->tail_bytes += arrived_bytes;
    bytes_ += arrived_bytes;
    rows->view.arrived.push_back(std::move(arrived));
  }
  if (rows->tail_rows >= kPageRows || rows->view.arrived.size() >= kTailBatchesMax) {
    seal(*rows);
    merge_small_pages(*rows);
  }
}

void Memtable::replace_pages(TableRows& rows, std::size_t first, std::shared_ptr<const SortedRows> page,
                             bool clear_tail) {
  std::uint64_t gone = 0;
  for (std::size_t p = first; p < rows.view.pages.size(); ++p) { gone += rows.view.pages[p]->memory_bytes(); }
  if (clear_tail) { gone += rows.tail_bytes; }
  const std::uint64_t added = page->memory_bytes();
  std::vector<std::shared_ptr<const ArrivedRows>> freed;  // destroyed after the lock is given back
  std::shared_ptr<SortedTail> tail;
  const std::lock_guard guard(lock_);
  rows.view.pages.resize(first);
  rows.view.pages.push_back(std::move(page));
  if (clear_tail) {
    freed.swap(rows.view.arrived);
    tail = std::exchange(rows.view.tail, std::make_shared<SortedTail>());  // lives on in views made before
    rows.tail_rows = 0;
    rows.tail_bytes = 0;
  }
  bytes_ += added - gone;
}

void Memtable::seal(TableRows& rows) {
  if (rows.view.arrived.empty()) { return; }
  // Sorting happens outside the lock: only this thread changes the lists.
  auto page = std::make_shared<const SortedRows>(sort_rows(rows.view.arrived, rows.table->schema()->duplicates));
  replace_pages(rows, rows.view.pages.size(), std::move(page), true);
}

// Like a binary counter, so that a stream of tiny batches costs each row O(log) merges and leaves few pages.
void Memtable::merge_small_pages(TableRows& rows) {
  auto& pages = rows.view.pages;
  while (pages.size() >= 2) {
    const std::size_t older = pages[pages.size() - 2]->row_count(), newer = pages.back()->row_count();
    if (older >= kPageRows || older > 2 * newer) { return; }
    const std::vector<RowSource> sources{source_of(*pages[pages.size() - 2]), source_of(*pages.back())};
    auto merged = std::make_shared<const SortedRows>(merge_rows(sources, rows.table->schema()->duplicates));
    replace_pages(rows, pages.size() - 2, std::move(merged), false);
  }
}

void Memtable::freeze() {
  for (auto& [table, rows] : tables_) { seal(rows); }
}

MemtableView Memtable::view(const TableEntry* table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? MemtableView{} : found->second.view;
}

std::vector<std::shared_ptr<TableEntry>> Memtable::tables() const {
  std::vector<std::shared_ptr<TableEntry>> all;
  for (const auto& [pointer, rows] : tables_) { all.push_back(rows.table); }
  return all;
}

}  // namespace streamflow::storage
