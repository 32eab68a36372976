#include "app/command/serve_command.h"

#include <fmt/format.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/host/host_collector.h"
#include "app/sql/terminal.h"
#include "ingest/protocols/line_protocol.h"
#include "server/server.h"

namespace streamflow::app {

namespace {

// Standard output is for answers; what the server has to say goes to standard error.
void set_up_log(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("streamflow"));
  spdlog::set_level(spdlog::level::from_str(level == "warn" ? "warning" : level == "error" ? "err" : level));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
}

// Blocks the signals that end the server in this thread and every one it starts, so that only sigwait sees them.
sigset_t block_end_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

HostCollector::Write write_into(storage::Engine& engine) {
  auto decoder = std::make_shared<ingest::LineProtocolDecoder>();
  return [&engine, decoder](const std::string& lines, Timestamp now) -> Status {
    ingest::LineProtocolResult decoded = decoder->decode(lines, {.now = now});
    if (decoded.error_count > 0 && !decoded.errors.empty()) {
      return Error{ErrorCode::kInternal, decoded.errors.front().reason};
    }
    storage::WriteRequest request;
    request.batches = std::move(decoded.batches);
    SF_TRY(receipt, engine.write(std::move(request)));
    if (!receipt.rejected.empty()) return Error{ErrorCode::kConflict, receipt.rejected.front().reason};
    return Ok{};
  };
}

void greet(const server::Server& server, const ServeCommandOptions& options) {
  const auto& folder = options.configuration.settings.server.data_folder;
  if (options.json) {
    std::cout << nlohmann::json{{"url", server.url()}, {"data_dir", folder.string()}, {"pid", ::getpid()}}.dump()
              << std::endl;
    return;
  }
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  std::cout << fmt::format("{} at {}\n  data in {}\n  API     {}/docs\n  SQL     streamflow sql --url {}\n",
                           terminal.bold("StreamFlow is ready"), server.url(), folder.string(), server.url(),
                           server.url())
            << std::flush;
}

}  // namespace

ExitCode run_serve(const ServeCommandOptions& options) {
  const Settings& settings = options.configuration.settings;
  set_up_log(settings.log_level);
  for (const std::string& warning : options.configuration.warnings) spdlog::warn("{}", warning);
  const sigset_t signals = block_end_signals();
  auto server = server::Server::start(settings.server);
  if (!server) {
    std::cerr << terminal_of(STDERR_FILENO).red("error:") << " " << server.error().message << "\n";
    return exit_code_of(server.error());
  }
  std::optional<HostCollector> collector;
  if (settings.collect_host_metrics) collector.emplace(write_into((*server)->engine()));
  greet(**server, options);
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping on {}", signal == SIGINT ? "SIGINT" : "SIGTERM");
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second signal ends the process at once
  collector.reset();
  (*server)->stop();
  return ExitCode::kOk;
}

}  // namespace streamflow::app
