#include "query/chart/chart_function.h"

#include <array>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/common/types/vector.hpp"
#include "duckdb/function/aggregate_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/parsed_data/create_aggregate_function_info.hpp"
#include "duckdb/planner/expression.hpp"

namespace streamflow::query {

namespace {

using analytics::XKey;
using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

constexpr const char* kSinkKey = "streamflow_chart_sink";
constexpr std::size_t kFixedArguments = 2;  // x, split

struct BindData : public duckdb::FunctionData {
  explicit BindData(duckdb::shared_ptr<ChartSink> to) : sink(std::move(to)) {}
  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<BindData>(sink); }
  bool Equals(const FunctionData& other) const override { return sink == other.Cast<BindData>().sink; }
  duckdb::shared_ptr<ChartSink> sink;
};

struct State {
  ChartPart* part;  // owned; null until the first row
};

ChartSink& sink_of(const AggregateInputData& input) {
  return *input.bind_data->Cast<BindData>().sink;
}

// Times that stand for "infinity" in DuckDB.
bool is_finite(XKey key) {
  return key != std::numeric_limits<XKey>::max() && key != -std::numeric_limits<XKey>::max();
}

// One chunk's arguments as ChartRows; keeps the buffers that the rows point into.
class ChunkReader {
 public:
  ChunkReader(const ChartPlan& plan, Vector inputs[], std::size_t row_count) : row_count_(row_count) {
    read_keys(plan, inputs[0]);
    if (plan.split) read_series(inputs[1]);
    if (!plan.split) rows_.names.emplace_back();
    for (std::size_t i = 0; i < plan.column_count; ++i) read_values(inputs[kFixedArguments + i]);
  }

  const ChartRows& rows() const { return rows_; }

 private:
  std::size_t kept_count() const { return all_kept_ ? row_count_ : kept_.size(); }
  std::size_t kept(std::size_t i) const { return all_kept_ ? i : kept_[i]; }

  void read_keys(const ChartPlan& plan, Vector& vector) {
    UnifiedVectorFormat format;
    vector.ToUnifiedFormat(row_count_, format);
    const bool numbers = plan.kind == analytics::XKind::kNumber;
    const auto* times = numbers ? nullptr : UnifiedVectorFormat::GetData<XKey>(format);
    const auto* doubles = numbers ? UnifiedVectorFormat::GetData<double>(format) : nullptr;
    const auto usable = [&](idx_t index) {
      if (!format.validity.RowIsValid(index)) return false;
      return numbers ? std::isfinite(doubles[index]) : is_finite(times[index]);
    };
    const bool as_stored = !numbers && !format.sel->IsSet() && format.validity.AllValid();
    if (as_stored) {
      std::size_t infinite = 0;  // counted without branches, which vectorizes
      for (std::size_t i = 0; i < row_count_; ++i) infinite += is_finite(times[i]) ? 0 : 1;
      all_kept_ = infinite == 0;
    } else {
      for (std::size_t i = 0; i < row_count_ && all_kept_; ++i) all_kept_ = usable(format.sel->get_index(i));
    }
    if (!all_kept_) {
      for (std::size_t i = 0; i < row_count_; ++i) {
        if (usable(format.sel->get_index(i))) kept_.push_back(static_cast<std::uint32_t>(i));
      }
    }
    if (all_kept_ && as_stored) {
      rows_.keys = {times, row_count_};
      return;
    }
    keys_.resize(kept_count());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const idx_t index = format.sel->get_index(kept(i));
      keys_[i] = numbers ? analytics::number_key(doubles[index]) : times[index];
    }
    rows_.keys = keys_;
  }

  void read_values(Vector& vector) {
    UnifiedVectorFormat format;
    vector.ToUnifiedFormat(row_count_, format);
    const auto* data = UnifiedVectorFormat::GetData<double>(format);
    if (all_kept_ && format.validity.AllValid() && !format.sel->IsSet()) {
      // A flat vector's data outlives this chunk's update.
      rows_.columns.emplace_back(data, row_count_);
      return;
    }
    auto& values = values_.emplace_back(kept_count());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const idx_t index = format.sel->get_index(kept(i));
      values[i] = format.validity.RowIsValid(index) ? data[index] : std::numeric_limits<double>::quiet_NaN();
    }
    rows_.columns.emplace_back(values);
  }

  // Rows of one place in a dictionary have one name; equal names at several places are found by their text.
  void read_series(Vector& vector) {
    UnifiedVectorFormat format;
    vector.ToUnifiedFormat(row_count_, format);
    const auto* texts = UnifiedVectorFormat::GetData<duckdb::string_t>(format);
    std::unordered_map<std::string_view, std::uint32_t> ids;
    std::optional<std::uint32_t> id_of_null;
    const auto id_of = [&](idx_t index) {
      const auto next = static_cast<std::uint32_t>(rows_.names.size());
      if (!format.validity.RowIsValid(index)) {
        if (!id_of_null.has_value()) rows_.names.emplace_back();
        return id_of_null.has_value() ? *id_of_null : *(id_of_null = next);
      }
      const std::string_view text(texts[index].GetData(), texts[index].GetSize());
      const auto [entry, added] = ids.try_emplace(text, next);
      if (added) rows_.names.emplace_back(text);
      return entry->second;
    };
    series_.resize(kept_count());
    std::optional<idx_t> last;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      const idx_t index = format.sel->get_index(kept(i));
      series_[i] = last == index ? series_[i - 1] : id_of(index);
      last = index;
    }
    if (rows_.names.size() > 1) rows_.series = series_;
  }

  const std::size_t row_count_;
  bool all_kept_ = true;
  std::vector<std::uint32_t> kept_;  // rows, when not all
  std::vector<XKey> keys_;
  std::vector<std::uint32_t> series_;
  std::vector<std::vector<double>> values_;
  ChartRows rows_;
};

