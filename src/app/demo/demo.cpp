#include "app/demo/demo.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "app/command/bench_signal.h"
#include "app/demo/child_server.h"
#include "app/demo/power_cut.h"
#include "app/demo/questions.h"
#include "app/demo/tour.h"
#include "app/import/import_command.h"
#include "app/import/progress_bar.h"

namespace streamflow::app {

namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr const char* kLiveChart = "?q=SELECT+time,+core,+busy_percent+FROM+host_cpu&tab=chart&live=1";
constexpr std::string_view kOwnFolder = "demo";  // inside the data folder: says that a demo made it; holds log and CSV
constexpr std::uint64_t kLoadRowsMin = 50'000;   // acknowledged before the plug is pulled
constexpr std::chrono::seconds kLoadMin(2), kLoadMax(15);

struct Dataset {
  std::string_view table, file, what;
  std::uint64_t rows;  // of the pinned file
  std::string_view time_column, time_unit;
  std::vector<std::string> tags;
};

std::vector<Dataset> datasets() {
  return {{"sp500", "sp500-2000.csv", "20 years of the S&P 500, daily", 5105, "date", "", {}},
          {"seattle_weather", "seattle-weather.csv", "4 years of weather, daily", 1461, "date", "", {}},
          {"co2", "co2-concentration.csv", "62 years of CO2, monthly", 741, "Date", "", {}},
          {"flights",
           "flights-3m.parquet",
           "half a year of US departures, 3,399 routes",
           3'000'000,
           "date",
           "",
           {"origin", "destination"}}};
}

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

class Demo {
 public:
  Demo(const DemoOptions& options, Tour& tour)
      : options_(options), tour_(tour), url_(fmt::format("http://127.0.0.1:{}", options.port)), client_({url_, ""}) {}

  ExitCode run() {
    tour_.out() << tour_.terminal().bold("StreamFlow, a guided tour") << "\n";
    if (start_server()) {
      load_data();
      ask();
      pull_the_plug();
      if (server_->running()) close();
    }
    return tour_.failures() == 0 ? ExitCode::kOk : ExitCode::kFailed;
  }

 private:
  bool start_server() {
    tour_.heading("Starting a server");
    if (!port_is_free(options_.port)) {
      tour_.fail(fmt::format("port {} is taken by another program; choose another with --port", options_.port));
      return false;
    }
    if (const std::string problem = make_folder(); !problem.empty()) {
      tour_.fail(problem);
      return false;
    }
    std::error_code unknown;
    const fs::path program = fs::read_symlink("/proc/self/exe", unknown);
    server_.emplace(program,
                    std::vector<std::string>{"--data-dir", options_.data_folder.string(), "--host", "127.0.0.1",
                                             "--http-port", std::to_string(options_.port), "--collect-host-metrics"},
                    options_.data_folder / kOwnFolder / "server.log", url_);
    const auto seconds = server_->start();
    if (!seconds) {
      tour_.fail(seconds.error().message);
      return false;
    }
    tour_.say(fmt::format("ready at {} after {}, data in {}", url_, readable_seconds(*seconds),
                          options_.data_folder.string()));
    tour_.say("it samples this machine's CPU, memory, disks and network every second from now on");
    return true;
  }

  // An empty data folder. Replaces only what an earlier demo made.
  std::string make_folder() {
    std::error_code error;
    const fs::path& folder = options_.data_folder;
    if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
      if (!fs::is_directory(folder / kOwnFolder, error)) {
        return fmt::format("{} holds data that no demo made; choose another folder with --data-dir", folder.string());
      }
      fs::remove_all(folder, error);
      if (error) return fmt::format("cannot remove the last demo's {}: {}", folder.string(), error.message());
    }
    fs::create_directories(folder / kOwnFolder, error);
    return error ? fmt::format("cannot make {}: {}", folder.string(), error.message()) : std::string();
  }

  void load_data() {
    tour_.heading("Loading real data");
    for (const Dataset& dataset : datasets()) load(options_.datasets / dataset.file, dataset);
    const fs::path bench = options_.data_folder / kOwnFolder / "test-bench.csv";
    const auto begin = SteadyClock::now();
    if (const Status status = write_bench_csv(bench); !status) return tour_.fail(status.error().message);
    tour_.say(tour_.terminal().dim(fmt::format("(generated the test-bench signal: 10 channels, 1 kHz, 100 s, in {})",
                                               readable_seconds(seconds_since(begin)))));
    load(bench, {"test_bench",
                 "test-bench.csv",
                 "10 vibration channels at 1 kHz",
                 kBenchSamples * kBenchChannels.size(),
                 "timestamp",
                 "ms",
                 {"channel_id"}});
  }

