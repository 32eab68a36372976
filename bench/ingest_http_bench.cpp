// Loads a running server with TSBS cpu-only rows over HTTP and measures what it sustains, drain to segments included.
// Line protocol to /api/v2/write, or Arrow streams to /api/v1/write/arrow. Usage: see kUsage; bench/README.md says how
// the figures are meant. The answer is checked: the run fails when the server refuses a batch, or counts other rows
// than were acknowledged.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench_options.h"
#include "http_client.h"
#include "server_probe.h"
#include "tsbs.h"
#include "tsbs_arrow.h"

namespace streamflow::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kUsage[] =
    "ingest_http_bench [--url http://127.0.0.1:8080] [--seconds 60] [--connections 4] [--batch 10000] [--hosts 4000] "
    "[--seed 1] [--format line|arrow] [--rate ROWS_PER_SECOND] [--peer-path PATH]\n"
    "  [--org default] [--bucket default] [--token KEY] [--pid SERVER] [--data-dir DIR] [--no-flush] "
    "[--drain-seconds-max 120] [--json]\n"
    "  --peer-path: another engine's line protocol route; its rows are then not counted, nor is it flushed";
constexpr char kRowsMetric[] = "streamflow_rows_written_total";
constexpr char kMemtableMetric[] = "streamflow_memtable_rows";

struct Plan {
  HttpUrl url;
  std::string token, path, media_type = "text/plain; charset=utf-8";
  TsbsOptions tsbs;
  std::uint64_t seconds = 60, connections = 4, batch = 10'000, drain_seconds_max = 120;
  std::uint64_t rate = 0;  // rows a second of all connections; 0: as fast as the server answers
  std::uint64_t pid = 0;   // 0: unknown
  std::string data_folder;
  bool flush = true, json = false, arrow = false;
  bool peer = false;  // not StreamFlow: it has other metrics
};

struct Load {  // what one connection did
  std::uint64_t rows = 0, bytes = 0, retries = 0;
  std::vector<double> ack_ms;
  std::optional<Error> failure;
};

struct Figures {
  std::uint64_t rows = 0, bytes = 0, requests = 0, retries = 0;
  double load_seconds = 0, drain_seconds = 0, cpu_seconds = 0;
  double ack_p50_ms = 0, ack_p99_ms = 0, ack_max_ms = 0;
  std::uint64_t resident_bytes = 0, disk_bytes = 0;
  std::map<std::string, std::uint64_t> files;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// When a connection's batch is due. Acknowledgements count from then, so that a server which stalls is charged for the
// batches that it keeps waiting.
Clock::time_point due(const Plan& plan, Clock::time_point start, std::uint64_t batch) {
  if (plan.rate == 0) { return Clock::now(); }
  const double seconds = static_cast<double>(batch * plan.batch * plan.connections) / static_cast<double>(plan.rate);
  const auto at = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::this_thread::sleep_until(at);
  return at;
}

// Sends one batch until the server takes it. Only "later" is tried again, after the time the server asks for.
Status send_batch(HttpClient& client, const Plan& plan, const std::string& body, Load& load, Clock::time_point start,
                  Clock::time_point give_up) {
  for (;;) {
    SF_TRY(reply, client.request("POST", plan.path, "Content-Type: " + plan.media_type + "\r\n", body));
    if (reply.status == (plan.arrow ? 200 : 204)) {
      load.ack_ms.push_back(1e3 * seconds_since(start));
      return Ok{};
    }
    const std::string answer = std::to_string(reply.status) + " " + reply.body.substr(0, 300);
    if (reply.status != 429 && reply.status != 503) {
      return Error{ErrorCode::kInvalidArgument, "the server refused a batch: " + answer};
    }
    if (Clock::now() > give_up) { return Error{ErrorCode::kOverloaded, "the server stayed overloaded: " + answer}; }
    ++load.retries;
    const long wait_s = std::strtol(reply.headers["retry-after"].c_str(), nullptr, 10);
    std::this_thread::sleep_for(std::chrono::seconds(std::clamp(wait_s, 1L, 10L)));
    if (plan.rate == 0) { start = Clock::now(); }
  }
}

void run_connection(const Plan& plan, std::uint32_t index, Clock::time_point until, Load& load) {
  TsbsOptions share = plan.tsbs;
  const auto connections = static_cast<std::uint32_t>(plan.connections);
  share.first_host = plan.tsbs.hosts / connections * index;
  share.hosts = index + 1 == connections ? plan.tsbs.hosts - share.first_host : plan.tsbs.hosts / connections;
  std::optional<TsbsGenerator> lines;
  std::optional<TsbsArrow> streams;
  if (plan.arrow) {
    streams.emplace(share);
  } else {
    lines.emplace(share);
  }
  HttpClient client(plan.url, plan.token);
  std::string body;
  const Clock::time_point start = Clock::now();
  for (std::uint64_t batch = 0; Clock::now() < until; ++batch) {
    if (plan.arrow) {
      streams->next(plan.batch, body);
    } else {
      body.clear();
      lines->append(plan.batch, body);
    }
    if (Status sent = send_batch(client, plan, body, load, due(plan, start, batch), until + std::chrono::seconds(30));
        !sent.has_value()) {
      load.failure = sent.error();
      return;
    }
    load.rows += plan.batch;
    load.bytes += body.size();
  }
}

double percentile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) { return 0; }
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

