#include "app/sql/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

namespace streamflow::app {

namespace {

using nlohmann::json;
using Cell = std::optional<std::string>;

constexpr std::size_t kGap = 2;        // blanks between columns
constexpr std::size_t kNarrowest = 8;  // a column is cut to no less, if it was wider

// Reads the answer event by event, so that numbers keep the server's digits: a parsed double would not.
class ResultReader : public nlohmann::json_sax<json> {
 public:
  explicit ResultReader(ResultTable& table) : table_(table) {}

  bool null() override { return put(std::nullopt, "null"); }
  bool boolean(bool value) override { return put(value ? "true" : "false", value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t value, const string_t& text) override {
    if (key_ == "elapsed_ms" && depth_ == 1) table_.elapsed_ms = value;
    return number(text);
  }
  bool string(string_t& value) override {
    if (section_ == "error" && depth_ == 2) {
      if (key_ == "detail" || (key_ == "title" && !table_.error)) table_.error = value;
      return true;
    }
    if (in_columns()) {
      if (table_.columns.empty()) return false;
      if (key_ == "name") table_.columns.back().name = value;
      if (key_ == "type") table_.columns.back().type = value;
      return true;
    }
    return put(value, nested() ? json(value).dump(-1, ' ', false, json::error_handler_t::replace) : value);
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    if (in_columns() && depth_ == 2) table_.columns.emplace_back();
    return open('{');
  }
  bool end_object() override { return close('}'); }
  bool start_array(std::size_t) override {
    if (depth_ == 2 && in_rows()) table_.rows.emplace_back();
    return open('[');
  }
  bool end_array() override { return close(']'); }
  bool key(string_t& value) override {
    if (nested()) {
      separate();
      nested_ += json(value).dump(-1, ' ', false, json::error_handler_t::replace) + ": ";
      after_key_ = true;
      return true;
    }
    key_ = value;
    if (depth_ == 1) section_ = value;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  // Depths: 1 the answer, 2 the lists `columns` and `rows`, 3 one column or row, 4 and more a value that is itself a
  // list or a structure; such a value is kept as its JSON text.
  bool in_columns() const { return section_ == "columns" && depth_ >= 2; }
  bool in_rows() const { return section_ == "rows"; }
  bool nested() const { return in_rows() && depth_ > 3; }

  bool number(const std::string& text) { return put(text, text); }
  bool put(Cell cell, const std::string& nested_text) {
    if (nested()) {
      separate();
      nested_ += nested_text;
    } else if (in_rows() && depth_ == 3) {
      table_.rows.back().push_back(std::move(cell));
    }
    return true;
  }
  void separate() {
    if (!after_key_ && !nested_.empty() && nested_.back() != '[' && nested_.back() != '{') nested_ += ", ";
    after_key_ = false;
  }
  bool open(char bracket) {
    if (depth_ > 200) return false;
    if (in_rows() && depth_ >= 3) {
      if (depth_ > 3) separate();
      nested_ += bracket;
    }
    ++depth_;
    return true;
  }
  bool close(char bracket) {
    --depth_;
    if (!in_rows() || depth_ < 3) return true;
    nested_ += bracket;
    if (depth_ == 3) table_.rows.back().emplace_back(std::exchange(nested_, {}));
    return true;
  }

  ResultTable& table_;
  std::size_t depth_ = 0;
  std::string section_, key_, nested_;
  bool after_key_ = false;
};

bool is_numeric(std::string_view type) {
  constexpr std::array<std::string_view, 13> kNumeric{"TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT",  "HUGEINT",
                                                      "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
                                                      "FLOAT",    "DOUBLE",    "DECIMAL"};
  if (type.ends_with(']')) return false;
  return std::any_of(kNumeric.begin(), kNumeric.end(), [&](std::string_view name) { return type.starts_with(name); });
}

// Times come as RFC 3339 with nanoseconds; a whole second needs no ".000000000", and every time here is UTC.
std::string shown(const Cell& cell, const TableColumn& column) {
  if (!cell) return "NULL";
  std::string text = printable(*cell);
  if (!column.type.starts_with("TIMESTAMP")) return text;
  if (text.ends_with('Z')) text.pop_back();
  const std::size_t dot = text.find('.');
  if (dot != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  if (const std::size_t letter = text.find('T'); letter == 10) text[letter] = ' ';
  return text;
}

// Narrows the widest texts until the line fits, then drops columns from the right. Numbers and times are never cut: a
// part of one would pass for another.
std::size_t fit_columns(std::vector<std::size_t>& widths, const std::vector<TableColumn>& columns,
                        std::size_t available) {
  const auto total = [&] {
    const std::size_t gaps = kGap * (widths.empty() ? 0 : widths.size() - 1);
    return std::accumulate(widths.begin(), widths.end(), gaps);
  };
  while (total() > available) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      const bool text = !is_numeric(columns[c].type) && !columns[c].type.starts_with("TIMESTAMP");
      if (text && widths[c] > kNarrowest && (widest == widths.size() || widths[c] > widths[widest])) widest = c;
    }
    if (widest == widths.size()) break;
    const std::size_t spare = widths[widest] - kNarrowest;
    widths[widest] -= std::min({total() - available, spare, spare / 4 + 1});
  }
  const std::size_t before = widths.size();
  while (widths.size() > 1 && total() > available) widths.pop_back();
  return before - widths.size();
}

std::string aligned(std::string text, std::size_t width, bool right, bool last) {
  text = fit(text, width);
  const std::string blanks(width - display_width(text), ' ');
  return right ? blanks + text : last ? text : text + blanks;
}

class TableWriter {
 public:
  TableWriter(const ResultTable& table, const TableStyle& style) : table_(table), style_(style) {
    const std::size_t count = table.rows.size();
    head_ = count;
    if (style.rows_max > 0 && count > style.rows_max) {
      head_ = (style.rows_max + 1) / 2;
      tail_ = style.rows_max / 2;
    }
    for (const TableColumn& column : table.columns) {
      widths_.push_back(std::max(display_width(printable(column.name)), style.types ? display_width(column.type) : 0));
    }
    for_each_row([&](std::size_t row) {
      for (std::size_t c = 0; c < widths_.size() && c < table.rows[row].size(); ++c) {
        widths_[c] = std::max(widths_[c], display_width(shown(table.rows[row][c], table.columns[c])));
      }
    });
    if (style.terminal.columns > 0) dropped_ = fit_columns(widths_, table.columns, style.terminal.columns);
  }