  void load(const fs::path& file, const Dataset& dataset) {
    ImportCommandOptions import;
    import.endpoint = client_.endpoint();
    import.table = std::string(dataset.table);
    import.time_column = std::string(dataset.time_column);
    if (!dataset.time_unit.empty()) import.time_unit = std::string(dataset.time_unit);
    import.tags = dataset.tags;
    import.duplicates = "keep";
    ProgressBar bar(tour_.out(), tour_.terminal(), "   " + std::string(dataset.table));
    const auto summary = import_file(file, import, [&](double share, std::uint64_t rows) { bar.update(share, rows); });
    bar.finish();
    if (!summary) return tour_.fail(summary.error().message);
    if (!summary->complete) return tour_.fail(fmt::format("{}: {}", dataset.table, summary->problem.text()));
    for (const auto& [reason, count] : summary->rejected) tour_.say(fmt::format("{} rows rejected: {}", count, reason));
    const double rate = static_cast<double>(summary->rows_stored) / std::max(summary->seconds, 1e-9);
    tour_.say(fmt::format("{:<16} {:>9} rows in {:>8}  {:>9} rows/s  {}", dataset.table,
                          with_thousands(summary->rows_stored), readable_seconds(summary->seconds),
                          with_thousands(static_cast<unsigned long long>(rate)), tour_.terminal().dim(dataset.what)));
    const std::uint64_t found = count_rows(dataset.table);
    tour_.check(found == dataset.rows, fmt::format("{}: count(*) = {}, the file has {} rows", dataset.table,
                                                   with_thousands(found), with_thousands(dataset.rows)));
  }

  std::uint64_t count_rows(std::string_view table) {
    const auto answer = client_.query(fmt::format("SELECT count(*) FROM {}", table), "application/json");
    if (!answer) return 0;
    const auto result = parse_result(answer.value->body);
    if (!result || result->error || result->rows.size() != 1 || !result->rows[0][0]) return 0;
    std::uint64_t count = 0;
    const std::string& text = *result->rows[0][0];
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
  }

  void ask() {
    tour_.heading("Six questions in SQL");
    wait_for_samples();
    for (const Question& question : all_questions()) {
      tour_.say(tour_.terminal().bold(question.title));
      tour_.say("");
      for (std::string_view sql = question.sql; !sql.empty();) {
        const std::size_t end = std::min(sql.find('\n'), sql.size());
        tour_.say(tour_.terminal().dim(sql.substr(0, end)));
        sql.remove_prefix(std::min(end + 1, sql.size()));
      }
      tour_.say("");
      answer(question);
      tour_.say("");
    }
  }

  void answer(const Question& question) {
    constexpr std::size_t kRowsShown = 10;
    const auto begin = SteadyClock::now();
    const auto response = client_.query(question.sql, "application/json");
    if (!response) return tour_.fail(response.problem.text());
    const auto table = parse_result(response.value->body);
    if (!table) return tour_.fail(table.error().message);
    if (table->error) return tour_.fail(*table->error);
    const double seconds = seconds_since(begin);
    TableStyle style{.terminal = tour_.terminal(), .rows_max = kRowsShown, .types = false};
    if (style.terminal.columns > 3) style.terminal.columns -= 3;
    tour_.show(format_table(*table, style));
    tour_.say(tour_.terminal().dim(fmt::format("answered in {}", readable_seconds(seconds))));
    const Verdict verdict = question.verdict(*table);
    tour_.check(verdict.holds, verdict.what);
  }

