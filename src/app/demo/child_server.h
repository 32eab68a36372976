// A server in a process of its own, as the guided tour starts, stops and kills it.
// Invariants: the child ends when this process ends, however it does.
// Threads:    start, stop and kill from one thread, the one that outlives the child.
// Errors:     kUnavailable when the child ends before it is ready, with the end of its log; kTimeout; kIo.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/result.h"

namespace streamflow::app {

class ChildServer {
 public:
  // `arguments` follow "streamflow serve". Standard output and error go to the end of `log`.
  ChildServer(std::filesystem::path program, std::vector<std::string> arguments, std::filesystem::path log,
              std::string url);
  ~ChildServer();  // stops it
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  // Returns when GET /ready answers; the seconds that took.
  Result<double> start();
  bool running();  // reaps it when it has ended
  void kill();     // kill -9, and waits until it is gone
  int stop();      // SIGTERM, and its exit code; -1 when it ended otherwise
  pid_t pid() const { return pid_; }
  std::string log_tail() const;

 private:
  int wait();

  std::filesystem::path program_;
  std::vector<std::string> arguments_;
  std::filesystem::path log_;
  std::string url_;
  pid_t pid_ = 0;  // 0: not running
};

// Can a server listen on this loopback port now?
bool port_is_free(std::uint16_t port);
std::uint16_t any_free_port();  // 0 when there is none

}  // namespace streamflow::app
