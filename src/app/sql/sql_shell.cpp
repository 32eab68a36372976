#include "app/sql/sql_shell.h"

#include <fmt/format.h>

#include <ostream>

#include "app/sql/result_table.h"
#include "app/sql/sql_text.h"

namespace streamflow::app {

namespace {

constexpr std::size_t kVocabularyColumnsMax = 20'000;
constexpr std::chrono::seconds kVocabularyAge(15);

constexpr std::string_view kHelp =
    R"(SQL ends with a semicolon and may take several lines. Tab completes, arrow up recalls, Ctrl-C abandons or cancels.

  \d            the tables               \d NAME       the columns of one table
  \dt           the same as \d           \x            one value a line, on and off
  \timing       show the time, on, off   \format NAME  table, csv or json
  \refresh      reload names for Tab     \q            leave (or Ctrl-D)
  \help or \?   this text

Try:  SELECT count(*) FROM flights;
)";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

const char* on_or_off(bool value) {
  return value ? "on" : "off";
}

}  // namespace

std::string tables_statement() {
  return "SELECT table_name AS \"table\", count(*) AS columns FROM information_schema.columns "
         "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') GROUP BY ALL ORDER BY ALL";
}

std::string describe_statement(std::string_view table) {
  return fmt::format("DESCRIBE {}", table.starts_with('"') ? std::string(table) : quoted(table));
}

SqlShell::Next SqlShell::enter(std::string_view line, const std::function<bool()>& cancelled) {
  if (buffer_.empty() && trimmed(line).starts_with('\\')) {
    history_ = trimmed(line);
    command(trimmed(line), cancelled);
    return quit_ ? Next::kQuit : Next::kContinue;
  }
  buffer_.append(line);
  buffer_ += '\n';
  SplitSql split = split_sql(buffer_);
  if (!split.statements.empty()) history_ = trimmed(buffer_);
  for (const std::string& statement : split.statements) {
    if (runner_.run(statement, cancelled) != ExitCode::kOk) {
      split.rest.clear();  // what follows a failure on the same line was meant for its success
      break;
    }
  }
  buffer_ = split.rest.empty() ? std::string() : split.rest + "\n";
  return Next::kContinue;
}

std::string SqlShell::take_history_entry() {
  return std::exchange(history_, {});
}

void SqlShell::set_format(std::string_view name) {
  if (name == "table" || name == "csv" || name == "json") {
    runner_.options().format = name == "csv"    ? OutputFormat::kCsv
                               : name == "json" ? OutputFormat::kJson
                                                : OutputFormat::kTable;
    out_ << "Format is " << name << ".\n";
  } else {
    err_ << "\\format wants table, csv or json\n";
  }
}

void SqlShell::command(std::string_view line, const std::function<bool()>& cancelled) {
  const std::size_t blank = line.find_first_of(" \t");
  const std::string_view name = line.substr(0, blank);
  std::string_view argument = blank == std::string_view::npos ? std::string_view() : trimmed(line.substr(blank));
  if (argument.ends_with(';')) argument = trimmed(argument.substr(0, argument.size() - 1));
  SqlRunnerOptions& options = runner_.options();
  if (name == "\\q" || name == "\\quit") {
    quit_ = true;
  } else if (name == "\\help" || name == "\\?" || name == "\\h") {
    out_ << kHelp;
  } else if (name == "\\d" && !argument.empty()) {
    runner_.run(describe_statement(argument), cancelled);
  } else if (name == "\\d" || name == "\\dt") {
    runner_.run(tables_statement(), cancelled);
  } else if (name == "\\timing") {
    options.timing = !options.timing;
    out_ << "Timing is " << on_or_off(options.timing) << ".\n";
  } else if (name == "\\x") {
    options.expanded = !options.expanded;
    out_ << "One value a line is " << on_or_off(options.expanded) << ".\n";
  } else if (name == "\\format") {
    set_format(argument);
  } else if (name == "\\refresh") {
    load_vocabulary();
  } else {
    err_ << "unknown command " << printable(name) << "; \\help lists them\n";
  }
  out_ << std::flush;
  err_ << std::flush;
}

void SqlShell::load_vocabulary() {
  loaded_ = std::chrono::steady_clock::now();
  const auto answer = client_.query(
      fmt::format("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema NOT IN "
                  "('information_schema', 'pg_catalog') ORDER BY table_name, ordinal_position LIMIT {}",
                  kVocabularyColumnsMax),
      "application/json");
  if (!answer) return;  // Tab then offers keywords only; the next statement reports what is wrong
  const auto table = parse_result(answer.value->body);
  if (!table) return;
  vocabulary_.tables.clear();
  for (const auto& row : table->rows) {
    if (row.size() < 2 || !row[0] || !row[1]) continue;
    if (vocabulary_.tables.empty() || vocabulary_.tables.back().name != *row[0])
      vocabulary_.tables.push_back({*row[0], {}});
    vocabulary_.tables.back().columns.push_back(*row[1]);
  }
}

Completion SqlShell::complete_line(std::string_view line) {
  const bool never = loaded_ == std::chrono::steady_clock::time_point{};
  if (never || std::chrono::steady_clock::now() - loaded_ > kVocabularyAge) load_vocabulary();
  Completion completion = complete(buffer_ + std::string(line), vocabulary_);
  completion.begin = completion.begin >= buffer_.size() ? completion.begin - buffer_.size() : line.size();
  return completion;
}

}  // namespace streamflow::app