  // The last question needs a few seconds of live metrics; loading has usually taken that long.
  void wait_for_samples() {
    const auto begin = SteadyClock::now();
    while (seconds_since(begin) < 10) {
      const auto answer = client_.query("SELECT count(DISTINCT time) >= 3 FROM host_cpu", "text/csv");
      if (answer && answer.value->body.find("true") != std::string::npos) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }

  void pull_the_plug() {
    tour_.heading("Pulling the plug");
    PowerCutLoad load(client_.endpoint());
    const auto begin = SteadyClock::now();
    load.start();
    while (server_->running() && seconds_since(begin) < static_cast<double>(kLoadMax.count())) {
      if (load.acknowledged() >= kLoadRowsMin && SteadyClock::now() - begin >= kLoadMin) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const pid_t pid = server_->pid();
    server_->kill();
    load.join();
    tour_.say(fmt::format("{} writers stored {} rows in {}; then kill -9 {}, with {} rows on their way",
                          kPowerCutWriters, with_thousands(load.acknowledged()), readable_seconds(seconds_since(begin)),
                          pid, with_thousands(load.in_flight())));
    const auto seconds = server_->start();
    if (!seconds) return tour_.fail(seconds.error().message);
    tour_.say(fmt::format("started again: recovered and ready after {}", readable_seconds(*seconds)));
    reckon(load);
  }

  void reckon(PowerCutLoad& load) {
    const auto before = load.reckon(client_);
    if (!before.problem.empty()) return tour_.fail(before.problem);
    const std::uint64_t killed = before.acknowledged;
    tour_.check(before.lost == 0 && killed >= kLoadRowsMin,
                fmt::format("{} of {} acknowledged rows lost", with_thousands(before.lost), with_thousands(killed)));
    tour_.check(before.doubled == 0 && before.invented == 0,
                fmt::format("{} rows doubled, {} invented", before.doubled, before.invented));
    if (const std::string problem = load.resend(client_); !problem.empty()) return tour_.fail(problem);
    const auto after = load.reckon(client_);
    if (!after.problem.empty()) return tour_.fail(after.problem);
    tour_.check(after.lost == 0 && after.doubled == 0 && after.found == after.acknowledged,
                fmt::format("the writers sent again what got no answer, under the same keys: {} rows, each there once",
                            with_thousands(after.found)));
    for (const Dataset& dataset : datasets()) {
      if (dataset.table != "flights") continue;
      const std::uint64_t found = count_rows(dataset.table);
      tour_.check(found == dataset.rows, fmt::format("flights still has {} rows", with_thousands(found)));
    }
  }

  void close() {
    if (options_.once) {
      const int code = server_->stop();
      tour_.check(code == 0, fmt::format("the server stopped in order (exit code {})", code));
      tour_.say("");
      return sum_up();
    }
    tour_.heading("Your turn");
    sum_up();
    const auto& terminal = tour_.terminal();
    std::error_code unknown;
    const std::string program = fs::read_symlink("/proc/self/exe", unknown).string();
    const std::string page = fmt::format("http://localhost:{}/", options_.port);
    tour_.say(fmt::format("{} {}", terminal.bold("Open in a browser:"), terminal.bold(page)));
    tour_.say(fmt::format("  live charts          {}", page + kLiveChart));
    tour_.say(fmt::format("  API reference        {}docs", page));
    tour_.say(fmt::format("  SQL shell            {} sql --url {}", program, url_));
    tour_.say(fmt::format("  write a row          curl --data-binary 'cpu,host=a usage=42.5' {}/api/v2/write", url_));
    tour_.say(
        fmt::format("  live metrics         {} sql --url {} -c \"SELECT * FROM host_load ORDER BY time DESC LIMIT 5\"",
                    program, url_));
    tour_.say("Ctrl-C ends it.");
    wait_for_end();
  }

  void sum_up() { tour_.say(fmt::format("{} of {} checks held.", tour_.checks() - tour_.failures(), tour_.checks())); }

  void wait_for_end() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    const timespec second{1, 0};
    while (server_->running()) {
      if (sigtimedwait(&signals, nullptr, &second) > 0) {
        tour_.say("");
        tour_.say(fmt::format("stopping; the data stays in {}", options_.data_folder.string()));
        server_->stop();
        return;
      }
    }
    tour_.fail("the server ended by itself; its log says:\n" + server_->log_tail());
  }

  DemoOptions options_;
  Tour& tour_;
  std::string url_;
  ApiClient client_;
  std::optional<ChildServer> server_;
};

// Names every missing file at once, with the command that fetches them.
bool datasets_are_there(const fs::path& folder) {
  std::string missing;
  for (const Dataset& dataset : datasets()) {
    std::error_code unknown;
    if (!fs::is_regular_file(folder / dataset.file, unknown)) missing += fmt::format(" {}", dataset.file);
  }
  if (missing.empty()) return true;
  std::cerr << fmt::format("error: {} lacks{}; `./run demo` fetches them\n", folder.string(), missing);
  return false;
}

}  // namespace

ExitCode run_demo(const DemoOptions& given) {
  if (!datasets_are_there(given.datasets)) return ExitCode::kUsage;
  ::signal(SIGPIPE, SIG_IGN);
  DemoOptions options = given;
  if (options.port == 0) options.port = any_free_port();
  Tour tour(std::cout, terminal_of(STDOUT_FILENO));
  return Demo(options, tour).run();
}

}  // namespace streamflow::app
