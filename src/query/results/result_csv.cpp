#include "query/results/result_csv.h"

#include <optional>

#include "query/results/result_column.h"
#include "query/results/result_json_value.h"
#include "query/results/result_string_text.h"

namespace streamflow::query {

namespace {

class CsvEncoder final : public ResultEncoder {
 public:
  Status begin(duckdb::ClientContext&, const std::vector<std::string>& names, const LogicalTypes& types,
               std::string& out) override {
    return guarded("CSV result", [&]() -> Status {
      SF_TRY(shapes, shapes_of(names, types));
      shapes_ = std::move(shapes);
      view_.emplace(shapes_);
      for (std::size_t i = 0; i < shapes_.size(); ++i) {
        if (i > 0) out += ',';
        append_csv_field(shapes_[i].name, out);
      }
      out += "\r\n";
      return Ok{};
    });
  }

  Status chunk(duckdb::DataChunk& chunk, std::string& out) override {
    return guarded("CSV result", [&]() -> Status {
      view_->bind(chunk);
      for (std::size_t row = 0; row < view_->row_count(); ++row) append_row(row, out);
      return Ok{};
    });
  }

  Status end(std::uint64_t, double, std::string&) override { return Ok{}; }

 private:
  void append_row(std::size_t row, std::string& out) {
    bool first = true;
    for (const ColumnView& column : view_->columns()) {
      if (!first) out += ',';
      first = false;
      append_field(column, row, out);
    }
    out += "\r\n";
  }

  void append_field(const ColumnView& column, std::size_t row, std::string& out) {
    const std::size_t index = column.index(row);
    const ValueKind kind = column.shape().kind;
    if (!column.valid(index)) return;
    if (is_text(kind)) {
      append_csv_field(column.text(index), out);
    } else if (kind == ValueKind::kBytes && column.text(index).empty()) {
      out += "\"\"";
    } else if (is_nested(kind)) {
      nested_.clear();
      append_json(column, row, nested_);
      append_csv_field(nested_, out);
    } else {
      append_bare(column, index, Fraction::kNanoseconds, out);
    }
  }

  std::vector<ColumnShape> shapes_;
  std::optional<ChunkView> view_;
  std::string nested_;
};

}  // namespace

std::unique_ptr<ResultEncoder> make_csv_encoder() {
  return std::make_unique<CsvEncoder>();
}

}  // namespace streamflow::query
