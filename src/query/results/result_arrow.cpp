#include "query/results/result_arrow.h"

#include <algorithm>
#include <optional>

#include "query/results/arrow_builder.h"
#include "query/results/arrow_message.h"
#include "query/results/result_column.h"

namespace streamflow::query {

namespace {

constexpr std::size_t kBatchRowsMax = 65'536;
constexpr std::size_t kBatchBytesMax = std::size_t{1} << 20U;
// Rows between two looks at the size: with values of a few MiB a batch stays far below 2 GiB.
constexpr std::size_t kStepRows = 256;

class ArrowEncoder final : public ResultEncoder {
 public:
  Status begin(duckdb::ClientContext&, const std::vector<std::string>& names, const LogicalTypes& types,
               std::string& out) override {
    return guarded("Arrow result", [&]() -> Status {
      SF_TRY(shapes, shapes_of(names, types));
      shapes_ = std::move(shapes);
      view_.emplace(shapes_);
      for (const ColumnShape& shape : shapes_) builders_.emplace_back(shape);
      append_arrow_schema(shapes_, out);
      return Ok{};
    });
  }

  Status chunk(duckdb::DataChunk& chunk, std::string& out) override {
    return guarded("Arrow result", [&]() -> Status {
      view_->bind(chunk);
      for (std::size_t row = 0; row < view_->row_count();) {
        const std::size_t count = std::min(kStepRows, view_->row_count() - row);
        for (std::size_t i = 0; i < builders_.size(); ++i) {
          SF_CHECK(builders_[i].append(view_->columns()[i], row, count));
        }
        row += count;
        row_count_ += count;
        if (row_count_ >= kBatchRowsMax || memory_bytes() >= kBatchBytesMax) flush(out);
      }
      return Ok{};
    });
  }

  Status end(std::uint64_t, double, std::string& out) override {
    return guarded("Arrow result", [&]() -> Status {
      flush(out);
      append_arrow_end(out);
      return Ok{};
    });
  }

 private:
  std::size_t memory_bytes() const {
    std::size_t bytes = 0;
    for (const ArrowBuilder& builder : builders_) bytes += builder.memory_bytes();
    return bytes;
  }

  void flush(std::string& out) {
    if (row_count_ == 0) return;
    ArrowBatch batch;
    batch.row_count = static_cast<std::int64_t>(row_count_);
    for (const ArrowBuilder& builder : builders_) builder.add_to(batch);
    append_arrow_batch(batch, out);
    for (ArrowBuilder& builder : builders_) builder.clear();
    row_count_ = 0;
  }

  std::vector<ColumnShape> shapes_;
  std::optional<ChunkView> view_;
  std::vector<ArrowBuilder> builders_;
  std::size_t row_count_ = 0;
};

}  // namespace

std::unique_ptr<ResultEncoder> make_arrow_encoder() {
  return std::make_unique<ArrowEncoder>();
}

}  // namespace streamflow::query
