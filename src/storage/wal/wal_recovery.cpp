#include "storage/wal/wal_recovery.h"

#include <algorithm>
#include <charconv>

#include "encoding/crc32c.h"

namespace streamflow::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".wal";
constexpr std::string_view kUnfinished = ".wal.tmp";  // of a replace_file that a crash cut short
constexpr std::size_t kHexDigits = 16;

std::string hex(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i > 0; --i, value >>= 4U) { text[i - 1] = "0123456789abcdef"[value & 0xFU]; }
  return text;
}

std::optional<SequenceNumber> sequence_of_name(const std::string& name) {
  if (name.size() != kHexDigits + kExtension.size() || !name.ends_with(kExtension)) { return std::nullopt; }
  std::uint64_t value = 0;
  const char* end = name.data() + kHexDigits;
  const auto parsed = std::from_chars(name.data(), end, value, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != end || hex(value, kHexDigits) != name.substr(0, kHexDigits)) {
    return std::nullopt;
  }
  return SequenceNumber{value};
}

class Recovery {
 public:
  Recovery(FileSystem& files, const fs::path& folder, const WalOptions& options, SequenceNumber after,
           const std::function<Status(LogRecord)>& apply)
      : files_(files), folder_(folder), options_(options), after_(after), apply_(apply) {}

  Result<WalRecovered> run();

 private:
  struct Tail {                               // what to do with the last file
    std::optional<std::uint64_t> keep_bytes;  // up to its last record; nothing: remove the file
    std::uint64_t torn_begin = 0;             // what lies behind is torn
    bool quarantine = false;                  // intact but never synced records go with the tail
    bool rewrite = false;                     // some of what is kept was perhaps never synced
  };

  Status list();
  Status replay_file(std::size_t index);
  Result<WalFileIdentity> identify(const WalFileEntry& entry, bool& header_is_rotten) const;
  Tail find_tail(const WalFileEntry& entry, const WalFileScan& scan);
  Status deliver(const WalFileEntry& entry, const WalFileScan& scan, std::uint64_t end);
  Status deliver_frame(const WalFileEntry& entry, const WalFrame& frame);
  void begin_file(const WalFileEntry& entry);
  void note_bad(const WalFileEntry& entry, std::uint64_t begin, std::uint64_t end);
  void close_loss(SequenceNumber next);
  Status refuse_losses() const;
  Status quarantine(const fs::path& path);
  Status mend_last();

  FileSystem& files_;
  const fs::path& folder_;
  const WalOptions& options_;
  SequenceNumber after_;
  const std::function<Status(LogRecord)>& apply_;
  WalRecovered result_;
  SequenceNumber last_;          // of the records seen so far, whether applied or before `after_`
  SequenceNumber proven_;        // the last file's frames say that records up to here had been synced
  std::optional<WalLoss> loss_;  // begun, its end not yet seen
  std::vector<fs::path> rotten_;
  std::vector<std::string> unfinished_;
  Tail tail_;
  std::vector<std::byte> bytes_;  // of the file being replayed
  std::vector<std::byte> scratch_;
};

Result<WalRecovered> Recovery::run() {
  SF_CHECK(list());
  for (std::size_t i = 0; i < result_.files.size(); ++i) {
    const bool is_last = i + 1 == result_.files.size();
    if (!is_last && result_.files[i + 1].first_sequence.value <= after_.value + 1) {  // all of it is in segments
      last_.value = result_.files[i + 1].first_sequence.value - 1;
      continue;
    }
    SF_CHECK(replay_file(i));
  }
  if (loss_) {
    last_ = std::max(last_, proven_);
    close_loss({last_.value + 1});
  }
  last_ = std::max(last_, after_);
  result_.replay.last_sequence = last_;
  SF_CHECK(refuse_losses());
  SF_CHECK(mend_last());
  for (const fs::path& path : rotten_) {  // as they will be found next time: one copy each, however often
    SF_CHECK(quarantine(path));
  }
  return std::move(result_);
}

