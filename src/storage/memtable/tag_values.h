// The distinct values of one tag of one table, each with a code that never changes while the process runs.
// Invariants: code 0 is the missing tag (""); codes are dense and only grow.
// Threads:    any; value() takes no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "storage/memtable/text_codes.h"
#include "storage/scan/scan.h"

namespace streamflow::storage {

class TagValues {
 public:
  explicit TagValues(std::string id_prefix);  // makes dictionary ids unique in the process
  ~TagValues();
  TagValues(const TagValues&) = delete;
  TagValues& operator=(const TagValues&) = delete;

  std::uint32_t code_of(std::string_view value);  // adds it when new
  std::optional<std::uint32_t> find(std::string_view value) const;
  const std::string& value(std::uint32_t code) const { return *slot(code); }
  std::uint32_t size() const { return size_.load(std::memory_order_acquire); }
  // The values so far; the same object as long as none is added.
  std::shared_ptr<const TagDictionary> dictionary() const;

 private:
  // Chunk c holds 1024 << c values, so that 22 chunks reach beyond 2^32 codes and no value ever moves.
  static constexpr std::size_t kFirstChunk = 1024;
  static constexpr std::size_t kChunkCount = 22;
  static std::pair<std::size_t, std::size_t> place(std::uint32_t code);
  std::string* slot(std::uint32_t code) const;
  std::optional<std::uint32_t> look_up(std::string_view value, std::uint32_t hash) const;  // mutex_ held

  const std::string id_prefix_;
  std::array<std::atomic<std::string*>, kChunkCount> chunks_{};
  std::atomic<std::uint32_t> size_{0};
  mutable std::mutex mutex_;  // guards what follows
  TextCodes codes_;
  mutable std::shared_ptr<const TagDictionary> dictionary_;
};

// One per tag of a table, in the schema's order.
using TagColumns = std::vector<std::shared_ptr<TagValues>>;

}  // namespace streamflow::storage
