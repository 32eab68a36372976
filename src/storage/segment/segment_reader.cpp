#include "storage/segment/segment_reader.h"

#define XXH_STATIC_LINKING_ONLY  // the streaming state as a value
#include <xxhash.h>

#include <algorithm>
#include <string>
#include <utility>

#include "encoding/crc32c.h"
#include "storage/segment/segment_format.h"
#include "storage/segment/segment_table_state.h"

namespace streamflow::storage {
namespace {

using encoding::Bytes;
using encoding::ByteSpan;

constexpr std::uint64_t kHashChunkBytes = std::uint64_t{1} << 20U;

Error corrupt(const std::string& what) {
  return {ErrorCode::kCorrupt, what};
}

// Finds sections by table and kind.
class SectionIndex {
 public:
  explicit SectionIndex(const SegmentFooter& footer) {
    for (const Section& section : footer.sections) { sorted_.push_back(&section); }
    std::stable_sort(sorted_.begin(), sorted_.end(),
                     [](const Section* a, const Section* b) { return key(*a) < key(*b); });
  }
  // Null when there is none; more than one is an error.
  Result<const Section*> find(std::uint32_t table, SectionKind kind) const {
    const Key wanted{table, kind};
    const auto first = std::lower_bound(sorted_.begin(), sorted_.end(), wanted,
                                        [](const Section* section, const Key& k) { return key(*section) < k; });
    if (first == sorted_.end() || key(**first) != wanted) { return static_cast<const Section*>(nullptr); }
    if (first + 1 != sorted_.end() && key(**(first + 1)) == wanted) {
      return corrupt("table " + std::to_string(table) + " has a section twice");
    }
    return *first;
  }

 private:
  using Key = std::pair<std::uint32_t, SectionKind>;
  static Key key(const Section& section) { return {section.table, section.kind}; }
  std::vector<const Section*> sorted_;
};

}  // namespace

struct SegmentReader::State {
  SegmentFile file;
  SegmentHeader header;
  SegmentTrailerV1 trailer{};
  SegmentFooter footer;
  std::vector<SegmentTable> tables;
  std::vector<SegmentTable::State*> table_states;  // owned by `tables`

  Status open() {
    const std::uint64_t size = file.file->size();
    if (size < sizeof(SegmentHeaderV1) + sizeof(SegmentTrailerV1)) {
      return corrupt("a file of " + std::to_string(size) + " bytes is too short to be a segment");
    }
    Bytes scratch;
    SF_TRY(head, file.bytes(0, std::min<std::uint64_t>(size, kSegmentHeaderBytesMax), scratch));
    SF_TRY(decoded_header, decode_segment_header(head));
    header = std::move(decoded_header);
    SF_TRY(tail, file.bytes(size - sizeof(SegmentTrailerV1), sizeof(SegmentTrailerV1), scratch));
    SF_TRY(decoded_trailer, decode_segment_trailer(tail, size));
    trailer = decoded_trailer;
    SF_TRY(bytes, file.bytes(trailer.footer_offset, trailer.footer_bytes, scratch));
    if (encoding::crc32c(bytes) != trailer.footer_crc32c) { return corrupt("the footer fails its checksum"); }
    SF_TRY(decoded_footer, decode_segment_footer(bytes, trailer.footer_offset));
    footer = std::move(decoded_footer);
    return open_tables();
  }

  Status open_tables() {
    const SectionIndex sections(footer);
    std::uint64_t row_count = 0;
    for (std::uint32_t t = 0; t < footer.table_count; ++t) {
      SF_TRY(table, sections.find(t, SectionKind::kTable));
      SF_TRY(columns, sections.find(t, SectionKind::kColumns));
      SF_TRY(shared_times, sections.find(t, SectionKind::kSharedTimes));
      if (table == nullptr || columns == nullptr) { return corrupt("table " + std::to_string(t) + " lacks a section"); }
      auto loaded = SegmentTable::State::load(file, *table, *columns, shared_times);
      if (!loaded.has_value()) { return with_context(std::move(loaded).error(), "table " + std::to_string(t)); }
      row_count += (*loaded)->directory.series_row_begin.back();
      table_states.push_back(loaded->get());
      tables.emplace_back(std::move(*loaded));
      if (t > 0 && tables[t].schema().name <= tables[t - 1].schema().name) {
        return corrupt("tables are not in name order");
      }
    }
    return row_count == footer.row_count ? Status(Ok{}) : corrupt("the footer counts other rows than the tables");
  }

  Status verify_hash() const {
    XXH3_state_t hash;
    XXH3_64bits_reset(&hash);
    const std::uint64_t hashed =
        trailer.footer_offset + trailer.footer_bytes + offsetof(SegmentTrailerV1, content_hash);
    Bytes scratch;
    for (std::uint64_t at = 0; at < hashed; at += kHashChunkBytes) {
      SF_TRY(bytes, file.bytes(at, std::min(kHashChunkBytes, hashed - at), scratch));
      XXH3_64bits_update(&hash, bytes.data(), bytes.size());
    }
    return XXH3_64bits_digest(&hash) == trailer.content_hash ? Status(Ok{})
                                                             : corrupt("the file's content does not match its hash");
  }
};

SegmentReader::SegmentReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SegmentReader::~SegmentReader() = default;

Result<std::unique_ptr<SegmentReader>> SegmentReader::open(FileSystem& files, const std::filesystem::path& path) {
  SF_TRY(file, files.open(path));
  auto state = std::make_unique<State>();
  state->file = {path, std::move(file)};
  if (Status opened = state->open(); !opened.has_value()) {
    return with_context(std::move(opened).error(), "segment " + path.string());
  }
  return std::unique_ptr<SegmentReader>(new SegmentReader(std::move(state)));
}

const SegmentHeader& SegmentReader::header() const {
  return state_->header;
}
std::span<const SegmentTable> SegmentReader::tables() const {
  return state_->tables;
}
const std::filesystem::path& SegmentReader::path() const {
  return state_->file.path;
}

const SegmentTable* SegmentReader::find(std::string_view table) const {
  const auto before = [](const SegmentTable& t, std::string_view name) { return t.schema().name < name; };
  const auto found = std::lower_bound(state_->tables.begin(), state_->tables.end(), table, before);
  return found != state_->tables.end() && found->schema().name == table ? &*found : nullptr;
}

Status SegmentReader::verify() const {
  for (const SegmentTable::State* const table : state_->table_states) {
    for (std::size_t block = 0; block < table->directory.blocks.size(); ++block) {
      SF_CHECK(table->verify_block(block));
    }
  }
  if (Status hashed = state_->verify_hash(); !hashed.has_value()) {
    return with_context(std::move(hashed).error(), "segment " + path().string());
  }
  return Ok{};
}

}  // namespace streamflow::storage
