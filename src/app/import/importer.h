// Sends an ImportSource to a server: reads ahead in one thread, sends in another, retries what may be retried.
// Invariants: each chunk carries an Idempotency-Key of its own, so that a retry counts once. Chunks arrive in order:
//             one is sent only after the one before was answered.
// Threads:    run_import starts and joins its own; `progress` is called from the calling thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/client/api_client.h"
#include "app/import/import_source.h"

namespace streamflow::app {

struct ImportOptions {
  Endpoint endpoint;
  std::string duplicates = "keep";          // for the table it creates
  std::size_t attempts_max = 12;            // per chunk
  std::function<void(Duration)> wait = {};  // between attempts; tests replace it. Empty: sleeps
  std::function<void(double fraction, std::uint64_t rows)> progress = {};
};

struct ImportSummary {
  std::uint64_t rows_sent = 0, rows_stored = 0;
  std::map<std::string, std::uint64_t> rejected;  // reasons with counts
  std::vector<std::string> notes;
  std::uint64_t retries = 0;
  double seconds = 0;
  Problem problem;  // why it stopped early
  bool complete = false;

  std::uint64_t rows_rejected() const;
};

ImportSummary run_import(ImportSource& source, const ImportOptions& options);

// How long to wait before attempt `attempt` (1 is the first retry): what the server asks for, or a doubling time
// between 0.1 s and 10 s, plus up to half of it at random so that clients do not return together.
Duration retry_delay(std::size_t attempt, std::optional<int> retry_after_s, double random_0_to_1);

// 32 random hex digits.
std::string random_id();

}  // namespace streamflow::app
