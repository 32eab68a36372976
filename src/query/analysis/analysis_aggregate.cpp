#include "query/analysis/analysis_aggregate.h"

#include <cmath>
#include <utility>

#include "duckdb/common/exception.hpp"
#include "query/analysis/analysis_functions.h"
#include "query/functions/point_collector.h"

namespace streamflow::query {

namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;
using Points = SeriesPoints<double>;

constexpr const char* kErrors = "errors";
constexpr const char* kErrorColumn = "error";

struct Binding : public PointBinding {
  Binding(duckdb::ClientContext& client, const Analysis& which, BoundAnalysis how, bool reports)
      : PointBinding(client), analysis(which), bound(std::move(how)), reports_errors(reports) {}

  const Analysis& analysis;
  BoundAnalysis bound;
  bool reports_errors;

  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<Binding>(*this); }
  bool Equals(const FunctionData& other) const override {
    return &analysis == &other.Cast<Binding>().analysis && this == &other;
  }
};

LogicalType sql_type(AnalysisType type) {
  switch (type) {
    case AnalysisType::kTime: return LogicalType::TIMESTAMP_NS;
    case AnalysisType::kNumber: return LogicalType::DOUBLE;
    case AnalysisType::kInteger: return LogicalType::BIGINT;
    case AnalysisType::kText: return LogicalType::VARCHAR;
    case AnalysisType::kBoolean: return LogicalType::BOOLEAN;
  }
  return LogicalType::SQLNULL;
}

Result<AnalysisTable> analyse(Points& points, const Binding& binding) {
  const std::uint64_t rows = points.size();
  const auto ordered = points.ordered();
  if (ordered.size() != rows) {
    return Error{ErrorCode::kInvalidArgument,
                 std::to_string(rows - ordered.size()) +
                     " rows have the time of another one: select the columns that tell series apart as well, or "
                     "aggregate first, with SAMPLE BY or time_bucket"};
  }
  std::vector<Timestamp> times;
  analytics::Series values;
  times.reserve(ordered.size());
  values.reserve(ordered.size());
  for (const auto& point : ordered) {
    times.push_back(timestamp_from_ns(point.time));
    values.push_back(point.value);
  }
  AnalysisSeries series{times, values, [&binding] { return binding.context.interrupted.load(); }};
  return binding.bound.run(series);
}

void write_column(Vector& column, idx_t begin, const AnalysisValues& values) {
  if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&values)) {
    std::copy(whole->begin(), whole->end(), duckdb::FlatVector::GetData<std::int64_t>(column) + begin);
  } else if (const auto* numbers = std::get_if<std::vector<double>>(&values)) {
    auto* to = duckdb::FlatVector::GetData<double>(column) + begin;
    for (std::size_t i = 0; i < numbers->size(); ++i) {
      to[i] = (*numbers)[i];
      if (std::isnan(to[i])) duckdb::FlatVector::SetNull(column, begin + i, true);
    }
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&values)) {
    auto* to = duckdb::FlatVector::GetData<duckdb::string_t>(column) + begin;
    for (std::size_t i = 0; i < texts->size(); ++i) {
      to[i] = duckdb::StringVector::AddString(column, (*texts)[i]);
      if ((*texts)[i].empty()) duckdb::FlatVector::SetNull(column, begin + i, true);
    }
  } else {
    const auto& flags = std::get<std::vector<std::uint8_t>>(values);
    std::copy(flags.begin(), flags.end(), duckdb::FlatVector::GetData<std::uint8_t>(column) + begin);
  }
}

void set_list(Vector& result, idx_t row, idx_t begin, idx_t length) {
  duckdb::ListVector::SetListSize(result, begin + length);
  duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {begin, length};
}

// One row that says why there are no others.
void write_error(Vector& result, idx_t row, const std::string& message) {
  const idx_t begin = duckdb::ListVector::GetListSize(result);
  duckdb::ListVector::Reserve(result, begin + 1);
  auto& columns = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
  for (std::size_t c = 0; c + 1 < columns.size(); ++c) duckdb::FlatVector::SetNull(*columns[c], begin, true);
  duckdb::FlatVector::GetData<duckdb::string_t>(*columns.back())[begin] =
      duckdb::StringVector::AddString(*columns.back(), message);
  set_list(result, row, begin, 1);
}

