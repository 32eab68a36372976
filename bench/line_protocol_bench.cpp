// Measures the line protocol decoder on TSBS cpu-only lines: points per second of one core.
// Usage: line_protocol_bench [--hosts N] [--batch N] [--batches N] [--rounds N] [--json]
// The answer is checked: a round that loses a row fails the run.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "bench_options.h"
#include "ingest/protocols/line_protocol.h"
#include "tsbs.h"

namespace {

using Clock = std::chrono::steady_clock;
using streamflow::bench::TsbsGenerator;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Shape {
  streamflow::bench::TsbsOptions tsbs;
  std::uint64_t batch = 10'000, batches = 20, rounds = 5;
};

struct Figures {
  double generator_points = 0;  // per second
  std::vector<double> decoder_points;
  double bytes_per_row = 0;
};

// False when the decoder's answer is wrong.
bool measure(const Shape& shape, Figures& figures) {
  TsbsGenerator generator(shape.tsbs);
  std::vector<std::string> bodies(shape.batches);
  for (std::string& body : bodies) { generator.append(shape.batch, body); }  // touches the memory
  generator = TsbsGenerator(shape.tsbs);
  const Clock::time_point start = Clock::now();
  std::size_t bytes = 0;
  for (std::string& body : bodies) {
    body.clear();
    generator.append(shape.batch, body);
    bytes += body.size();
  }
  const auto rows = static_cast<double>(shape.batch * shape.batches);
  figures.generator_points = rows * TsbsGenerator::kFields / seconds_since(start);
  figures.bytes_per_row = static_cast<double>(bytes) / rows;

  streamflow::ingest::LineProtocolDecoder decoder;
  for (std::uint64_t round = 0; round < shape.rounds; ++round) {
    std::uint64_t decoded = 0;
    double seconds = 0;
    for (const std::string& body : bodies) {
      const Clock::time_point begin = Clock::now();
      const streamflow::ingest::LineProtocolResult result = decoder.decode(body, {});
      seconds += seconds_since(begin);
      if (result.batches.size() != 1 || result.error_count != 0) { return false; }
      decoded += result.batches[0].point_count();
    }
    if (decoded != shape.batch * shape.batches * TsbsGenerator::kFields) { return false; }
    figures.decoder_points.push_back(static_cast<double>(decoded) / seconds);
  }
  std::sort(figures.decoder_points.begin(), figures.decoder_points.end());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  streamflow::bench::Options arguments(
      argc, argv, "line_protocol_bench [--hosts N] [--batch N] [--batches N] [--rounds N] [--json]");
  Shape shape;
  shape.tsbs.hosts = static_cast<std::uint32_t>(arguments.integer("--hosts", 4000));
  shape.batch = arguments.integer("--batch", shape.batch);
  shape.batches = arguments.integer("--batches", shape.batches);
  shape.rounds = arguments.integer("--rounds", shape.rounds);
  const bool json = arguments.flag("--json");
  if (!arguments.accepted() || shape.tsbs.hosts == 0 || shape.rounds == 0 || shape.batch == 0) { return 2; }

  Figures figures;
  if (!measure(shape, figures)) {
    std::fprintf(stderr, "line_protocol_bench: the decoder lost or refused rows\n");
    return 1;
  }
  const double median = figures.decoder_points[figures.decoder_points.size() / 2];
  const double ns_per_row = 1e9 * TsbsGenerator::kFields / median;
  std::printf(json ? "{\"hosts\":%u,\"batch\":%llu,\"bytes_per_row\":%.1f,\"generator_points_per_second\":%.0f,"
                     "\"decoder_points_per_second\":%.0f,\"best\":%.0f,\"ns_per_row\":%.1f}\n"
                   : "hosts %u, batch %llu rows, %.1f bytes a row\ngenerator %.0f points/s\n"
                     "decoder   %.0f points/s (median), %.0f (best), %.1f ns a row\n",
              shape.tsbs.hosts, static_cast<unsigned long long>(shape.batch), figures.bytes_per_row,
              figures.generator_points, median, figures.decoder_points.back(), ns_per_row);
  return 0;
}
