#include "query/results/result_json.h"

#include <cmath>
#include <optional>

#include "query/results/result_column.h"
#include "query/results/result_json_value.h"
#include "query/results/result_string_text.h"

namespace streamflow::query {

namespace {

class JsonEncoder final : public ResultEncoder {
 public:
  Status begin(duckdb::ClientContext&, const std::vector<std::string>& names, const LogicalTypes& types,
               std::string& out) override {
    return guarded("JSON result", [&]() -> Status {
      SF_TRY(shapes, shapes_of(names, types));
      shapes_ = std::move(shapes);
      view_.emplace(shapes_);
      out += R"({"columns":[)";
      for (std::size_t i = 0; i < shapes_.size(); ++i) {
        out += i == 0 ? R"({"name":)" : R"(,{"name":)";
        append_json_string(shapes_[i].name, out);
        out += R"(,"type":)";
        append_json_string(shapes_[i].type.ToString(), out);
        out += '}';
      }
      out += R"(],"rows":[)";
      return Ok{};
    });
  }

  Status chunk(duckdb::DataChunk& chunk, std::string& out) override {
    return guarded("JSON result", [&]() -> Status {
      view_->bind(chunk);
      for (std::size_t row = 0; row < view_->row_count(); ++row) append_row(row, out);
      return Ok{};
    });
  }

  Status end(std::uint64_t row_count, double elapsed_ms, std::string& out) override {
    return guarded("JSON result", [&]() -> Status {
      out += R"(],"row_count":)";
      append_integer(row_count, out);
      out += R"(,"elapsed_ms":)";
      append_float64(std::isfinite(elapsed_ms) ? std::round(elapsed_ms * 1000) / 1000 : 0, out);
      out += "}\n";
      return Ok{};
    });
  }

 private:
  void append_row(std::size_t row, std::string& out) {
    out += first_row_ ? "[" : ",[";
    first_row_ = false;
    bool first = true;
    for (const ColumnView& column : view_->columns()) {
      if (!first) out += ',';
      first = false;
      append_json(column, row, out);
    }
    out += ']';
  }

  std::vector<ColumnShape> shapes_;
  std::optional<ChunkView> view_;
  bool first_row_ = true;
};

}  // namespace

std::unique_ptr<ResultEncoder> make_json_encoder() {
  return std::make_unique<JsonEncoder>();
}

}  // namespace streamflow::query