Status Recovery::list() {
  SF_TRY(names, files_.list(folder_));
  for (const std::string& name : names) {  // sorted, so in order of sequence
    if (name.ends_with(kUnfinished)) { unfinished_.push_back(name); }
    const std::optional<SequenceNumber> first = sequence_of_name(name);
    if (!first) { continue; }
    if (first->value == 0) {
      return Error{ErrorCode::kCorrupt, (folder_ / name).string() + ": sequence numbers begin at 1"};
    }
    SF_TRY(file, files_.open(folder_ / name));
    result_.files.push_back({folder_ / name, *first, file->size()});
  }
  return Ok{};
}

// Whose file it is: what its header says or, when that has rotted, what its name and the options say.
Result<WalFileIdentity> Recovery::identify(const WalFileEntry& entry, bool& header_is_rotten) const {
  SF_TRY(expected, wal_identity(options_, entry.first_sequence));
  Result<WalFileIdentity> found = decode_wal_header(bytes_);
  header_is_rotten = false;
  if (found.has_value()) {
    const bool fits =
        options_.database_id.empty() ? found->first_sequence == expected.first_sequence : *found == expected;
    if (fits) { return found; }
    return Error{ErrorCode::kConflict, entry.path.string() +
                                           ": this log file belongs to another database, shard or place in the log: "
                                           "move it away, or open the data folder it came from"};
  }
  if (found.error().code != ErrorCode::kCorrupt) { return with_context(found.error(), entry.path.string()); }
  if (options_.database_id.empty()) {
    return with_context(found.error(), entry.path.string() + ": its records cannot be checked without the database id");
  }
  header_is_rotten = true;
  return expected;
}

Status Recovery::replay_file(std::size_t index) {
  const WalFileEntry& entry = result_.files[index];
  const bool is_last = index + 1 == result_.files.size();
  SF_TRY(file, files_.open(entry.path));
  bytes_.resize(entry.bytes);
  SF_CHECK(file->read(0, bytes_));  // not mapped: a bad sector is then an error, not a signal
  // A file's header is synced before its first frame is written: a file no longer than its header never had a record.
  if (is_last && entry.bytes <= kWalHeaderBytes && !decode_wal_header(bytes_).has_value()) {
    const Result<WalFileIdentity> header = decode_wal_header(bytes_);
    if (header.error().code != ErrorCode::kCorrupt) { return with_context(header.error(), entry.path.string()); }
    result_.replay.torn_bytes += entry.bytes;
    tail_ = {};
    begin_file(entry);
    return Ok{};
  }
  bool header_is_rotten = false;
  SF_TRY(identity, identify(entry, header_is_rotten));
  begin_file(entry);
  if (header_is_rotten) { note_bad(entry, 0, std::min<std::uint64_t>(entry.bytes, kWalHeaderBytes)); }
  const WalFileScan scan = scan_wal_file(bytes_, wal_frame_seed(identity));
  std::uint64_t end = entry.bytes;
  if (is_last) {
    tail_ = find_tail(entry, scan);
    end = tail_.torn_begin;
    result_.replay.torn_bytes += entry.bytes - end;
  }
  const std::uint64_t delivered = result_.replay.record_count;
  SF_CHECK(deliver(entry, scan, end));
  if (result_.replay.record_count > delivered) {
    result_.backlog.push_back({entry.path, is_last ? *tail_.keep_bytes : entry.bytes, wal_frame_seed(identity)});
  }
  return Ok{};
}

