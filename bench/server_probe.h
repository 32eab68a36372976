// What a benchmark reads about the server it loads: its metrics, its processor time, its files.
// Threads: pure functions over files and a client.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "http_client.h"
#include "model/result.h"

namespace streamflow::bench {

// The sum of the samples of one metric in Prometheus text, whatever their labels; kNotFound without any.
Result<double> metric_value(std::string_view text, std::string_view name);
// GET /metrics.
Result<double> read_metric(HttpClient& client, std::string_view name);

// User and system seconds of a process so far, from /proc/<pid>/stat.
Result<double> cpu_seconds(std::uint64_t pid);
// Its resident memory in bytes, from /proc/<pid>/statm.
Result<std::uint64_t> resident_bytes(std::uint64_t pid);

// Bytes of the regular files below a folder, by extension.
std::map<std::string, std::uint64_t> file_bytes(const std::filesystem::path& folder);

}  // namespace streamflow::bench
