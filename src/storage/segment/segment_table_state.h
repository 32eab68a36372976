// What a SegmentTable keeps: its directory, where its blocks lie, and the statistics read last. Internal to the reader.
// Invariants: immutable after open() except the statistics caches, which have their own locks.
// Threads:    const functions may run concurrently.
// Errors:     name file, table, column and block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "encoding/byte_io.h"
#include "storage/segment/segment_directory.h"
#include "storage/segment/segment_format.h"
#include "storage/segment/segment_reader.h"
#include "storage/segment/segment_statistics.h"

namespace streamflow::storage {

struct SegmentFile {
  std::filesystem::path path;
  std::unique_ptr<ReadableFile> file;

  // Bytes of the file: mapped, or read into `scratch`.
  Result<encoding::ByteSpan> bytes(std::uint64_t offset, std::uint64_t count, encoding::Bytes& scratch) const;
  // The same of a whole section, its checksum compared.
  Result<encoding::ByteSpan> section(const Section& section, encoding::Bytes& scratch) const;
};

struct SegmentTable::State {
  const SegmentFile* file = nullptr;
  TableDirectory directory;
  std::uint64_t directory_bytes = 0;  // in the file
  TimeRange range;
  std::vector<std::vector<std::uint64_t>> block_offsets;       // [column][block], of the file
  std::vector<std::vector<std::uint64_t>> statistics_offsets;  // [column][row group]
  std::vector<std::uint32_t> micro_begin;                      // per block: its first micro-block within its row group
  std::vector<std::uint32_t> group_of_block;

  // One row group's statistics: scans go forward, so the last one read is kept.
  template <class T>
  struct Cache {
    std::mutex mutex;
    std::size_t group = ~std::size_t{0};
    std::shared_ptr<const std::vector<T>> values;
  };
  mutable Cache<MicroTimes> time_cache;
  mutable std::unique_ptr<Cache<BlockStatistics>[]> field_caches;

  // `shared_times` may be null: the table has none.
  static Result<std::unique_ptr<State>> load(const SegmentFile& file, const Section& table, const Section& columns,
                                             const Section* shared_times);

  Error error_at(Error error, std::size_t column, std::size_t block) const;
  Status read_block(std::size_t column, std::size_t block, DecodedColumn& out) const;
  Result<std::shared_ptr<const std::vector<MicroTimes>>> group_times(std::size_t group) const;
  Result<std::shared_ptr<const std::vector<BlockStatistics>>> group_statistics(std::size_t group,
                                                                               std::size_t field) const;
  Status verify_block(std::size_t block) const;

 private:
  Status locate(const Section& columns);
  Status load_shared_times(const Section& section);
  Result<encoding::ByteSpan> checked_bytes(std::uint64_t offset, std::uint64_t count, encoding::Bytes& scratch) const;
  Status verify_times(std::size_t block, const DecodedColumn& times) const;
  Status verify_field(std::size_t block, std::size_t field, std::span<const std::int64_t> times) const;
};

}  // namespace streamflow::storage
