// Feeds arbitrary files to the segment reader. Checksums would stop every mutation at the door, so they are mended
// first: header, trailer, footer and table sections are what a hostile writer could have signed.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "encoding/crc32c.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_directory.h"
#include "storage/segment/segment_format.h"
#include "storage/segment/segment_reader.h"

namespace {

using namespace streamflow;
using namespace streamflow::storage;

void store(std::vector<std::byte>& file, std::size_t at, std::uint32_t value) {
  if (at + sizeof value <= file.size()) { std::memcpy(file.data() + at, &value, sizeof value); }
}

// Makes header and trailer consistent with whatever lies between them.
void mend(std::vector<std::byte>& file) {
  if (file.size() < sizeof(SegmentHeaderV1) + kChecksumBytes + sizeof(SegmentTrailerV1)) { return; }
  SegmentHeaderV1 header{};
  std::memcpy(&header, file.data(), sizeof header);
  if (header.header_bytes >= sizeof header + kChecksumBytes && header.header_bytes <= file.size()) {
    const std::size_t checked = header.header_bytes - kChecksumBytes;
    store(file, checked, encoding::crc32c(std::span(file).first(checked)));
  }
  SegmentTrailerV1 trailer{};
  const std::size_t end = file.size() - sizeof trailer;
  std::memcpy(&trailer, file.data() + end, sizeof trailer);
  trailer.footer_offset %= end + 1;
  trailer.footer_bytes = static_cast<std::uint32_t>(end - trailer.footer_offset);
  const auto footer = std::span(file).subspan(static_cast<std::size_t>(trailer.footer_offset), trailer.footer_bytes);
  if (const auto decoded = decode_segment_footer(footer, trailer.footer_offset); decoded.has_value()) {
    SegmentFooter mended = *decoded;
    for (Section& section : mended.sections) {
      if (section.kind != SectionKind::kColumns) {
        const auto bytes =
            std::span(file).subspan(static_cast<std::size_t>(section.offset), static_cast<std::size_t>(section.bytes));
        section.crc32c = encoding::crc32c(bytes);
      }
    }
    const encoding::Bytes again = encode_segment_footer(mended);
    file.resize(static_cast<std::size_t>(trailer.footer_offset));
    encoding::append_bytes(file, again);
    trailer.footer_bytes = static_cast<std::uint32_t>(again.size());
  } else {
    file.resize(end);
  }
  trailer.footer_crc32c =
      encoding::crc32c(std::span(file).subspan(static_cast<std::size_t>(trailer.footer_offset), trailer.footer_bytes));
  encoding::append_bytes(file, encode_segment_trailer(trailer));
}

void read_everything(const SegmentReader& reader) {
  DecodedColumn values;
  for (const SegmentTable& table : reader.tables()) {
    for (std::size_t block = 0; block < table.blocks().size() && block < 64; ++block) {
      static_cast<void>(table.read_times(block, values));
      for (std::size_t field = 0; field < table.schema().fields.size() && field < 16; ++field) {
        static_cast<void>(table.read_field(block, field, values));
        static_cast<void>(table.statistics(block, field));
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) { return 0; }
  // The first byte says what to attack: a table section by itself, or a whole file with mended checksums.
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  if (data[0] % 2 == 0) {
    static_cast<void>(decode_table_directory(bytes));
    return 0;
  }
  std::vector<std::byte> file(bytes.begin(), bytes.end());
  mend(file);
  SimulatedFileSystem files(0, {.mapping = data[0] % 4 == 1});
  files.put("f", file);
  if (const auto reader = SegmentReader::open(files, "f"); reader.has_value()) {
    read_everything(**reader);
    static_cast<void>((*reader)->verify());
  }
  return 0;
}
