#include "app/import/line_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace streamflow::app {

std::size_t LineScanner::scan(std::string_view text) {
  std::size_t end = std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' && part_ != Part::kString) {
      if (started_ && !comment_) ++rows_;
      part_ = Part::kHead;
      escaped_ = comment_ = started_ = false;
      end = i + 1;
      continue;
    }
    if (!started_ && c != ' ' && c != '\t' && c != '\r') {
      started_ = true;
      comment_ = c == '#';
    }
    if (comment_ || !started_) continue;
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (part_ == Part::kHead && c == ' ') {
      part_ = Part::kFields;
    } else if (c == '"' && part_ != Part::kHead) {
      part_ = part_ == Part::kString ? Part::kFields : Part::kString;
    }
  }
  return end;
}

struct LineFile::State {
  std::string path;
  gzFile file = nullptr;
  std::uint64_t file_bytes = 0;
  std::string rest;  // the line begun, already seen by the scanner
  LineScanner scanner;
  std::uint64_t lines = 0;  // ends of lines in the pieces given out
  bool at_end = false;
  Piece piece(std::string text, std::uint64_t rows) {
    const std::uint64_t first = lines + 1;
    lines += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    return {std::move(text), rows, first};
  }
  ~State() {
    if (file != nullptr) gzclose(file);
  }
};

LineFile::LineFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineFile::~LineFile() = default;

Result<std::unique_ptr<LineFile>> LineFile::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path.string();
  errno = 0;
  state->file = gzopen(path.c_str(), "rb");  // reads plain files as they are
  if (state->file == nullptr) {
    const auto code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
    return Error{code, fmt::format("cannot read {}: {}", path.string(), std::strerror(errno))};
  }
  gzbuffer(state->file, 256U << 10U);
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(path, unknown);
  if (!unknown) state->file_bytes = bytes;
  return std::unique_ptr<LineFile>(new LineFile(std::move(state)));
}

double LineFile::progress() const {
  const z_off_t at = gzoffset(state_->file);
  if (at < 0 || state_->file_bytes == 0) return 0;
  return std::min(1.0, static_cast<double>(at) / static_cast<double>(state_->file_bytes));
}

Result<bool> LineFile::next(std::size_t bytes, Piece& piece) {
  State& state = *state_;
  const std::uint64_t rows_before = state.scanner.rows();
  std::string text = std::move(state.rest);
  state.rest.clear();
  while (!state.at_end) {
    const std::size_t begin = text.size();
    text.resize(begin + bytes);
    const int count = gzread(state.file, text.data() + begin, static_cast<unsigned>(bytes));
    int code = Z_OK;
    const char* message = gzerror(state.file, &code);
    if (count < 0 || (code != Z_OK && code != Z_STREAM_END)) {
      return Error{code == Z_ERRNO ? ErrorCode::kIo : ErrorCode::kCorrupt,
                   fmt::format("cannot read {}: {}", state.path, message)};
    }
    text.resize(begin + static_cast<std::size_t>(count));
    if (count == 0) state.at_end = true;
    const std::size_t end = state.scanner.scan(std::string_view(text).substr(begin));
    if (end != std::string::npos) {
      state.rest = text.substr(begin + end);
      text.resize(begin + end);
      piece = state.piece(std::move(text), state.scanner.rows() - rows_before);
      return true;
    }
    if (text.size() > kLineBytesMax) {
      return Error{ErrorCode::kTooLarge, fmt::format("{}: a line is longer than {} bytes; is this line protocol?",
                                                     state.path, kLineBytesMax)};
    }
  }
  const bool last_holds_row = !text.empty() && state.scanner.line_holds_row();
  if (text.empty()) return false;
  piece = state.piece(std::move(text), state.scanner.rows() - rows_before + (last_holds_row ? 1 : 0));
  return true;
}

}  // namespace streamflow::app
