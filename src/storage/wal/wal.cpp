#include "storage/wal/wal.h"

#include <lz4.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "storage/wal/wal_backlog.h"
#include "storage/wal/wal_file.h"
#include "storage/wal/wal_recovery.h"

namespace streamflow::storage {
namespace {

constexpr std::size_t kCompressBytesMin = 4096;
constexpr std::size_t kCompressGainDivisor = 8;  // worth it when it saves an eighth

// Appends to `frame`, behind its header, the payload as it will be stored; answers the frame's flags.
std::uint8_t store_payload(std::vector<std::byte>& frame, std::span<const std::byte> payload, bool compress) {
  if (compress && payload.size() >= kCompressBytesMin) {
    const std::size_t room = payload.size() - payload.size() / kCompressGainDivisor;
    frame.resize(kWalFrameHeaderBytes + room);
    const int stored = LZ4_compress_default(reinterpret_cast<const char*>(payload.data()),
                                            reinterpret_cast<char*>(frame.data() + kWalFrameHeaderBytes),
                                            static_cast<int>(payload.size()), static_cast<int>(room));
    if (stored > 0) {
      frame.resize(kWalFrameHeaderBytes + static_cast<std::size_t>(stored));
      return kWalFrameLz4;
    }
  }
  frame.resize(kWalFrameHeaderBytes);
  frame.insert(frame.end(), payload.begin(), payload.end());
  return 0;
}

}  // namespace

struct Wal::State {
  FileSystem& files;
  std::filesystem::path folder;
  WalOptions options;
  WalReplay replay;
  std::vector<WalFileEntry> entries;  // oldest first; the last is the one being written
  std::unique_ptr<WritableFile> file;
  std::uint32_t seed = 0;         // of the current file's checksums
  std::uint64_t dirty_bytes = 0;  // of the current file, since its last sync
  SequenceNumber last, synced;
  std::vector<std::byte> frame;        // reused
  std::optional<std::string> stopped;  // why nothing may be written any more
  std::unique_ptr<WalBacklog> backlog;

  Status stop(Error error) {
    if (error.code == ErrorCode::kOverloaded) { error.code = ErrorCode::kIo; }  // not to be tried again
    stopped = error.message;
    file.reset();
    return error;
  }
  Status check_running() const {
    if (!stopped) { return Ok{}; }
    return Error{ErrorCode::kUnavailable, "log " + folder.string() + " takes no more writes after: " + *stopped +
                                              ". Mend the disk and restart: acknowledged rows are safe"};
  }

