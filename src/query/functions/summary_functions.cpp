#include "query/functions/summary_functions.h"

#include <string>
#include <vector>

#include "query/admission/memory_ledger.h"
#include "query/functions/aggregate_arguments.h"
#include "query/functions/summary_states.h"
#include "query/functions/time_arithmetic.h"

namespace streamflow::query {

namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::timestamp_ns_t;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

constexpr std::int64_t kBarsMax = 10'000;  // of a histogram

struct Settings : public duckdb::FunctionData {
  double alpha = 1;
  double low = 0, high = 1;
  std::size_t bars = 0;

  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<Settings>(*this); }
  bool Equals(const FunctionData& other) const override {
    const auto& settings = other.Cast<Settings>();
    return alpha == settings.alpha && low == settings.low && high == settings.high && bars == settings.bars;
  }
};

const Settings& settings_of(const AggregateInputData& input) {
  static const Settings none;
  return input.bind_data ? input.bind_data->Cast<Settings>() : none;
}

// Aggregate: State, add(state, inputs' rows), join, write.
template <class Aggregate>
struct Summary {
  using State = typename Aggregate::State;

  static idx_t size(const AggregateFunction&) { return sizeof(State); }
  static void initialize(const AggregateFunction&, data_ptr_t state) { *reinterpret_cast<State*>(state) = State{}; }
  static void update(Vector inputs[], AggregateInputData& input, idx_t, Vector& states, idx_t count) {
    const StateColumn<State> column(states, count);
    Aggregate::add(inputs, settings_of(input), count, [&](idx_t row) -> State& { return column[row]; });
  }
  static void simple_update(Vector inputs[], AggregateInputData& input, idx_t, data_ptr_t state, idx_t count) {
    Aggregate::add(inputs, settings_of(input), count,
                   [&](idx_t) -> State& { return *reinterpret_cast<State*>(state); });
  }
  static void combine(Vector& source, Vector& target, AggregateInputData& input, idx_t count) {
    const StateColumn<State> from(source, count);
    const StateColumn<State> to(target, count);
    for (idx_t i = 0; i < count; ++i) Aggregate::join(to[i], from[i], settings_of(input));
  }
  static void finalize(Vector& states, AggregateInputData& input, Vector& result, idx_t count, idx_t offset) {
    const StateColumn<State> column(states, count);
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t i = 0; i < count; ++i) Aggregate::write(column[i], settings_of(input), result, offset + i);
  }

  static AggregateFunction make(const char* name, const duckdb::vector<LogicalType>& arguments,
                                const LogicalType& result) {
    AggregateFunction function(name, arguments, result, size, initialize, update, combine, finalize,
                               duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING, simple_update);
    function.SetOrderDependent(duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT);
    return function;
  }
};

// Calls `take(row, time, value)` for each row that counts.
template <class Take>
void for_each_point(Vector inputs[], idx_t count, const Take& take) {
  const ArgumentColumn<double> values(inputs[0], count);
  const ArgumentColumn<timestamp_ns_t> times(inputs[1], count);
  for (idx_t row = 0; row < count; ++row) {
    if (values.is_null(row) || times.is_null(row)) continue;
    if (std::isnan(values[row]) || is_infinite_time(times[row].value)) continue;
    take(row, times[row].value, values[row]);
  }
}

template <bool kWithTimes>
struct Candles {
  using State = CandleState;
  template <class StateOf>
  static void add(Vector inputs[], const Settings&, idx_t count, const StateOf& state_of) {
    for_each_point(inputs, count, [&](idx_t row, std::int64_t time, double value) { state_of(row).add(time, value); });
  }
  static void join(State& to, const State& from, const Settings&) { to.join(from); }
  static void write(const State& state, const Settings&, Vector& result, idx_t row) {
    if (!state.any) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    auto& entries = duckdb::StructVector::GetEntries(result);
    const double values[] = {state.open, state.high, state.low, state.close};
    for (std::size_t i = 0; i < 4; ++i) duckdb::FlatVector::GetData<double>(*entries[i])[row] = values[i];
    if constexpr (kWithTimes) {
      duckdb::FlatVector::GetData<std::int64_t>(*entries[4])[row] = state.open_time;
      duckdb::FlatVector::GetData<std::int64_t>(*entries[5])[row] = state.close_time;
    }
  }
};

struct Derivative {
  using State = SlopeState;
  template <class StateOf>
  static void add(Vector inputs[], const Settings&, idx_t count, const StateOf& state_of) {
    for_each_point(inputs, count, [&](idx_t row, std::int64_t time, double value) { state_of(row).add(time, value); });
  }
  static void join(State& to, const State& from, const Settings&) { to.join(from); }
  static void write(const State& state, const Settings&, Vector& result, idx_t row) {
    query::write(result, row, state.slope());
  }
};

struct Ewma {
  using State = MovingWeight;
  template <class StateOf>
  static void add(Vector inputs[], const Settings& settings, idx_t count, const StateOf& state_of) {
    const ArgumentColumn<double> values(inputs[0], count);
    for (idx_t row = 0; row < count; ++row) {
      if (!values.is_null(row) && !std::isnan(values[row])) state_of(row).add(values[row], settings.alpha);
    }
  }
  static void join(State& to, const State& from, const Settings&) { to.join(from); }
  static void write(const State& state, const Settings&, Vector& result, idx_t row) {
    query::write(result, row, state.average());
  }
};

