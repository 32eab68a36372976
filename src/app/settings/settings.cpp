#include "app/settings/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace streamflow::app {

namespace {

Error bad_value(std::string_view value, std::string_view wanted) {
  return {ErrorCode::kInvalidArgument, fmt::format("got \"{}\", wanted {}", value, wanted)};
}

template <class Integer>
Status set_integer(Integer& target, std::string_view text, Integer min, Integer max) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return bad_value(text, fmt::format("a whole number from {} to {}", min, max));
  }
  target = value;
  return Ok{};
}

Status set_bool(bool& target, std::string_view text) {
  if (text != "true" && text != "false") return bad_value(text, "true or false");
  target = text == "true";
  return Ok{};
}

Status set_bytes(std::uint64_t& target, std::string_view text, std::uint64_t min) {
  SF_TRY(bytes, parse_bytes(text));
  if (bytes < min) return bad_value(text, fmt::format("at least {}", format_bytes(min)));
  target = bytes;
  return Ok{};
}

Status set_duration(Duration& target, std::string_view text, Duration min) {
  SF_TRY(duration, parse_duration(text));
  if (duration < min) return bad_value(text, fmt::format("at least {}", format_duration(min)));
  target = duration;
  return Ok{};
}

Status set_window(Duration& target, std::string_view text) {
  if (text == "unlimited") {
    target = Duration::max();
    return Ok{};
  }
  return set_duration(target, text, Duration(0));
}

std::string show(bool value) {
  return value ? "true" : "false";
}
std::string show_window(Duration value) {
  return value == Duration::max() ? "unlimited" : format_duration(value);
}

constexpr std::array<std::string_view, 3> kSyncNames{"always", "interval", "off"};

Status set_sync(storage::LogSync& target, std::string_view text) {
  const auto found = std::find(kSyncNames.begin(), kSyncNames.end(), text);
  if (found == kSyncNames.end()) return bad_value(text, "always, interval or off");
  target = static_cast<storage::LogSync>(found - kSyncNames.begin());
  return Ok{};
}

constexpr std::array<std::string_view, 3> kPushdownNames{"off", "decode", "statistics"};

Status set_pushdown(query::AggregatePushdown& target, std::string_view text) {
  const auto found = std::find(kPushdownNames.begin(), kPushdownNames.end(), text);
  if (found == kPushdownNames.end()) return bad_value(text, "statistics, decode or off");
  target = static_cast<query::AggregatePushdown>(found - kPushdownNames.begin());
  return Ok{};
}

constexpr std::array<std::string_view, 6> kLogLevels{"trace", "debug", "info", "warn", "error", "off"};

Status set_log_level(std::string& target, std::string_view text) {
  if (std::find(kLogLevels.begin(), kLogLevels.end(), text) == kLogLevels.end()) {
    return bad_value(text, "trace, debug, info, warn, error or off");
  }
  target = text;
  return Ok{};
}

template <class Value>
Status set_text(Value& target, std::string_view text, std::string_view what) {
  if (text.empty()) return bad_value(text, what);
  target = std::string(text);
  return Ok{};
}

constexpr std::uint64_t kMiB = 1U << 20U;

// A setter and a getter of one member, so that the table below stays one line a setting.
#define SF_SET(statement) [](Settings& s, std::string_view v) -> Status { return statement; }
#define SF_GET(expression) [](const Settings& s) -> std::string { return expression; }

std::vector<Setting> server_settings() {
  return {
      {"data_dir", "a folder", "where the data lives; made when missing",
       SF_SET(set_text(s.server.data_folder, v, "a folder")), SF_GET(s.server.data_folder.string())},
      {"host", "an address", "address to listen on; anything but loopback turns authentication on",
       SF_SET(set_text(s.server.host, v, "an address such as 127.0.0.1 or 0.0.0.0")), SF_GET(s.server.host)},
      {"http_port", "0 to 65535", "HTTP port; 0 takes any free one",
       SF_SET(set_integer<std::uint16_t>(s.server.http_port, v, 0, 65535)), SF_GET(std::to_string(s.server.http_port))},
      {"log_level", "trace, debug, info, warn, error, off", "how much the server says on standard error",
       SF_SET(set_log_level(s.log_level, v)), SF_GET(s.log_level)},
      {"collect_host_metrics", "true or false", "store this machine's own metrics every second (tables host_*)",
       SF_SET(set_bool(s.collect_host_metrics, v)), SF_GET(show(s.collect_host_metrics))},
      {"threads", "1 to 1024", "threads that serve requests",
       SF_SET(set_integer<std::uint32_t>(s.server.threads, v, 1, 1024)), SF_GET(std::to_string(s.server.threads))},
      {"http.body_bytes_max", "a size, at least 1MiB", "largest request, compressed and decompressed",
       SF_SET(set_bytes(s.server.body_bytes_max, v, kMiB)), SF_GET(format_bytes(s.server.body_bytes_max))},
      {"http.connections_max", "1 to 1000000", "connections kept open at once",
       SF_SET(set_integer<std::uint32_t>(s.server.connections_max, v, 1, 1'000'000)),
       SF_GET(std::to_string(s.server.connections_max))},
  };
}

