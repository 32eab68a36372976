// Command lines of the benchmarks: `--name value` and `--name`.
// Threads: an object belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace streamflow::bench {

class Options {
 public:
  Options(int argc, char** argv, std::string usage) : usage_(std::move(usage)), words_(argv + 1, argv + argc) {}

  std::uint64_t integer(const std::string& name, std::uint64_t otherwise);
  std::string text(const std::string& name, std::string otherwise);
  bool flag(const std::string& name);
  // After every option was asked for: whether all words were understood; says what was not.
  bool accepted() const;

 private:
  std::string usage_;
  std::vector<std::string> words_;  // those not yet taken
  std::string fault_;
};

}  // namespace streamflow::bench