idx_t state_size(const AggregateFunction&) {
  return sizeof(State);
}

void initialize(const AggregateFunction&, duckdb::data_ptr_t state) {
  reinterpret_cast<State*>(state)->part = nullptr;
}

ChartPart& part_of(State& state, ChartSink& sink) {
  if (state.part == nullptr) state.part = std::make_unique<ChartPart>(sink.plan()).release();
  return *state.part;
}

void simple_update(Vector inputs[], AggregateInputData& input, idx_t, duckdb::data_ptr_t state, idx_t count) {
  ChartSink& sink = sink_of(input);
  const ChunkReader reader(sink.plan(), inputs, count);
  part_of(*reinterpret_cast<State*>(state), sink).add(reader.rows());
}

// The function is never grouped: chart_statement.cpp writes the only statement that may use it.
void update(Vector*, AggregateInputData&, idx_t, Vector&, idx_t) {
  throw duckdb::InternalException("the chart function takes no GROUP BY");
}

State* const* states_of(Vector& vector, idx_t count, UnifiedVectorFormat& format) {
  vector.ToUnifiedFormat(count, format);
  return UnifiedVectorFormat::GetData<State*>(format);
}

void combine(Vector& source, Vector& target, AggregateInputData& input, idx_t count) {
  UnifiedVectorFormat sources_format;
  UnifiedVectorFormat targets_format;
  const auto* sources = states_of(source, count, sources_format);
  const auto* targets = states_of(target, count, targets_format);
  for (idx_t i = 0; i < count; ++i) {
    const State& from = *sources[sources_format.sel->get_index(i)];
    State& to = *targets[targets_format.sel->get_index(i)];
    if (from.part != nullptr) part_of(to, sink_of(input)).merge(*from.part);
  }
}

void finalize(Vector& state, AggregateInputData& input, Vector& result, idx_t count, idx_t offset) {
  UnifiedVectorFormat format;
  const auto* states = states_of(state, count, format);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t i = 0; i < count; ++i) {
    const State& finished = *states[format.sel->get_index(i)];
    if (finished.part != nullptr) sink_of(input).take(*finished.part);
    duckdb::FlatVector::GetData<bool>(result)[offset + i] = true;
  }
}

void destroy(Vector& state, AggregateInputData&, idx_t count) {
  UnifiedVectorFormat format;
  const auto* states = states_of(state, count, format);
  for (idx_t i = 0; i < count; ++i) {
    const std::unique_ptr<ChartPart> part(std::exchange(states[format.sel->get_index(i)]->part, nullptr));
  }
}

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext& context, AggregateFunction& function,
                                              duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  auto sink = context.registered_state->Get<ChartSink>(kSinkKey);
  if (!sink) throw duckdb::BinderException("%s is not for statements: POST /api/v1/chart uses it", kChartFunction);
  const bool numbers = sink->plan().kind == analytics::XKind::kNumber;
  const auto x = numbers ? duckdb::LogicalTypeId::DOUBLE : duckdb::LogicalTypeId::TIMESTAMP_NS;
  if (arguments.size() != kFixedArguments + sink->plan().column_count || arguments[0]->return_type.id() != x) {
    throw duckdb::BinderException("%s is used by POST /api/v1/chart alone", kChartFunction);
  }
  // DuckDB drops what a bound function does not name among its arguments.
  function.arguments[0] = arguments[0]->return_type;
  function.arguments.resize(arguments.size(), LogicalType::DOUBLE);
  return duckdb::make_uniq<BindData>(std::move(sink));
}

}  // namespace

void ChartSink::take(const ChartPart& part) {
  const std::lock_guard lock(mutex_);
  whole_.merge(part);
}

void register_chart_function(duckdb::ClientContext& context) {
  AggregateFunction function(kChartFunction, {LogicalType::ANY, LogicalType::VARCHAR}, LogicalType::BOOLEAN, state_size,
                             initialize, update, combine, finalize, duckdb::FunctionNullHandling::SPECIAL_HANDLING,
                             simple_update, bind, destroy);
  function.varargs = LogicalType::DOUBLE;
  function.order_dependent = duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT;
  duckdb::CreateAggregateFunctionInfo info(std::move(function));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(context).CreateFunction(context, info);
}

void attach(duckdb::ClientContext& context, duckdb::shared_ptr<ChartSink> sink) {
  context.registered_state->Insert(kSinkKey, std::move(sink));
}

}  // namespace streamflow::query
