// Cuts an Arrow IPC stream into its messages.
// Source:     Arrow columnar format 1.x, "Encapsulated message format": 0xFFFFFFFF, metadata length, metadata (a
//             FlatBuffers Message), body. The stream ends with a length of 0, or where its bytes end.
// Invariants: bytes are looked at once, in place; no length is trusted.
// Threads:    an object belongs to one thread; the stream outlives it.
// Errors:     kInvalidArgument, with the byte at which the message starts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/protocols/arrow_flatbuffer_reader.h"
#include "model/result.h"

namespace streamflow::ingest::arrow {

enum class MessageKind : std::uint8_t { kSchema = 1, kDictionary = 2, kRows = 3 };

struct Message {
  MessageKind kind = MessageKind::kSchema;
  FlatTable header;  // Schema, DictionaryBatch or RecordBatch; valid until the next message
  std::string_view body;
};

class Messages {
 public:
  explicit Messages(std::string_view stream) : stream_(stream) {}
  // false: the stream has ended.
  Result<bool> next(Message& message);
  const FlatBuffer& metadata() const { return metadata_; }  // of the last message
  Error damaged(const std::string& what) const;             // in the last message

 private:
  std::string_view stream_;
  std::size_t at_ = 0, message_at_ = 0;
  FlatBuffer metadata_;
};

}  // namespace streamflow::ingest::arrow
