#include "server/metrics_text.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace streamflow::server {

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void MetricsText::begin_sample(MetricLabels labels, std::string_view suffix) {
  text_.append(name_).append(suffix);
  if (labels.size() == 0) { return; }
  char separator = '{';
  for (const auto& [name, value] : labels) {
    text_.push_back(separator);
    text_.append(name).append("=\"");
    for (const char c : value) {
      if (c == '\n') {
        text_.append("\\n");
        continue;
      }
      if (c == '"' || c == '\\') { text_.push_back('\\'); }
      text_.push_back(c);
    }
    text_.push_back('"');
    separator = ',';
  }
  text_.push_back('}');
}

void MetricsText::sample(double value, MetricLabels labels, std::string_view suffix) {
  begin_sample(labels, suffix);
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

void MetricsText::sample(std::uint64_t value, MetricLabels labels, std::string_view suffix) {
  begin_sample(labels, suffix);
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

void MetricsText::counter(std::string_view name, std::string_view help, std::uint64_t value) {
  family(name, "counter", help);
  sample(value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, std::uint64_t value) {
  family(name, "gauge", help);
  sample(value);
}

void MetricsText::seconds(std::string_view name, std::string_view help, std::uint64_t nanoseconds) {
  family(name, "counter", help);
  sample(static_cast<double>(nanoseconds) / 1e9);
}

ProcessStatistics process_statistics() {
  ProcessStatistics process;
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::uint64_t virtual_pages = 0, resident_pages = 0;
  if (std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages) {
    process.virtual_bytes = virtual_pages * page;
    process.resident_bytes = resident_pages * page;
  }
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    process.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) { process.open_files_max = files.rlim_cur; }
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    ++process.open_files;
  }
  // /proc/self/stat, proc(5): the command may hold spaces, so fields count from behind its ")".
  std::ifstream stat_file("/proc/self/stat");
  const std::string stat{std::istreambuf_iterator<char>(stat_file), std::istreambuf_iterator<char>()};
  std::ifstream boot_file("/proc/stat");
  double boot_seconds = 0;
  for (std::string word; boot_file >> word;) {
    if (word == "btime") { boot_file >> boot_seconds; }
  }
  if (const std::size_t end = stat.rfind(')'); end != std::string::npos) {
    std::istringstream fields(stat.substr(end + 1));
    std::string field;
    for (int number = 3; number <= 22 && fields >> field; ++number) {
      if (number == 20) { process.threads = std::strtoull(field.c_str(), nullptr, 10); }
      if (number == 22) {
        const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
        process.start_time_seconds = boot_seconds + std::strtod(field.c_str(), nullptr) / ticks;
      }
    }
  }
  return process;
}

}  // namespace streamflow::server