  Status begin_file();
  Status next_file();
  Status cut_back(Error full);
  Status write_frame(std::span<const std::byte> payload, WalFrameKind kind, SequenceNumber sequence);
  Status sync_file();
};

// The header is durable before the first frame is written: recovery relies on it.
Status Wal::State::begin_file() {
  const SequenceNumber first{last.value + 1};
  SF_TRY(identity, wal_identity(options, first));
  const auto header = encode_wal_header(identity);
  const std::filesystem::path path = wal_file_path(folder, first);
  SF_TRY(created, files.create(path));
  SF_CHECK(created->append(header));
  SF_CHECK(created->sync());
  SF_CHECK(files.sync_folder(folder));
  if (!entries.empty() && entries.back().path == path) { entries.pop_back(); }  // it held no record
  entries.push_back({path, first, header.size()});
  file = std::move(created);
  seed = wal_frame_seed(identity);
  dirty_bytes = 0;
  return Ok{};
}

// A new file in place of the current one; on a full disk the current one goes on, and the new one must not lie behind
// it: only the last file may have a torn tail.
Status Wal::State::next_file() {
  Status begun = begin_file();
  if (begun.has_value()) { return begun; }
  Error error = std::move(begun).error();
  if (error.code != ErrorCode::kOverloaded) { return stop(std::move(error)); }
  Status gone = files.remove(wal_file_path(folder, SequenceNumber{last.value + 1}));
  if (!gone.has_value() && gone.error().code == ErrorCode::kNotFound) { return error; }
  if (gone.has_value()) { gone = files.sync_folder(folder); }
  if (!gone.has_value()) { return stop(std::move(gone).error()); }
  return error;
}

// After an append that met a full disk: the file ends with its last whole frame again.
Status Wal::State::cut_back(Error full) {
  if (Status cut = files.truncate(entries.back().path, entries.back().bytes); !cut.has_value()) {
    return stop(std::move(cut).error());
  }
  return full;
}

Status Wal::State::write_frame(std::span<const std::byte> payload, WalFrameKind kind, SequenceNumber sequence) {
  frame.clear();
  WalFrameInput input;
  input.kind = kind;
  input.flags = store_payload(frame, payload, options.compress);
  input.raw_bytes = static_cast<std::uint32_t>(payload.size());
  input.sequence = sequence;
  input.synced_through = synced;
  WalFileEntry& current = entries.back();
  seal_wal_frame(frame, current.bytes, seed, input);
  frame.resize(wal_frame_padded(frame.size()));
  SF_CHECK(file->append(frame));
  current.bytes += frame.size();
  dirty_bytes += frame.size();
  return Ok{};
}

Status Wal::State::sync_file() {
  if (dirty_bytes == 0) { return Ok{}; }
  SF_CHECK(file->sync());
  dirty_bytes = 0;
  synced = last;
  return Ok{};
}

Wal::Wal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Wal::~Wal() = default;

Result<std::unique_ptr<Wal>> Wal::open(FileSystem& files, std::filesystem::path folder, WalOptions options,
                                       SequenceNumber after, const std::function<Status(LogRecord)>& apply) {
  SF_CHECK(files.create_folders(folder));
  SF_TRY(recovered, recover_wal(files, folder, options, after, apply));
  auto state = std::make_unique<State>(State{files,
                                             std::move(folder),
                                             std::move(options),
                                             std::move(recovered.replay),
                                             std::move(recovered.files),
                                             nullptr,
                                             0,
                                             0,
                                             {},
                                             {},
                                             {},
                                             std::nullopt,
                                             nullptr});
  state->last = state->replay.last_sequence;
  state->synced = state->last;
  if (state->options.deliver == RecordDetail::kOutline) {
    state->backlog = std::make_unique<WalBacklog>(files, std::move(recovered.backlog), after);
  }
  SF_CHECK(state->begin_file());
  return std::unique_ptr<Wal>(new Wal(std::move(state)));
}

std::unique_ptr<WalBacklog> Wal::take_backlog() {
  return std::move(state_->backlog);
}

const WalReplay& Wal::replay() const {
  return state_->replay;
}

SequenceNumber Wal::last_sequence() const {
  return state_->last;
}

Status Wal::append(const LogRecord& record) {
  SF_CHECK(state_->check_running());
  SF_CHECK(check_record(record));
  return append_encoded(record.sequence, encode_record(record));
}

Status Wal::append_encoded(SequenceNumber sequence, std::span<const std::byte> payload) {
  SF_CHECK(state_->check_running());
  if (sequence.value != state_->last.value + 1) {
    return Error{ErrorCode::kInvalidArgument, "appending to the log: got sequence " + std::to_string(sequence.value) +
                                                  ", wanted " + std::to_string(state_->last.value + 1)};
  }
  if (payload.size() > kRecordBytesMax) {
    return Error{ErrorCode::kTooLarge, "a log record of " + std::to_string(payload.size()) + " bytes, at most " +
                                           std::to_string(kRecordBytesMax) + " are allowed: send fewer rows at once"};
  }
  if (payload.size() < sizeof sequence.value ||
      std::memcmp(payload.data(), &sequence.value, sizeof sequence.value) != 0) {
    return Error{ErrorCode::kInvalidArgument, "appending to the log: the payload is not stamped with sequence " +
                                                  std::to_string(sequence.value) + " (stamp_record)"};
  }
  if (state_->entries.back().bytes >= state_->options.file_bytes_max) { SF_CHECK(roll()); }
  if (Status written = state_->write_frame(payload, WalFrameKind::kRecord, sequence); !written.has_value()) {
    Error error = std::move(written).error();
    return error.code == ErrorCode::kOverloaded ? state_->cut_back(std::move(error)) : state_->stop(std::move(error));
  }
  state_->last = sequence;
  return Ok{};
}

Status Wal::sync() {
  SF_CHECK(state_->check_running());
  if (state_->synced == state_->last) { return Ok{}; }
  if (Status synced = state_->sync_file(); !synced.has_value()) { return state_->stop(std::move(synced).error()); }
  // Says so in the file, for recovery to tell rot from a torn tail. The records are safe whether this is written or
  // not; when it cannot be, the next append could not either.
  if (Status marked = state_->write_frame({}, WalFrameKind::kSynced, state_->last); !marked.has_value()) {
    Error error = std::move(marked).error();
    (void)(error.code == ErrorCode::kOverloaded ? state_->cut_back(std::move(error)) : state_->stop(std::move(error)));
  }
  return Ok{};
}

Status Wal::roll() {
  SF_CHECK(state_->check_running());
  if (state_->entries.back().first_sequence > state_->last) { return Ok{}; }  // no record in it yet
  // All of it, the mark included: only the last file may have a torn tail.
  if (Status synced = state_->sync_file(); !synced.has_value()) { return state_->stop(std::move(synced).error()); }
  return state_->next_file();
}

Status Wal::remove_through(SequenceNumber sequence) {
  std::vector<WalFileEntry>& entries = state_->entries;
  bool removed = false;
  while (entries.size() > 1 && entries[1].first_sequence.value <= sequence.value + 1) {
    const Status gone = state_->files.remove(entries.front().path);
    if (!gone.has_value() && gone.error().code != ErrorCode::kNotFound) { return gone.error(); }
    entries.erase(entries.begin());
    removed = true;
  }
  return removed ? state_->files.sync_folder(state_->folder) : Status(Ok{});
}

std::uint64_t Wal::bytes() const {
  std::uint64_t total = 0;
  for (const WalFileEntry& entry : state_->entries) { total += entry.bytes; }
  return total;
}

}  // namespace streamflow::storage
