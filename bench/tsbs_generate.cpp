// Writes TSBS cpu-only-shaped line protocol to standard output.
// Usage: tsbs_generate [--hosts N] [--rows N] [--seed N] [--start-ns N] [--interval-s N]
#include <cstdio>

#include "bench_options.h"
#include "tsbs.h"

int main(int argc, char** argv) {
  using namespace streamflow::bench;
  Options arguments(argc, argv,
                    "tsbs_generate [--hosts N] [--rows N] [--seed N] [--start-ns N] [--interval-s N] > lines.txt");
  TsbsOptions options;
  options.hosts = static_cast<std::uint32_t>(arguments.integer("--hosts", options.hosts));
  options.seed = arguments.integer("--seed", options.seed);
  options.start_ns =
      static_cast<std::int64_t>(arguments.integer("--start-ns", static_cast<std::uint64_t>(options.start_ns)));
  options.interval_ns = static_cast<std::int64_t>(arguments.integer("--interval-s", 10)) * 1'000'000'000;
  std::uint64_t rows = arguments.integer("--rows", 1'000'000);
  if (!arguments.accepted() || options.hosts == 0) { return 2; }

  TsbsGenerator generator(options);
  std::string text;
  while (rows > 0) {
    const std::uint64_t batch = rows < 10'000 ? rows : 10'000;
    text.clear();
    generator.append(batch, text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
      std::perror("tsbs_generate: cannot write");
      return 1;
    }
    rows -= batch;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
