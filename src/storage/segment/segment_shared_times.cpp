#include "storage/segment/segment_shared_times.h"

#include <algorithm>

#include "storage/segment/segment_columns.h"

namespace streamflow::storage {
namespace {

Error corrupt(const char* what) {
  return {ErrorCode::kCorrupt, what};
}

std::span<const std::int64_t> times_of(const BlockInfo& block, std::span<const std::int64_t> times) {
  return times.subspan(block.row_begin, block.row_count);
}

}  // namespace

std::uint64_t find_shared_times(std::span<const std::int64_t> times, std::span<const BlockInfo> blocks,
                                std::span<const std::uint64_t> distances) {
  const std::span<const std::int64_t> wanted = times_of(blocks.back(), times);
  for (std::size_t distance = 1; distance < blocks.size(); ++distance) {
    const std::size_t b = blocks.size() - 1 - distance;
    if (distances[b] != 0 || blocks[b].row_count != wanted.size()) { continue; }
    const std::span<const std::int64_t> offered = times_of(blocks[b], times);
    if (offered.front() == wanted.front() && std::equal(offered.begin(), offered.end(), wanted.begin())) {
      return distance;
    }
  }
  return 0;
}

void encode_shared_times(std::span<const std::uint64_t> distances, encoding::Bytes& out) {
  LongColumnWriter().append(distances, out);
}

Result<std::vector<std::uint64_t>> decode_shared_times(encoding::ByteSpan bytes, const TableDirectory& directory) {
  encoding::ByteReader in(bytes);
  SF_TRY(distances, read_long_column(in, directory.blocks.size()));
  if (!in.at_end()) { return corrupt("bytes follow the shared times"); }
  const std::vector<std::uint64_t>& stored = directory.columns[0].block_bytes;
  for (std::size_t g = 0; g < directory.group_count(); ++g) {
    const std::size_t begin = directory.group_block_begin[g];
    for (std::size_t b = begin; b < directory.group_block_begin[g + 1]; ++b) {
      const std::uint64_t distance = distances[b];
      if (distance == 0) { continue; }
      if (distance > b - begin) { return corrupt("a block shares times from outside its row group"); }
      const std::size_t source = b - static_cast<std::size_t>(distance);
      if (stored[b] != 0 || stored[source] == 0 ||
          directory.blocks[source].row_count != directory.blocks[b].row_count) {
        return corrupt("a block shares times that do not fit it");
      }
    }
  }
  return distances;
}

}  // namespace streamflow::storage
