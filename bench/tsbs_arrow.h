// TSBS cpu-only rows as Arrow IPC streams, as a data frame library sends them: tags are dictionaries with 32-bit
// indexes, fields int64, times nanoseconds.
// Threads:    an object belongs to one thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tsbs.h"

namespace streamflow::bench {

class TsbsArrow {
 public:
  explicit TsbsArrow(const TsbsOptions& options);
  // Replaces `out` by a whole stream of the next `rows` rows.
  void next(std::uint64_t rows, std::string& out);

 private:
  void append_rows(std::uint64_t rows, std::string& out) const;

  TsbsGenerator generator_;
  TsbsGenerator::Columns columns_;
  std::string head_;                                                    // the schema and the dictionaries
  std::array<std::vector<std::uint32_t>, TsbsGenerator::kTags> codes_;  // [tag][host]
};

}  // namespace streamflow::bench
