#include "app/sql/sql_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>

#include "app/sql/result_table.h"
#include "app/sql/sql_text.h"

namespace streamflow::app {

namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

// One value a line, a rule between rows.
std::string format_expanded(const ResultTable& table, const Terminal& terminal) {
  std::size_t width = 0;
  for (const TableColumn& column : table.columns) width = std::max(width, display_width(printable(column.name)));
  std::string out;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    out += terminal.dim(fmt::format("── row {} ──", row + 1)) + "\n";
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const std::string name = printable(table.columns[c].name);
      const auto& cell = table.rows[row][c];
      out += terminal.bold(name) + std::string(width - display_width(name) + 2, ' ');
      out += (cell ? printable(*cell) : terminal.dim("NULL")) + "\n";
    }
  }
  return out;
}

}  // namespace

std::string describe(const Problem& problem, std::string_view statement, const Terminal& terminal) {
  // The engine's own words may carry a "LINE 1: … ^" already; a second caret would only confuse.
  const std::string text = problem.text();
  std::string out = terminal.red("error:") + " " + text + "\n";
  for (const std::string& error : problem.errors) {
    if (text.find(error) == std::string::npos) out += "  " + error + "\n";
  }
  if (problem.position && !statement.empty() && text.find("LINE ") == std::string::npos) {
    out += caret_lines(statement, *problem.position) + "\n";
  }
  return out;
}

ExitCode SqlRunner::report(std::string_view statement, const Problem& problem) {
  err_ << describe(problem, statement, options_.err) << std::flush;
  return problem.exit_code;
}

ExitCode SqlRunner::run_table(std::string_view statement, const std::function<bool()>& cancelled) {
  const auto begin = SteadyClock::now();
  const auto answer = client_.query(statement, "application/json", nullptr, cancelled);
  if (!answer) {
    Problem problem = answer.problem;
    if (problem.status == 0 && problem.detail.starts_with("the answer is larger")) {
      problem.detail += ": too much for a table. Add a LIMIT, or use --format csv or json, which stream";
    }
    return report(statement, problem);
  }
  const auto table = parse_result(answer.value->body);
  if (!table) {
    Problem problem = problem_of(table.error());
    problem.exit_code = ExitCode::kFailed;
    return report(statement, problem);
  }
  if (table->error) return report(statement, Problem{.detail = *table->error});
  const double seconds = seconds_since(begin);
  out_ << (options_.expanded ? format_expanded(*table, options_.out)
                             : format_table(*table, {.terminal = options_.out, .rows_max = options_.rows_shown_max}));
  if (options_.footer) {
    const std::size_t count = table->rows.size();
    std::string footer = fmt::format("{} row{}", with_thousands(count), count == 1 ? "" : "s");
    if (options_.timing) footer += fmt::format(" in {}", readable_seconds(seconds));
    out_ << options_.out.dim(footer) << "\n";
  }
  out_ << std::flush;
  return ExitCode::kOk;
}

ExitCode SqlRunner::run_stream(std::string_view statement, std::string_view accept,
                               const std::function<bool()>& cancelled) {
  constexpr std::size_t kTailBytes = 8192;
  std::string tail;
  const auto sink = [&](std::string_view piece) {
    out_.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    tail.append(piece.substr(piece.size() - std::min(piece.size(), kTailBytes)));
    if (tail.size() > 2 * kTailBytes) tail.erase(0, tail.size() - kTailBytes);
    return out_.good();  // a closed pipe stops the query
  };
  const auto answer = client_.query(statement, accept, sink, cancelled);
  if (!tail.empty() && tail.back() != '\n') out_ << '\n';
  out_ << std::flush;
  if (!answer) return report(statement, answer.problem);
  if (options_.format == OutputFormat::kJson) {
    if (auto error = error_in_tail(tail)) return report(statement, Problem{.detail = std::move(*error)});
  }
  return ExitCode::kOk;
}

ExitCode SqlRunner::run(std::string_view statement, const std::function<bool()>& cancelled) {
  switch (options_.format) {
    case OutputFormat::kCsv: return run_stream(statement, "text/csv", cancelled);
    case OutputFormat::kJson: return run_stream(statement, "application/json", cancelled);
    case OutputFormat::kTable: break;
  }
  return run_table(statement, cancelled);
}

ExitCode SqlRunner::run_all(std::string_view text, const std::function<bool()>& cancelled) {
  SplitSql split = split_sql(text);
  if (!split.rest.empty()) split.statements.push_back(split.rest);  // the last semicolon may be missing
  if (split.statements.empty()) {
    err_ << options_.err.red("error:") << " no SQL statement given\n";
    return ExitCode::kUsage;
  }
  for (const std::string& statement : split.statements) {
    if (const ExitCode code = run(statement, cancelled); code != ExitCode::kOk) return code;
  }
  return ExitCode::kOk;
}

}  // namespace streamflow::app
