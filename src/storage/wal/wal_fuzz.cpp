// A log file in which the input says what was appended and what was spoiled afterwards. Whatever happened to it, the
// log opens, delivers only records that were written, in order, and takes new ones.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "storage/environment/simulated_file_system.h"
#include "storage/wal/wal.h"

using namespace streamflow;
using namespace streamflow::storage;

namespace {

const std::filesystem::path kFolder = "wal/0";

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t byte() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }
  std::uint32_t number() { return std::uint32_t{byte()} << 16U | std::uint32_t{byte()} << 8U | byte(); }
  bool done() const { return at_ >= size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
};

WalOptions options() {
  WalOptions result;
  result.database_id = "00112233445566778899aabbccddeeff";
  return result;
}

LogRecord record_at(std::uint64_t sequence, std::uint8_t rows) {
  RowBatch batch;
  batch.table = "t";
  batch.series_count = 1;
  batch.series_of_row.assign(rows, 0);
  batch.times.assign(rows, static_cast<std::int64_t>(sequence));
  FieldVector field;
  field.name = "f";
  for (std::size_t i = 0; i < rows; ++i) { field.bits.push_back(sequence * 0x9E3779B97F4A7C15ULL + i * i); }
  batch.fields.push_back(std::move(field));
  LogRecord record;
  record.sequence.value = sequence;
  record.batches.push_back(std::make_shared<const RowBatch>(std::move(batch)));
  return record;
}

std::unique_ptr<Wal> open(SimulatedFileSystem& files, const std::vector<std::uint8_t>& rows) {
  std::uint64_t last = 0;
  auto opened = Wal::open(files, kFolder, options(), {0}, [&](LogRecord record) -> Status {
    const std::uint64_t sequence = record.sequence.value;
    if (sequence <= last || sequence > rows.size()) { std::abort(); }
    if (!(*record.batches.at(0) == *record_at(sequence, rows[sequence - 1]).batches.at(0))) { std::abort(); }
    last = sequence;
    return Ok{};
  });
  if (!opened.has_value()) { std::abort(); }
  return std::move(*opened);
}

// Flips, cuts, overwrites or grows the first file.
void spoil(SimulatedFileSystem& files, Input& input) {
  const std::filesystem::path path = kFolder / files.list(kFolder)->front();
  std::vector<std::byte> bytes = files.bytes_of(path);
  while (!input.done()) {
    const std::uint8_t what = input.byte() % 4;
    const std::size_t at = bytes.empty() ? 0 : input.number() % bytes.size();
    if (what == 0 && !bytes.empty()) { bytes[at] ^= std::byte{input.byte()}; }
    if (what == 1) { bytes.resize(at); }
    if (what == 2) { bytes.push_back(std::byte{input.byte()}); }
    if (what == 3 && !bytes.empty()) {  // a stretch copied from elsewhere in the file
      const std::size_t from = input.number() % bytes.size();
      std::memmove(bytes.data() + at, bytes.data() + from,
                   std::min<std::size_t>(input.byte() * 8U, bytes.size() - std::max(at, from)));
    }
  }
  files.put(path, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  SimulatedFileSystem files(1);
  std::vector<std::uint8_t> rows;
  {
    const auto log = open(files, rows);
    for (std::uint8_t left = input.byte() % 16; left > 0; --left) {
      rows.push_back(input.byte());
      if (!log->append(record_at(rows.size(), rows.back())).has_value()) { std::abort(); }
      if (input.byte() % 2 == 0 && !log->sync().has_value()) { std::abort(); }
    }
  }
  spoil(files, input);
  const auto log = open(files, rows);
  const std::uint64_t next = log->last_sequence().value + 1;
  rows.resize(next);
  if (!log->append(record_at(next, rows[next - 1])).has_value() || !log->sync().has_value()) { std::abort(); }
  return 0;
}