// The tail is torn from the first bad range behind which no synced record began: whatever lies there was being written
// when the power went, in whatever order the disk liked. A bad range before that is rot.
Recovery::Tail Recovery::find_tail(const WalFileEntry& entry, const WalFileScan& scan) {
  for (const WalFrame& frame : scan.frames) {
    proven_ = std::max(proven_, SequenceNumber{frame.header.synced_through});
  }
  for (const WalBadRange& bad : scan.bad) { proven_ = std::max(proven_, bad.synced_through); }
  Tail tail;
  tail.torn_begin = entry.bytes;
  SequenceNumber before = {entry.first_sequence.value - 1};
  std::size_t frame = 0;
  for (std::size_t i = 0; i < scan.bad.size() && tail.torn_begin == entry.bytes; ++i) {
    for (; frame < scan.bad_before_frame[i]; ++frame) {
      before = std::max(before, SequenceNumber{scan.frames[frame].header.sequence});
    }
    if (before >= proven_) { tail.torn_begin = scan.bad[i].begin; }
  }
  // Marks behind the last record go: nobody synced them, and a file that is not the last needs none. Rot stays.
  std::uint64_t keep = std::min<std::uint64_t>(entry.bytes, kWalHeaderBytes);
  for (const WalBadRange& bad : scan.bad) { keep = bad.begin < tail.torn_begin ? std::max(keep, bad.end) : keep; }
  for (const WalFrame& f : scan.frames) {
    if (f.header.kind != static_cast<std::uint8_t>(WalFrameKind::kRecord)) { continue; }
    tail.quarantine = tail.quarantine || f.offset >= tail.torn_begin;
    if (f.offset >= tail.torn_begin) { continue; }
    keep = std::max(keep, f.end);
    tail.rewrite = tail.rewrite || f.header.sequence > proven_.value;
  }
  tail.keep_bytes = keep;
  return tail;
}

Status Recovery::deliver(const WalFileEntry& entry, const WalFileScan& scan, std::uint64_t end) {
  std::size_t bad = 0;
  for (std::size_t i = 0; i <= scan.frames.size(); ++i) {
    for (; bad < scan.bad.size() && scan.bad_before_frame[bad] == i; ++bad) {
      if (scan.bad[bad].begin < end) { note_bad(entry, scan.bad[bad].begin, scan.bad[bad].end); }
    }
    if (i == scan.frames.size() || scan.frames[i].offset >= end) { break; }
    if (scan.frames[i].header.kind == static_cast<std::uint8_t>(WalFrameKind::kRecord)) {
      SF_CHECK(deliver_frame(entry, scan.frames[i]));
    }
  }
  return Ok{};
}

Status Recovery::deliver_frame(const WalFileEntry& entry, const WalFrame& frame) {
  const SequenceNumber sequence{frame.header.sequence};
  Result<LogRecord> record = [&]() -> Result<LogRecord> {
    if (sequence <= last_) { return Error{ErrorCode::kCorrupt, "out of order"}; }
    SF_TRY(payload, wal_frame_payload(frame, scratch_));
    SF_TRY(decoded, decode_record(payload, options_.deliver));
    if (decoded.sequence != sequence) { return Error{ErrorCode::kCorrupt, "frame and record differ in sequence"}; }
    return std::move(decoded);
  }();
  if (!record.has_value() && record.error().code != ErrorCode::kCorrupt) {
    return with_context(record.error(), entry.path.string() + ", byte " + std::to_string(frame.offset));
  }
  if (!record.has_value()) {  // its checksums hold and it still makes no sense: as lost as rot
    note_bad(entry, frame.offset, frame.end);
    return Ok{};
  }
  if (!loss_ && sequence.value > last_.value + 1) { note_bad(entry, frame.offset, frame.offset); }
  close_loss(sequence);
  last_ = sequence;
  if (sequence <= after_) { return Ok{}; }
  ++result_.replay.record_count;
  result_.replay.bytes += frame.end - frame.offset;
  return apply_(std::move(*record));
}

// A file's name says which record it begins with: what is missing before it is lost.
void Recovery::begin_file(const WalFileEntry& entry) {
  const SequenceNumber first = entry.first_sequence;
  if (!loss_ && first.value > std::max(last_, after_).value + 1) {
    loss_ = WalLoss{entry.path, 0, 0, std::max(last_, after_), {}};
  }
  close_loss(first);
  last_.value = std::max(last_.value, first.value - 1);
}

void Recovery::note_bad(const WalFileEntry& entry, std::uint64_t begin, std::uint64_t end) {
  if (end > begin && (rotten_.empty() || rotten_.back() != entry.path)) { rotten_.push_back(entry.path); }
  if (!loss_) { loss_ = WalLoss{entry.path, begin, end, last_, {}}; }
  loss_->offset_end = end;
}

