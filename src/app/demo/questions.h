// The six questions of the guided tour, and what their answers must be.
// Source:     vega-datasets 3.2.1 (pinned by hash, so its answers are known) and bench_signal.h.
// Threads:    pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/sql/result_table.h"

namespace streamflow::app {

struct Verdict {
  bool holds = false;
  std::string what;  // what was checked, with the figures found
};

struct Question {
  std::string_view title;
  std::string_view sql;
  std::function<Verdict(const ResultTable&)> verdict;
};

const std::vector<Question>& all_questions();

}  // namespace streamflow::app
