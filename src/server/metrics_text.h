// Writes the Prometheus text exposition format, version 0.0.4.
// Source:     https://prometheus.io/docs/instrumenting/exposition_formats/.
// Invariants: a family's HELP and TYPE come once, before its samples; label values are escaped.
// Threads:    one at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace streamflow::server {

using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class MetricsText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help);
  // A sample of the family begun last; `suffix` for histograms.
  void sample(double value, MetricLabels labels = {}, std::string_view suffix = {});
  void sample(std::uint64_t value, MetricLabels labels = {}, std::string_view suffix = {});
  // A family of one sample.
  void counter(std::string_view name, std::string_view help, std::uint64_t value);
  void gauge(std::string_view name, std::string_view help, std::uint64_t value);
  void seconds(std::string_view name, std::string_view help, std::uint64_t nanoseconds);  // a counter
  std::string take() { return std::move(text_); }

 private:
  void begin_sample(MetricLabels labels, std::string_view suffix);
  std::string text_, name_;
};

struct ProcessStatistics {
  std::uint64_t resident_bytes = 0, virtual_bytes = 0, open_files = 0, open_files_max = 0, threads = 0;
  double cpu_seconds = 0, start_time_seconds = 0;
};
ProcessStatistics process_statistics();  // from /proc/self; what cannot be read stays 0

}  // namespace streamflow::server