void write_table(Vector& result, idx_t row, const AnalysisTable& table, bool reports_errors) {
  const idx_t begin = duckdb::ListVector::GetListSize(result);
  const idx_t length = std::visit([](const auto& values) { return values.size(); }, table.front());
  duckdb::ListVector::Reserve(result, begin + length);
  auto& columns = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
  for (std::size_t c = 0; c < table.size(); ++c) write_column(*columns[c], begin, table[c]);
  for (idx_t i = 0; reports_errors && i < length; ++i) duckdb::FlatVector::SetNull(*columns.back(), begin + i, true);
  set_list(result, row, begin, length);
}

void finalize(Vector& states, AggregateInputData& input, Vector& result, idx_t count, idx_t offset) {
  const StateColumn<Points> points(states, count);
  const auto& binding = input.bind_data->Cast<Binding>();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t i = 0; i < count; ++i) {
    const Result<AnalysisTable> table = analyse(points[i], binding);
    binding.stop_if_interrupted();
    if (table.has_value()) {
      write_table(result, offset + i, *table, binding.reports_errors);
    } else if (binding.reports_errors) {
      write_error(result, offset + i, table.error().message);
    } else {
      throw duckdb::InvalidInputException("%s(): %s (errors => 'report' makes this a row beside the other series')",
                                          binding.analysis.name, table.error().message);
    }
  }
}

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext& context, AggregateFunction& function,
                                              duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const Analysis* analysis = find_analysis(function.name.substr(2));
  AnalysisParameters parameters =
      decode_parameters(take_constant(context, function, arguments, 2, "the parameters").ToString());
  const auto errors = parameters.find(kErrors);
  const bool reports_errors = errors != parameters.end() && errors->second == "report";
  parameters.erase(kErrors);
  Result<BoundAnalysis> bound = analysis->bind(parameters);
  if (!bound.has_value()) throw duckdb::BinderException("%s(): %s", analysis->name, bound.error().message);
  duckdb::child_list_t<LogicalType> columns;
  for (const AnalysisColumn& column : bound->columns) columns.emplace_back(column.name, sql_type(column.type));
  if (reports_errors) columns.emplace_back(kErrorColumn, LogicalType::VARCHAR);
  function.SetReturnType(LogicalType::LIST(LogicalType::STRUCT(std::move(columns))));
  return duckdb::make_uniq<Binding>(context, *analysis, std::move(*bound), reports_errors);
}

}  // namespace

std::string aggregate_name(const Analysis& analysis) {
  return std::string("__") + analysis.name;
}

std::string encode_parameter(const std::string& name, const std::string& value) {
  std::string encoded = name + "=";
  for (const char c : value) {
    if (c == '\n' || c == '\\') encoded += '\\';
    encoded += c == '\n' ? 'n' : c;
  }
  return encoded + "\n";
}

AnalysisParameters decode_parameters(const std::string& encoded) {
  AnalysisParameters parameters;
  std::string name, value;
  bool in_value = false;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    const char c = encoded[i];
    if (c == '\n') {
      parameters[name] = value;
      name.clear();
      value.clear();
      in_value = false;
    } else if (!in_value && c == '=') {
      in_value = true;
    } else if (c == '\\' && i + 1 < encoded.size()) {
      const char escaped = encoded[++i];
      value += escaped == 'n' ? '\n' : escaped;
    } else {
      (in_value ? value : name) += c;
    }
  }
  return parameters;
}

void register_analyses(duckdb::ClientContext& context) {
  for (const Analysis& analysis : analyses()) {
    // What it answers is known when it is bound.
    const LogicalType unbound = LogicalType::LIST(LogicalType::STRUCT({{"value", LogicalType::DOUBLE}}));
    add_aggregate(context,
                  PointCollector<double>::make(aggregate_name(analysis),
                                               {LogicalType::DOUBLE, LogicalType::TIMESTAMP_NS, LogicalType::VARCHAR},
                                               unbound, finalize, bind));
  }
}

}  // namespace streamflow::query
