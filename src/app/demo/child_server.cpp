#include "app/demo/child_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "app/client/api_client.h"

namespace streamflow::app {

namespace {

constexpr std::chrono::seconds kReadyMax(60);
constexpr std::size_t kLogTailBytes = 2000;

// In the child between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, char** arguments, int log, pid_t parent) {
  ::setpgid(0, 0);  // Ctrl-C reaches the tour alone, which then stops the server in order
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // it ended meanwhile
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(program, arguments);
  ::_exit(127);
}

// A bound loopback port, or 0.
std::uint16_t bind_port(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(descriptor, generic, length) == 0 && ::getsockname(descriptor, generic, &length) == 0;
  ::close(descriptor);
  return bound ? ntohs(address.sin_port) : 0;
}

}  // namespace

ChildServer::ChildServer(std::filesystem::path program, std::vector<std::string> arguments, std::filesystem::path log,
                         std::string url)
    : program_(std::move(program)), arguments_(std::move(arguments)), log_(std::move(log)), url_(std::move(url)) {}

ChildServer::~ChildServer() {
  stop();
}

Result<double> ChildServer::start() {
  const auto begin = std::chrono::steady_clock::now();
  const int log = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return Error{ErrorCode::kIo, fmt::format("cannot write {}: {}", log_.string(), std::strerror(errno))};
  std::string name = "streamflow", command = "serve";
  std::vector<char*> pointers{name.data(), command.data()};
  for (std::string& argument : arguments_) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(program_.c_str(), pointers.data(), log, parent);
  ::close(log);
  if (pid < 0)
    return Error{ErrorCode::kIo, fmt::format("cannot start {}: {}", program_.string(), std::strerror(errno))};
  pid_ = pid;
  ApiClient client({url_, ""});
  while (true) {
    if (client.ready()) return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!running()) return Error{ErrorCode::kUnavailable, "the server ended at once; its log says:\n" + log_tail()};
    if (std::chrono::steady_clock::now() - begin > kReadyMax) {
      return Error{ErrorCode::kTimeout, "the server is not ready after a minute; its log says:\n" + log_tail()};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

bool ChildServer::running() {
  if (pid_ == 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = 0;
  return false;
}

int ChildServer::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void ChildServer::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

int ChildServer::stop() {
  if (pid_ == 0) return 0;
  ::kill(pid_, SIGTERM);
  return wait();
}

std::string ChildServer::log_tail() const {
  std::ifstream file(log_, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>{});
  if (text.size() > kLogTailBytes) text.erase(0, text.size() - kLogTailBytes);
  return text;
}

bool port_is_free(std::uint16_t port) {
  return bind_port(port) != 0;
}
std::uint16_t any_free_port() {
  return bind_port(0);
}

}  // namespace streamflow::app