  std::string write() {
    line([&](std::size_t c) { return std::pair{printable(table_.columns[c].name), 'b'}; });
    if (style_.types) line([&](std::size_t c) { return std::pair{table_.columns[c].type, 'd'}; });
    rule();
    for (std::size_t row = 0; row < head_; ++row) write_row(row);
    if (head_ + tail_ < table_.rows.size()) {
      out_ += style_.terminal.dim(
                  fmt::format("… {} rows not shown …", with_thousands(table_.rows.size() - head_ - tail_))) +
              "\n";
      for (std::size_t row = table_.rows.size() - tail_; row < table_.rows.size(); ++row) write_row(row);
    }
    if (dropped_ > 0) {
      out_ += style_.terminal.dim(fmt::format("… {} more column{}: widen the terminal, or \\x for one value a line …",
                                              dropped_, dropped_ == 1 ? "" : "s")) +
              "\n";
    }
    return std::move(out_);
  }

 private:
  template <class Visit>
  void for_each_row(const Visit& visit) const {
    for (std::size_t row = 0; row < head_; ++row) visit(row);
    for (std::size_t row = table_.rows.size() - tail_; tail_ > 0 && row < table_.rows.size(); ++row) visit(row);
  }
  void write_row(std::size_t row) {
    line([&](std::size_t c) {
      const auto& cells = table_.rows[row];
      const Cell cell = c < cells.size() ? cells[c] : std::nullopt;
      return std::pair{shown(cell, table_.columns[c]), cell ? 'p' : 'd'};
    });
  }
  // `cell(c)` gives the text and how to show it: b bold, d dim, p plain.
  template <class CellOf>
  void line(const CellOf& cell) {
    for (std::size_t c = 0; c < widths_.size(); ++c) {
      if (c > 0) out_.append(kGap, ' ');
      const auto [text, look] = cell(c);
      const std::string padded = aligned(text, widths_[c], is_numeric(table_.columns[c].type), c + 1 == widths_.size());
      out_ += look == 'b' ? style_.terminal.bold(padded) : look == 'd' ? style_.terminal.dim(padded) : padded;
    }
    out_ += '\n';
  }
  void rule() {
    std::string dashes;
    for (std::size_t c = 0; c < widths_.size(); ++c) {
      if (c > 0) dashes.append(kGap, ' ');
      for (std::size_t i = 0; i < widths_[c]; ++i) dashes += "─";
    }
    out_ += style_.terminal.dim(dashes) + "\n";
  }

  const ResultTable& table_;
  const TableStyle& style_;
  std::vector<std::size_t> widths_;
  std::size_t head_ = 0, tail_ = 0, dropped_ = 0;
  std::string out_;
};

}  // namespace

std::optional<std::size_t> ResultTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

Result<ResultTable> parse_result(std::string_view text) {
  ResultTable table;
  ResultReader reader(table);
  if (!json::sax_parse(text.begin(), text.end(), &reader)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the server's answer is not a complete result: the query was cut off, or this is not StreamFlow"};
  }
  for (const auto& row : table.rows) {
    if (row.size() == table.columns.size()) continue;
    return Error{ErrorCode::kInvalidArgument, fmt::format("the server's answer has a row of {} values for {} columns",
                                                          row.size(), table.columns.size())};
  }
  return table;
}

std::optional<std::string> error_in_tail(std::string_view tail) {
  const std::size_t begin = tail.rfind(",\"error\":{");
  if (begin == std::string_view::npos) return std::nullopt;
  const json body = json::parse("{" + std::string(tail.substr(begin + 1)), nullptr, false);
  if (!body.is_object() || body.size() != 1 || !body["error"].contains("status")) return std::nullopt;
  const json& error = body["error"];
  for (const char* key : {"detail", "title"}) {
    if (error.contains(key) && error[key].is_string()) return error[key].get<std::string>();
  }
  return "the query failed";
}

std::string format_table(const ResultTable& table, const TableStyle& style) {
  if (table.columns.empty()) return {};
  return TableWriter(table, style).write();
}

}  // namespace streamflow::app
