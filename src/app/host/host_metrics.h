// This machine's metrics from /proc as line protocol: tables host_cpu, host_memory, host_load, host_disk, host_network.
// Source:     proc(5): /proc/stat, meminfo, loadavg, diskstats, net/dev.
// Invariants: rates are differences between two readings; the first reading gives gauges only, and a counter that went
//             backwards gives no value. Lines that a kernel words differently are left out.
// Threads:    a HostMetrics belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/time.h"

namespace streamflow::app {

struct ProcTexts {
  std::string stat, meminfo, loadavg, diskstats, net_dev;
};
ProcTexts read_proc();

class HostMetrics {
 public:
  explicit HostMetrics(std::string_view host);
  // Lines of this reading, with `now` as their time.
  std::string lines(const ProcTexts& texts, Timestamp now);

 private:
  using Counters = std::array<std::uint64_t, 8>;
  struct Delta {
    Counters change{};
    double seconds = 0;
  };
  // What changed since the last reading of `name`; nullopt at first, or when a counter ran backwards.
  std::optional<Delta> advance(const std::string& name, const Counters& counters, Timestamp now);
  void cpu(std::string_view text, Timestamp now, std::string& out);
  void memory(std::string_view text, Timestamp now, std::string& out) const;
  void load(std::string_view text, Timestamp now, std::string& out) const;
  void disk(std::string_view text, Timestamp now, std::string& out);
  void network(std::string_view text, Timestamp now, std::string& out);

  struct Reading {
    Counters counters{};
    Timestamp time;
  };
  std::string host_tag_;                     // "host=name", escaped
  std::map<std::string, Reading> readings_;  // by "cpu0", "disk sda", "net eth0"
};

std::string host_name();

}  // namespace streamflow::app
