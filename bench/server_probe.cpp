#include "server_probe.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

namespace streamflow::bench {

Result<double> metric_value(std::string_view text, std::string_view name) {
  double sum = 0;
  bool found = false;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name) || line.size() == name.size() ||
        (line[name.size()] != ' ' && line[name.size()] != '{')) {
      continue;
    }
    const std::size_t labels_end = line.rfind('}');
    const std::size_t from = labels_end == std::string::npos ? name.size() : labels_end + 1;
    sum += std::strtod(line.c_str() + from, nullptr);
    found = true;
  }
  if (!found) { return Error{ErrorCode::kNotFound, "/metrics has no " + std::string(name)}; }
  return sum;
}

Result<double> read_metric(HttpClient& client, std::string_view name) {
  SF_TRY(reply, client.request("GET", "/metrics", "", ""));
  if (reply.status != 200) {
    return Error{ErrorCode::kUnavailable, "GET /metrics answered " + std::to_string(reply.status)};
  }
  return metric_value(reply.body, name);
}

Result<double> cpu_seconds(std::uint64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');  // the name may hold spaces and parentheses
  if (name_end == std::string::npos) { return Error{ErrorCode::kNotFound, "no process " + std::to_string(pid)}; }
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) { fields >> skipped; }  // proc(5): utime is field 14, stime 15
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Result<std::uint64_t> resident_bytes(std::uint64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t total = 0, resident = 0;
  if (!(file >> total >> resident)) { return Error{ErrorCode::kNotFound, "no process " + std::to_string(pid)}; }
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::map<std::string, std::uint64_t> file_bytes(const std::filesystem::path& folder) {
  std::map<std::string, std::uint64_t> bytes;
  std::error_code error;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
       !error && entry != std::filesystem::end(entry); entry.increment(error)) {
    std::error_code gone;  // the server may drop a file meanwhile
    const std::uint64_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) { bytes[entry->path().extension().string()] += size; }
  }
  return bytes;
}

}  // namespace streamflow::bench