std::vector<Setting> storage_settings() {
  return {
      {"shards", "1 to 256", "writers and logs; fixed when the data folder is made",
       SF_SET(set_integer<std::uint32_t>(s.server.engine.shard_count, v, 1, 256)),
       SF_GET(std::to_string(s.server.engine.shard_count))},
      {"strict", "true or false", "refuse to start over a damaged log instead of keeping what is intact",
       SF_SET(set_bool(s.server.engine.strict, v)), SF_GET(show(s.server.engine.strict))},
      {"log.sync", "always, interval, off", "when a write is on disk: before its answer, soon after, or whenever",
       SF_SET(set_sync(s.server.engine.sync, v)),
       SF_GET(std::string(kSyncNames[static_cast<std::size_t>(s.server.engine.sync)]))},
      {"log.sync_interval", "a duration, at least 1ms", "with log.sync: interval",
       SF_SET(set_duration(s.server.engine.sync_interval, v, std::chrono::milliseconds(1))),
       SF_GET(format_duration(s.server.engine.sync_interval))},
      {"memtable.bytes_max", "a size, at least 16MiB", "memory for rows not yet in segments; past it writers must wait",
       SF_SET(set_bytes(s.server.engine.memtable_bytes_max, v, 16 * kMiB)),
       SF_GET(format_bytes(s.server.engine.memtable_bytes_max))},
      {"memtable.flush_bytes", "a size, at least 1MiB", "a shard's rows become a segment past this size",
       SF_SET(set_bytes(s.server.engine.flush_bytes, v, kMiB)), SF_GET(format_bytes(s.server.engine.flush_bytes))},
      {"memtable.flush_age", "a duration, at least 1s", "... or when the oldest has waited this long",
       SF_SET(set_duration(s.server.engine.flush_age, v, std::chrono::seconds(1))),
       SF_GET(format_duration(s.server.engine.flush_age))},
      {"storage.compaction.enabled", "true or false", "merge segments in the background",
       SF_SET(set_bool(s.server.engine.compaction.enabled, v)), SF_GET(show(s.server.engine.compaction.enabled))},
      {"storage.compaction.bytes_per_second", "a size", "read and written by merging; 0: as fast as it goes",
       SF_SET(set_bytes(s.server.engine.compaction.bytes_per_second, v, 0)),
       SF_GET(format_bytes(s.server.engine.compaction.bytes_per_second))},
      {"disk.free_bytes_min", "a size", "below this free space writes are told to retry later",
       SF_SET(set_bytes(s.server.engine.disk_free_bytes_min, v, 0)),
       SF_GET(format_bytes(s.server.engine.disk_free_bytes_min))},
      {"time.past_max", "a duration or unlimited", "rows older than this are refused",
       SF_SET(set_window(s.server.engine.time_past_max, v)), SF_GET(show_window(s.server.engine.time_past_max))},
      {"time.future_max", "a duration or unlimited", "rows further in the future are refused",
       SF_SET(set_window(s.server.engine.time_future_max, v)), SF_GET(show_window(s.server.engine.time_future_max))},
  };
}

std::vector<Setting> query_settings() {
  return {
      {"query.threads", "1 to 1024", "threads of the SQL engine",
       SF_SET(set_integer<std::uint32_t>(s.server.query.threads, v, 1, 1024)),
       SF_GET(std::to_string(s.server.query.threads))},
      {"query.memory_bytes_max", "a size, at least 64MiB", "memory of all running queries",
       SF_SET(set_bytes(s.server.query.memory_bytes_max, v, 64 * kMiB)),
       SF_GET(format_bytes(s.server.query.memory_bytes_max))},
      {"query.aggregate_pushdown", "statistics, decode, off",
       "what storage aggregates itself: whole blocks by their statistics, every row decoded, or nothing",
       SF_SET(set_pushdown(s.server.query.aggregate_pushdown, v)),
       SF_GET(std::string(kPushdownNames[static_cast<std::size_t>(s.server.query.aggregate_pushdown)]))},
      {"query.timeout", "a duration, at least 1ms", "a query that runs longer is stopped",
       SF_SET(set_duration(s.server.query_limits.timeout, v, std::chrono::milliseconds(1))),
       SF_GET(format_duration(s.server.query_limits.timeout))},
      {"query.result_rows_max", "a whole number, at least 1", "a longer answer is refused",
       SF_SET(set_integer<std::uint64_t>(s.server.query_limits.result_rows_max, v, 1,
                                         std::numeric_limits<std::int64_t>::max())),
       SF_GET(std::to_string(s.server.query_limits.result_rows_max))},
      {"query.result_bytes_max", "a size, at least 1MiB", "a larger answer is refused",
       SF_SET(set_bytes(s.server.query_limits.result_bytes_max, v, kMiB)),
       SF_GET(format_bytes(s.server.query_limits.result_bytes_max))},
  };
}

std::vector<Setting> make_settings() {
  std::vector<Setting> all = server_settings();
  for (const auto& more : {storage_settings(), query_settings()}) { all.insert(all.end(), more.begin(), more.end()); }
  return all;
}

#undef SF_SET
#undef SF_GET

}  // namespace

Settings::Settings() {
  server.data_folder = "./streamflow-data";
}

const std::vector<Setting>& all_settings() {
  static const std::vector<Setting> settings = make_settings();
  return settings;
}

const Setting* find_setting(std::string_view name) {
  const auto& settings = all_settings();
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.name == name; });
  return found == settings.end() ? nullptr : &*found;
}

std::string environment_name(const Setting& setting) {
  std::string name = "STREAMFLOW_";
  for (const char c : setting.name) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string flag_name(const Setting& setting) {
  std::string name = "--";
  for (const char c : setting.name) name += c == '.' || c == '_' ? '-' : c;
  return name;
}

}  // namespace streamflow::app
