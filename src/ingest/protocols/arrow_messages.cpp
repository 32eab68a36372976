#include "ingest/protocols/arrow_messages.h"

#include <cstring>

namespace streamflow::ingest::arrow {
namespace {

// Ids and numbers of Message.fbs.
constexpr std::uint16_t kVersion = 0, kHeaderType = 1, kHeader = 2, kBodyBytes = 3;
constexpr std::int16_t kVersion4 = 3, kVersion5 = 4;
constexpr std::uint32_t kContinuation = 0xFFFFFFFFU;
constexpr std::size_t kPrefixBytes = 8;

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

}  // namespace

Error Messages::damaged(const std::string& what) const {
  return {ErrorCode::kInvalidArgument, "Arrow stream, message at byte " + std::to_string(message_at_) + ": " + what};
}

Result<bool> Messages::next(Message& message) {
  message_at_ = at_;
  const std::size_t left = stream_.size() - at_;
  if (left == 0) { return false; }
  if (stream_.starts_with("ARROW1")) { return damaged("this is an Arrow file (Feather); send the IPC stream format"); }
  if (left < kPrefixBytes) { return damaged("the stream is cut off"); }
  if (word_at(stream_, at_) != kContinuation) {
    return damaged("it does not start with 0xFFFFFFFF: not an Arrow IPC stream of version 0.15 or later");
  }
  const std::size_t metadata_bytes = word_at(stream_, at_ + 4);
  if (metadata_bytes == 0) {
    if (left > kPrefixBytes) { return damaged("bytes follow the end of the stream; send one stream a request"); }
    at_ = stream_.size();
    return false;
  }
  if (metadata_bytes > left - kPrefixBytes) { return damaged("its metadata is cut off"); }
  metadata_ = FlatBuffer(stream_.substr(at_ + kPrefixBytes, metadata_bytes));
  const FlatTable root = metadata_.root();
  const auto version = root.scalar<std::int16_t>(kVersion, 0);
  const auto kind = root.scalar<std::uint8_t>(kHeaderType, 0);
  const auto body_bytes = root.scalar<std::int64_t>(kBodyBytes, 0);
  message.header = root.table(kHeader);
  if (metadata_.failed() || !message.header.present()) { return damaged("its metadata is damaged"); }
  if (version != kVersion4 && version != kVersion5) {
    return damaged("metadata version " + std::to_string(version + 1) + "; 4 and 5 are taken");
  }
  if (kind < static_cast<std::uint8_t>(MessageKind::kSchema) || kind > static_cast<std::uint8_t>(MessageKind::kRows)) {
    return damaged("it is neither a schema nor a dictionary nor a record batch");
  }
  message.kind = static_cast<MessageKind>(kind);
  const std::size_t room = left - kPrefixBytes - metadata_bytes;
  if (body_bytes < 0 || static_cast<std::uint64_t>(body_bytes) > room) { return damaged("its body is cut off"); }
  message.body = stream_.substr(at_ + kPrefixBytes + metadata_bytes, static_cast<std::size_t>(body_bytes));
  at_ += kPrefixBytes + metadata_bytes + message.body.size();
  return true;
}

}  // namespace streamflow::ingest::arrow