// Counts below `low`, in each of `bars` equal parts, and from `high` on.
struct Histogram {
  struct State {
    std::uint64_t* counts;
  };
  static std::size_t bytes(const Settings& settings) { return (settings.bars + 2) * sizeof(std::uint64_t); }
  static std::uint64_t* counts_of(State& state, const Settings& settings) {
    if (state.counts == nullptr) {
      state.counts =
          reinterpret_cast<std::uint64_t*>(MemoryLedger::process().reallocate_state(nullptr, 0, bytes(settings)));
      std::fill(state.counts, state.counts + settings.bars + 2, 0);
    }
    return state.counts;
  }
  static std::size_t bar_of(double value, const Settings& settings) {
    if (value < settings.low) return 0;
    if (value >= settings.high) return settings.bars + 1;
    const double part = (value - settings.low) / (settings.high - settings.low) * static_cast<double>(settings.bars);
    return 1 + std::min(static_cast<std::size_t>(part), settings.bars - 1);
  }
  template <class StateOf>
  static void add(Vector inputs[], const Settings& settings, idx_t count, const StateOf& state_of) {
    const ArgumentColumn<double> values(inputs[0], count);
    for (idx_t row = 0; row < count; ++row) {
      if (values.is_null(row) || std::isnan(values[row])) continue;
      ++counts_of(state_of(row), settings)[bar_of(values[row], settings)];
    }
  }
  static void join(State& to, const State& from, const Settings& settings) {
    if (from.counts == nullptr) return;
    std::uint64_t* counts = counts_of(to, settings);
    for (std::size_t i = 0; i < settings.bars + 2; ++i) counts[i] += from.counts[i];
  }
  static void write(const State& state, const Settings& settings, Vector& result, idx_t row) {
    if (state.counts == nullptr) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const idx_t begin = duckdb::ListVector::GetListSize(result);
    const std::size_t count = settings.bars + 2;
    duckdb::ListVector::Reserve(result, begin + count);
    auto* bars = duckdb::FlatVector::GetData<std::uint64_t>(duckdb::ListVector::GetEntry(result));
    std::copy(state.counts, state.counts + count, bars + begin);
    duckdb::ListVector::SetListSize(result, begin + count);
    duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {begin, count};
  }
  static void destroy(Vector& states, AggregateInputData& input, idx_t count) {
    const StateColumn<State> column(states, count);
    for (idx_t i = 0; i < count; ++i) {
      std::uint64_t* counts = std::exchange(column[i].counts, nullptr);
      MemoryLedger::free_state(duckdb::data_ptr_cast(counts), bytes(settings_of(input)));
    }
  }
};

double take_double(duckdb::ClientContext& context, AggregateFunction& function, Arguments& arguments, std::size_t index,
                   const char* what) {
  return take_constant(context, function, arguments, index, what).DefaultCastAs(LogicalType::DOUBLE).GetValue<double>();
}

duckdb::unique_ptr<duckdb::FunctionData> bind_ewma(duckdb::ClientContext& context, AggregateFunction& function,
                                                   Arguments& arguments) {
  auto settings = duckdb::make_uniq<Settings>();
  settings->alpha = take_double(context, function, arguments, 1, "the weight of a new value");
  if (settings->alpha > 0 && settings->alpha <= 1) return settings;
  throw duckdb::BinderException("ewma(): wanted a weight above 0 and up to 1, got %s", std::to_string(settings->alpha));
}

duckdb::unique_ptr<duckdb::FunctionData> bind_histogram(duckdb::ClientContext& context, AggregateFunction& function,
                                                        Arguments& arguments) {
  auto settings = duckdb::make_uniq<Settings>();
  settings->bars = static_cast<std::size_t>(take_count(context, function, arguments, 3, 1, kBarsMax));
  settings->high = take_double(context, function, arguments, 2, "the upper end");
  settings->low = take_double(context, function, arguments, 1, "the lower end");
  if (std::isfinite(settings->high - settings->low) && settings->low < settings->high) return settings;
  throw duckdb::BinderException("histogram(): wanted a lower end below the upper end, got %s and %s",
                                std::to_string(settings->low), std::to_string(settings->high));
}

void add_candles(duckdb::ClientContext& context) {
  duckdb::child_list_t<LogicalType> columns;
  for (const char* name : {"open", "high", "low", "close"}) columns.emplace_back(name, LogicalType::DOUBLE);
  const duckdb::vector<LogicalType> arguments{LogicalType::DOUBLE, LogicalType::TIMESTAMP_NS};
  add_aggregate(context, Summary<Candles<false>>::make("ohlc", arguments, LogicalType::STRUCT(columns)));
  for (const char* name : {"open_time", "close_time"}) columns.emplace_back(name, LogicalType::TIMESTAMP_NS);
  add_aggregate(context, Summary<Candles<true>>::make("candlestick", arguments, LogicalType::STRUCT(columns)));
}

}  // namespace

void register_summary_functions(duckdb::ClientContext& context) {
  const LogicalType number = LogicalType::DOUBLE;
  add_candles(context);
  add_aggregate(context, Summary<Derivative>::make("derivative", {number, LogicalType::TIMESTAMP_NS}, number));
  auto ewma = Summary<Ewma>::make("ewma", {number, number}, number);
  ewma.SetOrderDependent(duckdb::AggregateOrderDependent::ORDER_DEPENDENT);
  ewma.SetBindCallback(bind_ewma);
  forbid_copies(ewma);
  add_aggregate(context, std::move(ewma));
  auto histogram = Summary<Histogram>::make("histogram", {number, number, number, LogicalType::BIGINT},
                                            LogicalType::LIST(LogicalType::UBIGINT));
  histogram.SetBindCallback(bind_histogram);
  histogram.destructor = Histogram::destroy;
  forbid_copies(histogram);
  add_aggregate(context, std::move(histogram));
}

}  // namespace streamflow::query