Status run_load(const Plan& plan, Figures& figures) {
  std::vector<Load> loads(plan.connections);
  std::vector<std::thread> threads;
  const Clock::time_point start = Clock::now();
  for (std::uint32_t i = 0; i < plan.connections; ++i) {
    threads.emplace_back([&, i] { run_connection(plan, i, start + std::chrono::seconds(plan.seconds), loads[i]); });
  }
  for (std::thread& thread : threads) { thread.join(); }
  figures.load_seconds = seconds_since(start);
  std::vector<double> ack_ms;
  for (const Load& load : loads) {
    if (load.failure) { return *load.failure; }
    figures.rows += load.rows;
    figures.bytes += load.bytes;
    figures.retries += load.retries;
    ack_ms.insert(ack_ms.end(), load.ack_ms.begin(), load.ack_ms.end());
  }
  std::sort(ack_ms.begin(), ack_ms.end());
  figures.requests = ack_ms.size();
  figures.ack_p50_ms = percentile(ack_ms, 0.5);
  figures.ack_p99_ms = percentile(ack_ms, 0.99);
  figures.ack_max_ms = ack_ms.empty() ? 0 : ack_ms.back();
  return Ok{};
}

// Until every row has left the memtables for segments.
Status drain(HttpClient& client, const Plan& plan, Figures& figures) {
  if (!plan.flush) { return Ok{}; }
  const Clock::time_point start = Clock::now();
  SF_TRY(reply, client.request("POST", "/api/v1/flush", "", ""));
  if (reply.status / 100 != 2) {
    return Error{ErrorCode::kUnavailable,
                 "POST /api/v1/flush answered " + std::to_string(reply.status) + " " + reply.body.substr(0, 300)};
  }
  for (;;) {
    SF_TRY(rows, read_metric(client, kMemtableMetric));
    figures.drain_seconds = seconds_since(start);
    if (rows == 0) { return Ok{}; }
    if (figures.drain_seconds > static_cast<double>(plan.drain_seconds_max)) {
      return Error{ErrorCode::kTimeout, "memtables still hold " + std::to_string(rows) + " rows"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Status measure(const Plan& plan, Figures& figures) {
  HttpClient client(plan.url, plan.token);
  double rows_before = 0, rows_after = 0;
  if (!plan.peer) {
    SF_TRY(rows, read_metric(client, kRowsMetric));
    rows_before = rows;
  }
  double cpu_before = 0;
  if (plan.pid != 0) {
    SF_TRY(cpu, cpu_seconds(plan.pid));
    cpu_before = cpu;
  }
  SF_CHECK(run_load(plan, figures));
  HttpClient after(plan.url, plan.token);  // the server closes one that was idle for a long load
  SF_CHECK(drain(after, plan, figures));
  if (plan.pid != 0) {
    SF_TRY(cpu, cpu_seconds(plan.pid));
    SF_TRY(resident, resident_bytes(plan.pid));
    figures.cpu_seconds = cpu - cpu_before;
    figures.resident_bytes = resident;
  }
  if (!plan.peer) {
    SF_TRY(rows, read_metric(after, kRowsMetric));
    rows_after = rows;
  }
  if (!plan.peer && rows_after - rows_before != static_cast<double>(figures.rows)) {
    return Error{ErrorCode::kCorrupt, "acknowledged " + std::to_string(figures.rows) + " rows, but the server counts " +
                                          std::to_string(static_cast<std::uint64_t>(rows_after - rows_before))};
  }
  if (!plan.data_folder.empty()) {
    figures.files = file_bytes(plan.data_folder);
    for (const auto& [extension, bytes] : figures.files) { figures.disk_bytes += bytes; }
  }
  return Ok{};
}

void print_text(const Plan& plan, const Figures& f) {
  const auto rows = static_cast<double>(f.rows);
  const double points = rows * static_cast<double>(TsbsGenerator::kFields);
  const double whole = f.load_seconds + f.drain_seconds;
  std::printf("%llu connections, batches of %llu rows, %u hosts, seed %llu\n",
              static_cast<unsigned long long>(plan.connections), static_cast<unsigned long long>(plan.batch),
              plan.tsbs.hosts, static_cast<unsigned long long>(plan.tsbs.seed));
  std::printf("acknowledged  %.0f rows, %.0f points, %.0f MB in %.1f s, drained in %.1f s\n", rows, points,
              static_cast<double>(f.bytes) / 1e6, f.load_seconds, f.drain_seconds);
  std::printf("sustained     %.0f rows/s, %.0f points/s; with drain %.0f rows/s, %.0f points/s\n",
              rows / f.load_seconds, points / f.load_seconds, rows / whole, points / whole);
  std::printf("ack           p50 %.1f ms, p99 %.1f ms, max %.1f ms over %llu requests, %llu retried\n", f.ack_p50_ms,
              f.ack_p99_ms, f.ack_max_ms, static_cast<unsigned long long>(f.requests),
              static_cast<unsigned long long>(f.retries));
  if (plan.pid != 0) {
    std::printf("server        %.1f CPU-s (%.2f M points per CPU-s), %.0f MB resident\n", f.cpu_seconds,
                points / 1e6 / std::max(f.cpu_seconds, 1e-9), static_cast<double>(f.resident_bytes) / 1e6);
  }
  if (!plan.data_folder.empty()) {
    std::printf("disk          %.0f MB, %.3f bytes a point\n", static_cast<double>(f.disk_bytes) / 1e6,
                static_cast<double>(f.disk_bytes) / std::max(points, 1.0));
  }
  for (const auto& [extension, bytes] : f.files) {
    std::printf("  %-12s%.1f MB\n", extension.empty() ? "(none)" : extension.c_str(), static_cast<double>(bytes) / 1e6);
  }
}

void print_json(const Plan& plan, const Figures& f) {
  const double points = static_cast<double>(f.rows) * static_cast<double>(TsbsGenerator::kFields);
  std::printf(
      "{\"connections\":%llu,\"batch\":%llu,\"hosts\":%u,\"seed\":%llu,\"rows\":%llu,\"points\":%.0f,\"bytes_sent\":%"
      "llu,"
      "\"load_seconds\":%.3f,\"drain_seconds\":%.3f,\"rows_per_second\":%.0f,\"points_per_second\":%.0f,"
      "\"points_per_second_with_drain\":%.0f,\"ack_p50_ms\":%.3f,\"ack_p99_ms\":%.3f,\"ack_max_ms\":%.3f,\"requests\":%"
      "llu,\"retries\":%llu",
      static_cast<unsigned long long>(plan.connections), static_cast<unsigned long long>(plan.batch), plan.tsbs.hosts,
      static_cast<unsigned long long>(plan.tsbs.seed), static_cast<unsigned long long>(f.rows), points,
      static_cast<unsigned long long>(f.bytes), f.load_seconds, f.drain_seconds,
      static_cast<double>(f.rows) / f.load_seconds, points / f.load_seconds,
      points / (f.load_seconds + f.drain_seconds), f.ack_p50_ms, f.ack_p99_ms, f.ack_max_ms,
      static_cast<unsigned long long>(f.requests), static_cast<unsigned long long>(f.retries));
  if (plan.pid != 0) {
    std::printf(",\"server_cpu_seconds\":%.2f,\"server_resident_bytes\":%llu", f.cpu_seconds,
                static_cast<unsigned long long>(f.resident_bytes));
  }
  if (!plan.data_folder.empty()) {
    std::printf(",\"disk_bytes\":%llu,\"bytes_per_point\":%.4f", static_cast<unsigned long long>(f.disk_bytes),
                static_cast<double>(f.disk_bytes) / std::max(points, 1.0));
  }
  std::printf("}\n");
}

std::optional<Plan> plan_from(int argc, char** argv) {
  Options arguments(argc, argv, kUsage);
  Plan plan;
  const std::string url = arguments.text("--url", "http://127.0.0.1:8080");
  plan.seconds = arguments.integer("--seconds", plan.seconds);
  plan.connections = arguments.integer("--connections", plan.connections);
  plan.batch = arguments.integer("--batch", plan.batch);
  plan.tsbs.hosts = static_cast<std::uint32_t>(arguments.integer("--hosts", plan.tsbs.hosts));
  plan.tsbs.seed = arguments.integer("--seed", plan.tsbs.seed);
  plan.drain_seconds_max = arguments.integer("--drain-seconds-max", plan.drain_seconds_max);
  plan.path = "/api/v2/write?org=" + arguments.text("--org", "default") +
              "&bucket=" + arguments.text("--bucket", "default") + "&precision=ns";
  const std::string peer_path = arguments.text("--peer-path", "");
  plan.peer = !peer_path.empty();
  if (plan.peer) { plan.path = peer_path; }
  const std::string format = arguments.text("--format", "line");
  plan.arrow = format == "arrow";
  if (plan.arrow) {
    plan.path = "/api/v1/write/arrow?table=cpu";
    plan.media_type = "application/vnd.apache.arrow.stream";
  }
  plan.token = arguments.text("--token", "");
  plan.rate = arguments.integer("--rate", 0);
  plan.pid = arguments.integer("--pid", 0);
  plan.data_folder = arguments.text("--data-dir", "");
  plan.flush = !arguments.flag("--no-flush") && !plan.peer;
  plan.json = arguments.flag("--json");
  if (!arguments.accepted()) { return std::nullopt; }
  Result<HttpUrl> parsed = parse_url(url);
  if (!parsed.has_value() || plan.connections == 0 || plan.batch == 0 || plan.tsbs.hosts < plan.connections ||
      (format != "line" && !plan.arrow)) {
    std::fprintf(stderr, "%s\nusage: %s\n",
                 parsed.has_value()
                     ? "connections, batch and hosts per connection must be at least 1, --format is line or arrow"
                     : parsed.error().message.c_str(),
                 kUsage);
    return std::nullopt;
  }
  plan.url = *parsed;
  return plan;
}

}  // namespace
}  // namespace streamflow::bench

int main(int argc, char** argv) {
  using namespace streamflow::bench;
  const std::optional<Plan> plan = plan_from(argc, argv);
  if (!plan) { return 2; }
  Figures figures;
  if (const streamflow::Status measured = measure(*plan, figures); !measured.has_value()) {
    std::fprintf(stderr, "ingest_http_bench: %s\n", measured.error().message.c_str());
    return 1;
  }
  plan->json ? print_json(*plan, figures) : print_text(*plan, figures);
  return 0;
}
