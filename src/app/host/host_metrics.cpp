#include "app/host/host_metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <vector>

#include "app/import/line_writer.h"

namespace streamflow::app {

namespace {

constexpr std::size_t kReadingsMax = 4096;   // devices and interfaces remembered
constexpr std::uint64_t kSectorBytes = 512;  // of /proc/diskstats, whatever the device's own sectors

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t:");
    if (begin == std::string_view::npos) return out;
    const std::size_t end = std::min(line.find_first_of(" \t:", begin), line.size());
    out.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

std::optional<std::uint64_t> number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// Words [first, first + count) as numbers; nullopt unless all are.
template <std::size_t N>
std::optional<std::array<std::uint64_t, N>> numbers(const std::vector<std::string_view>& line, std::size_t first,
                                                    std::size_t count) {
  std::array<std::uint64_t, N> values{};
  for (std::size_t i = 0; i < count; ++i) {
    if (first + i >= line.size()) return std::nullopt;
    const auto value = number(line[first + i]);
    if (!value) return std::nullopt;
    values[i] = *value;
  }
  return values;
}

}  // namespace

HostMetrics::HostMetrics(std::string_view host) : host_tag_("host=" + escape_key(host).value_or("unknown")) {}

std::optional<HostMetrics::Delta> HostMetrics::advance(const std::string& name, const Counters& counters,
                                                       Timestamp now) {
  if (readings_.size() >= kReadingsMax && readings_.count(name) == 0) return std::nullopt;
  const auto [reading, fresh] = readings_.try_emplace(name, Reading{counters, now});
  if (fresh) return std::nullopt;
  const Reading before = std::exchange(reading->second, Reading{counters, now});
  Delta delta;
  delta.seconds = std::chrono::duration<double>(now - before.time).count();
  if (delta.seconds <= 0) return std::nullopt;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    if (counters[i] < before.counters[i]) return std::nullopt;
    delta.change[i] = counters[i] - before.counters[i];
  }
  return delta;
}

// "cpu0 user nice system idle iowait irq softirq steal …", in ticks; "cpu" is their sum.
void HostMetrics::cpu(std::string_view text, Timestamp now, std::string& out) {
  for_each_line(text, [&](std::string_view line) {
    if (!line.starts_with("cpu")) return;
    const auto parts = words(line);
    const auto ticks = numbers<8>(parts, 1, 8);
    if (!ticks) return;
    const auto delta = advance(std::string(parts[0]), *ticks, now);
    if (!delta) return;
    double total = 0;
    for (const std::uint64_t change : delta->change) total += static_cast<double>(change);
    if (total <= 0) return;
    const auto percent = [&](std::size_t i) { return 100.0 * static_cast<double>(delta->change[i]) / total; };
    const double idle = percent(3) + percent(4);
    out += fmt::format(
        "host_cpu,{},core={} "
        "busy_percent={:.3f},user_percent={:.3f},system_percent={:.3f},iowait_percent={:.3f},steal_percent={:.3f} {}\n",
        host_tag_, parts[0] == "cpu" ? "all" : parts[0].substr(3), 100.0 - idle, percent(0) + percent(1),
        percent(2) + percent(5) + percent(6), percent(4), percent(7), to_ns(now));
  });
}

void HostMetrics::memory(std::string_view text, Timestamp now, std::string& out) const {
  std::map<std::string_view, std::uint64_t> bytes;
  for_each_line(text, [&](std::string_view line) {
    const auto parts = words(line);
    if (parts.size() != 3 || parts[2] != "kB") return;
    if (const auto value = number(parts[1])) bytes[parts[0]] = *value * 1024;
  });
  const std::uint64_t total = bytes["MemTotal"];
  if (total == 0) return;
  const std::uint64_t available = std::min(bytes["MemAvailable"], total);
  out += fmt::format(
      "host_memory,{} total_bytes={}i,available_bytes={}i,cached_bytes={}i,swap_used_bytes={}i,used_percent={:.3f} "
      "{}\n",
      host_tag_, total, available, bytes["Cached"],
      bytes["SwapTotal"] - std::min(bytes["SwapFree"], bytes["SwapTotal"]),
      100.0 * static_cast<double>(total - available) / static_cast<double>(total), to_ns(now));
}

