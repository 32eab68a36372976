#include "query/chart/chart_frame.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <span>

#include "query/results/result_number_text.h"
#include "query/results/result_string_text.h"
#include "query/results/result_time_text.h"

namespace streamflow::query {

namespace {

static_assert(std::endian::native == std::endian::little, "frames hold the machine's own little-endian values");

constexpr std::size_t kAlignment = 8;
constexpr std::size_t kLeftOutListedMax = 20;
constexpr const char* kCandleColumns[] = {"open", "high", "low", "close"};

// Writes what a column holds, after its name: an offset and a count, or the values.
struct ColumnWriter {
  std::function<void(std::span<const std::int64_t>, std::string&)> times;
  std::function<void(std::span<const double>, std::string&)> numbers;
  bool text_times = false;
};

std::string series_name(const ChartResult& chart, const ChartSeries& series) {
  if (!chart.split_by.has_value()) return series.column;
  std::string part = series.part.value_or("NULL");
  for (const ChartSeries& other : chart.series) {
    if (other.column != series.column) return part + " " + series.column;
  }
  return part;
}

void append_text(std::string_view key, std::string_view value, std::string& out) {
  append_json_string(key, out);
  out += ':';
  append_json_string(value, out);
}

void append_bound(const ChartBound& bound, bool is_time, bool text_times, std::string& out) {
  if (!is_time) {
    const auto* integer = std::get_if<std::int64_t>(&bound);
    append_float64(integer == nullptr ? std::get<double>(bound) : static_cast<double>(*integer), out);
    return;
  }
  out += '"';
  const std::int64_t ns = std::get<std::int64_t>(bound);
  if (text_times) {
    append_timestamp(ns, TimeUnit::kNano, Fraction::kNanoseconds, out);
  } else {
    append_integer(ns, out);  // as text: most readers of JSON would round it
  }
  out += '"';
}

void append_column(std::string_view name, std::string_view type, std::string& out) {
  out += '{';
  append_text("name", name, out);
  out += ',';
  append_text("type", type, out);
  out += ',';
}

void append_series(const ChartResult& chart, const ChartSeries& series, const ColumnWriter& writer, std::string& out) {
  out += '{';
  append_text("name", series_name(chart, series), out);
  out += ',';
  append_text("column", series.column, out);
  out += ",\"tags\":{";
  if (chart.split_by.has_value()) {
    append_json_string(*chart.split_by, out);
    out += ':';
    if (series.part.has_value()) {
      append_json_string(*series.part, out);
    } else {
      out += "null";
    }
  }
  out += "},\"columns\":[";
  append_column(chart.x, chart.x_is_time ? "time_ns" : "float64", out);
  if (chart.x_is_time) {
    writer.times(series.times, out);
  } else {
    writer.numbers(series.numbers, out);
  }
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    out += "},";
    append_column(series.values.size() == 1 ? std::string_view(series.column) : kCandleColumns[i], "float64", out);
    writer.numbers(series.values[i], out);
  }
  out += "}]}";
}

void append_left_out(const ChartResult& chart, std::string& out) {
  if (chart.left_out_count == 0) return;
  out += ",\"left_out\":{\"count\":";
  append_integer(chart.left_out_count, out);
  out += ",\"names\":[";
  for (std::size_t i = 0; i < chart.left_out.size() && i < kLeftOutListedMax; ++i) {
    if (i > 0) out += ',';
    append_json_string(chart.left_out[i], out);
  }
  out += "],";
  append_text(
      "advice",
      "a chart holds at most 200 series, fewer when it is wide: filter with WHERE, or GROUP BY something coarser", out);
  out += '}';
}

std::string document(const ChartResult& chart, const ColumnWriter& writer) {
  std::string out = "{\"version\":1,";
  append_text("method", name_of(chart.method), out);
  out += ",\"x\":{";
  append_text("name", chart.x, out);
  out += ',';
  append_text("type", chart.x_is_time ? "time" : "number", out);
  out += "},\"range\":";
  if (chart.range.has_value()) {
    out += "{\"from\":";
    append_bound(chart.range->first, chart.x_is_time, writer.text_times, out);
    out += ",\"to\":";
    append_bound(chart.range->second, chart.x_is_time, writer.text_times, out);
    out += '}';
  } else {
    out += "null";
  }
  out += ",\"series\":[";
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    if (i > 0) out += ',';
    append_series(chart, chart.series[i], writer, out);
  }
  out += ']';
  append_left_out(chart, out);
  out += ",\"rows_scanned\":";
  append_integer(chart.rows_scanned, out);
  out += ",\"elapsed_ms\":";
  append_float64(std::round(chart.elapsed_ms * 1000) / 1000, out);
  out += '}';
  return out;
}

void append_number(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "null";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    append_float64(value, out);
  }
}

template <class T, class Append>
void append_values(std::span<const T> values, std::string& out, Append append) {
  out += "\"values\":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    append(values[i], out);
  }
  out += ']';
}

template <class T>
void append_place(std::span<const T> values, std::string& buffers, std::string& out) {
  static_assert(sizeof(T) == kAlignment);
  out += "\"offset\":";
  append_integer(buffers.size(), out);
  out += ",\"count\":";
  append_integer(values.size(), out);
  const std::size_t begin = buffers.size();
  buffers.resize(begin + values.size_bytes());
  if (!values.empty()) std::memcpy(buffers.data() + begin, values.data(), values.size_bytes());
}

}  // namespace

std::string_view name_of(ChartMethod method) {
  switch (method) {
    case ChartMethod::kMinMax: return "minmax";
    case ChartMethod::kM4: return "m4";
    case ChartMethod::kLargestTriangles: return "lttb";
    case ChartMethod::kCandles: return "ohlc";
    case ChartMethod::kNone: break;
  }
  return "none";
}

std::string to_frame(const ChartResult& chart) {
  std::string buffers;
  ColumnWriter writer;
  writer.times = [&](std::span<const std::int64_t> values, std::string& out) { append_place(values, buffers, out); };
  writer.numbers = [&](std::span<const double> values, std::string& out) { append_place(values, buffers, out); };
  std::string header = document(chart, writer);
  header.resize((header.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  std::string frame(kFrameMagic);
  const auto header_bytes = static_cast<std::uint32_t>(header.size());
  frame.append(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes);
  frame += header;
  frame += buffers;
  return frame;
}

std::string to_json(const ChartResult& chart) {
  ColumnWriter writer;
  writer.text_times = true;
  writer.times = [](std::span<const std::int64_t> values, std::string& out) {
    append_values(values, out, [](std::int64_t ns, std::string& text) {
      text += '"';
      append_timestamp(ns, TimeUnit::kNano, Fraction::kNanoseconds, text);
      text += '"';
    });
  };
  writer.numbers = [](std::span<const double> values, std::string& out) { append_values(values, out, append_number); };
  return document(chart, writer) + "\n";
}

}  // namespace streamflow::query