// The next record after the loss is `next`. What is in segments already is not lost; a gap without bytes then is none.
void Recovery::close_loss(SequenceNumber next) {
  if (!loss_) { return; }
  loss_->sequence_after = std::max(loss_->sequence_after, std::min(after_, SequenceNumber{next.value - 1}));
  loss_->sequence_before = next;
  const bool records = next.value > loss_->sequence_after.value + 1;
  if (records || loss_->offset_end > loss_->offset_begin) { result_.replay.losses.push_back(*loss_); }
  loss_.reset();
}

Status Recovery::refuse_losses() const {
  if (!options_.strict || result_.replay.losses.empty()) { return Ok{}; }
  const WalLoss& loss = result_.replay.losses.front();
  return Error{ErrorCode::kCorrupt,
               loss.file.string() + ": bytes " + std::to_string(loss.offset_begin) + " to " +
                   std::to_string(loss.offset_end) + " have rotted; the records between sequence " +
                   std::to_string(loss.sequence_after.value) + " and " + std::to_string(loss.sequence_before.value) +
                   " are lost, " + std::to_string(result_.replay.losses.size()) +
                   " such ranges in all: restore a backup, or start without --strict to go on with the rest"};
}

// Keeps a copy for whoever wants to look, under a name that says which bytes: done twice, it is the same file.
Status Recovery::quarantine(const fs::path& path) {
  const fs::path folder = folder_ / "quarantine";
  SF_TRY(file, files_.open(path));
  std::vector<std::byte> bytes(file->size());
  SF_CHECK(file->read(0, bytes));
  const std::string name = path.stem().string() + "-" + hex(encoding::crc32c(bytes), 8) + std::string(kExtension);
  SF_CHECK(files_.create_folders(folder));
  SF_TRY(names, files_.list(folder));
  if (std::binary_search(names.begin(), names.end(), name)) { return Ok{}; }
  return replace_file(files_, folder / name, bytes);
}

// Leaves the last file as one that is whole on disk up to its last record, so that later records never follow a hole.
Status Recovery::mend_last() {
  for (const std::string& name : unfinished_) { SF_CHECK(files_.remove(folder_ / name)); }
  if (result_.files.empty()) { return Ok{}; }
  WalFileEntry& last = result_.files.back();
  if (!tail_.keep_bytes) {
    SF_CHECK(files_.remove(last.path));
    SF_CHECK(files_.sync_folder(folder_));
    result_.files.pop_back();
    return Ok{};
  }
  if (tail_.quarantine) { SF_CHECK(quarantine(last.path)); }
  last.bytes = *tail_.keep_bytes;
  if (!tail_.rewrite) { return files_.truncate(last.path, last.bytes); }
  // Records that no sync is known to have covered may be in memory alone, and marked clean there when a sync failed
  // before this start: syncing again would answer "done" and write nothing. Only writing them again is safe.
  return replace_file(files_, last.path, std::span(bytes_).first(last.bytes));
}

}  // namespace

fs::path wal_file_path(const fs::path& folder, SequenceNumber first_sequence) {
  return folder / (hex(first_sequence.value, kHexDigits) + std::string(kExtension));
}

Result<WalFileIdentity> wal_identity(const WalOptions& options, SequenceNumber first_sequence) {
  WalFileIdentity identity;
  identity.shard = options.shard.value;
  identity.generation = options.generation;
  identity.first_sequence = first_sequence;
  if (options.database_id.empty()) { return identity; }
  bool fits = options.database_id.size() == 2 * identity.database_id.size();
  for (std::size_t i = 0; fits && i < identity.database_id.size(); ++i) {
    std::uint8_t byte = 0;
    const char* digits = options.database_id.data() + 2 * i;
    const auto parsed = std::from_chars(digits, digits + 2, byte, 16);
    fits = parsed.ec == std::errc{} && parsed.ptr == digits + 2;
    identity.database_id[i] = std::byte{byte};
  }
  if (!fits) {
    return Error{ErrorCode::kInvalidArgument, "a database id is 32 hex digits, got \"" + options.database_id + "\""};
  }
  return identity;
}

Result<WalRecovered> recover_wal(FileSystem& files, const fs::path& folder, const WalOptions& options,
                                 SequenceNumber after, const std::function<Status(LogRecord)>& apply) {
  return Recovery(files, folder, options, after, apply).run();
}

}  // namespace streamflow::storage