// "0.52 0.58 0.59 1/467 12345"
void HostMetrics::load(std::string_view text, Timestamp now, std::string& out) const {
  const auto parts = words(text);
  if (parts.size() < 4) return;
  std::array<double, 3> averages{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), averages[i]);
    if (error != std::errc() || end != parts[i].data() + parts[i].size()) return;
  }
  const auto running = number(parts[3].substr(0, parts[3].find('/')));
  if (!running) return;
  out += fmt::format("host_load,{} load_1m={},load_5m={},load_15m={},running={}i {}\n", host_tag_, averages[0],
                     averages[1], averages[2], *running, to_ns(now));
}

// "8 0 sda reads merged sectors_read ms writes merged sectors_written ms in_flight ms_busy …"; whole disks only.
void HostMetrics::disk(std::string_view text, Timestamp now, std::string& out) {
  for_each_line(text, [&](std::string_view line) {
    const auto parts = words(line);
    const auto values = numbers<10>(parts, 3, 10);
    if (!values || parts[2].starts_with("loop") || parts[2].starts_with("ram")) return;
    const auto& v = *values;
    const auto delta = advance("disk " + std::string(parts[2]), {v[0], v[2], v[4], v[6], v[9]}, now);
    const auto name = escape_key(parts[2]);
    if (!delta || !name || (v[0] == 0 && v[4] == 0)) return;
    const auto rate = [&](std::size_t i, std::uint64_t unit) {
      return static_cast<double>(delta->change[i] * unit) / delta->seconds;
    };
    out += fmt::format(
        "host_disk,{},device={} "
        "reads_per_s={:.3f},read_bytes_per_s={:.0f},writes_per_s={:.3f},written_bytes_per_s={:.0f},busy_percent={:.3f} "
        "{}\n",
        host_tag_, *name, rate(0, 1), rate(1, kSectorBytes), rate(2, 1), rate(3, kSectorBytes),
        std::min(100.0, rate(4, 1) / 10), to_ns(now));
  });
}

// "eth0: rx_bytes packets errs drop fifo frame compressed multicast tx_bytes packets errs drop …"
void HostMetrics::network(std::string_view text, Timestamp now, std::string& out) {
  for_each_line(text, [&](std::string_view line) {
    if (line.find(':') == std::string_view::npos) return;  // the two headings
    const auto parts = words(line);
    const auto values = numbers<12>(parts, 1, 12);
    if (!values) return;
    const auto& v = *values;
    const auto delta =
        advance("net " + std::string(parts[0]), {v[0], v[1], v[8], v[9], v[2] + v[10], v[3] + v[11]}, now);
    const auto name = escape_key(parts[0]);
    if (!delta || !name) return;
    const auto rate = [&](std::size_t i) { return static_cast<double>(delta->change[i]) / delta->seconds; };
    out += fmt::format(
        "host_network,{},interface={} "
        "received_bytes_per_s={:.0f},received_packets_per_s={:.3f},sent_bytes_per_s={:.0f},sent_packets_per_s={:.3f},"
        "errors_per_s={:.3f},drops_per_s={:.3f} {}\n",
        host_tag_, *name, rate(0), rate(1), rate(2), rate(3), rate(4), rate(5), to_ns(now));
  });
}

std::string HostMetrics::lines(const ProcTexts& texts, Timestamp now) {
  std::string out;
  cpu(texts.stat, now, out);
  memory(texts.meminfo, now, out);
  load(texts.loadavg, now, out);
  disk(texts.diskstats, now, out);
  network(texts.net_dev, now, out);
  return out;
}

ProcTexts read_proc() {
  return {read_file("/proc/stat"), read_file("/proc/meminfo"), read_file("/proc/loadavg"), read_file("/proc/diskstats"),
          read_file("/proc/net/dev")};
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

}  // namespace streamflow::app
