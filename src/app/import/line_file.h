// Reads a line-protocol file, plain or gzip, in pieces that end where a line ends.
// Invariants: the pieces joined are the file's text. A line end inside a quoted string value ends no line.
// Threads:    one.
// Errors:     kNotFound, kIo, kCorrupt (gzip damaged or cut off), kTooLarge (one line over kLineBytesMax).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "model/result.h"

namespace streamflow::app {

// Follows a text line by line, across pieces of any size.
class LineScanner {
 public:
  // Bytes of `text`, given to it in order, up to and including the last line end; npos when there is none. State is
  // kept for what follows `text`.
  std::size_t scan(std::string_view text);
  std::uint64_t rows() const { return rows_; }  // lines so far that are neither empty nor comments; whole ones only
  bool line_holds_row() const { return started_ && !comment_; }  // the line begun and not yet ended

 private:
  enum class Part { kHead, kFields, kString };
  Part part_ = Part::kHead;
  bool escaped_ = false, comment_ = false, started_ = false;
  std::uint64_t rows_ = 0;
};

class LineFile {
 public:
  static constexpr std::size_t kLineBytesMax = 32U << 20U;

  static Result<std::unique_ptr<LineFile>> open(const std::filesystem::path& path);
  ~LineFile();

  struct Piece {
    std::string text;              // whole lines; the file's last line may lack its line end
    std::uint64_t rows = 0;        // lines of it that carry a row
    std::uint64_t first_line = 0;  // of the file, from 1
  };
  // At least one line and about `bytes`; false at the end of the file.
  Result<bool> next(std::size_t bytes, Piece& piece);
  double progress() const;  // 0..1, by compressed bytes

 private:
  struct State;
  explicit LineFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::app
