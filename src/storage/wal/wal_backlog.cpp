#include "storage/wal/wal_backlog.h"

#include <utility>

namespace streamflow::storage {

WalBacklog::WalBacklog(FileSystem& files, std::deque<WalBacklogFile> pending, SequenceNumber after)
    : files_(files), pending_(std::move(pending)), last_(after) {
  for (const WalBacklogFile& file : pending_) { bytes_left_ += file.end; }
}

Status WalBacklog::open_next() {
  const WalBacklogFile& entry = pending_.front();
  SF_TRY(file, files_.open(entry.path));
  if (file->size() < entry.end) {
    return Error{ErrorCode::kCorrupt, entry.path.string() + " has become shorter since the log was opened"};
  }
  bytes_.resize(entry.end);
  SF_CHECK(file->read(0, bytes_));
  scan_ = scan_wal_file(bytes_, entry.seed);
  next_frame_ = 0;
  return Ok{};
}

// Nothing: the frame is not to be delivered.
Result<std::optional<LogRecord>> WalBacklog::decode(const WalFrame& frame) {
  const SequenceNumber sequence{frame.header.sequence};
  if (frame.header.kind != static_cast<std::uint8_t>(WalFrameKind::kRecord) || sequence <= last_) {
    return std::optional<LogRecord>{};
  }
  const Result<std::span<const std::byte>> payload = wal_frame_payload(frame, scratch_);
  if (!payload.has_value()) { return std::optional<LogRecord>{}; }
  Result<LogRecord> record = decode_record(*payload);
  if (record.has_value() && record->sequence == sequence) {
    last_ = sequence;
    return std::optional(std::move(*record));
  }
  const Result<LogRecord> outline = decode_record(*payload, RecordDetail::kOutline);
  if (outline.has_value() && outline->sequence == sequence) {  // else the opening has told of it
    losses_.push_back({pending_.front().path, frame.offset, frame.end, last_, {sequence.value + 1}});
    last_ = sequence;
  }
  return std::optional<LogRecord>{};
}

Result<std::optional<LogRecord>> WalBacklog::next() {
  while (!pending_.empty()) {
    if (!scan_) { SF_CHECK(open_next()); }
    while (next_frame_ < scan_->frames.size()) {
      const WalFrame& frame = scan_->frames[next_frame_++];
      SF_TRY(record, decode(frame));
      if (record) { return std::optional(std::move(*record)); }
    }
    scan_.reset();
    bytes_left_ -= pending_.front().end;
    pending_.pop_front();
  }
  bytes_ = {};
  scratch_ = {};
  return std::optional<LogRecord>{};
}

}  // namespace streamflow::storage
