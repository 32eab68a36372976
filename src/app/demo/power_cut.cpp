#include "app/demo/power_cut.h"

#include <fmt/format.h>

#include <charconv>

#include "app/import/importer.h"
#include "app/sql/result_table.h"

namespace streamflow::app {

namespace {

constexpr std::int64_t kBeginNs = 1'780'000'000'000'000'000;
constexpr std::string_view kParameters = "&duplicates=keep";  // a row stored twice shows as two

std::optional<std::uint64_t> count_at(const std::vector<std::optional<std::string>>& row, std::size_t column) {
  if (column >= row.size() || !row[column]) return std::nullopt;
  std::uint64_t value = 0;
  const std::string& text = *row[column];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

PowerCutLoad::PowerCutLoad(Endpoint endpoint) : endpoint_(std::move(endpoint)), id_(random_id()) {}

void PowerCutLoad::start() {
  for (std::size_t i = 0; i < writers_.size(); ++i) writers_[i].thread = std::thread([this, i] { write(i); });
}

void PowerCutLoad::join() {
  for (Writer& writer : writers_) {
    if (writer.thread.joinable()) writer.thread.join();
  }
}

std::string PowerCutLoad::batch(std::size_t index, std::uint64_t first) const {
  std::string lines;
  for (std::uint64_t n = first; n < first + kPowerCutBatchRows; ++n) {
    fmt::format_to(std::back_inserter(lines), "power_cut,writer={} n={}i {}\n", writer_name(index), n,
                   kBeginNs + static_cast<std::int64_t>(n) * 1000);
  }
  return lines;
}

std::string PowerCutLoad::key(std::size_t index, std::uint64_t first) const {
  return fmt::format("{}-{}/1/{}", id_, index, first / kPowerCutBatchRows + 1);
}

void PowerCutLoad::write(std::size_t index) {
  Writer& writer = writers_[index];
  ApiClient client(endpoint_);
  for (std::uint64_t first = 0;; first += kPowerCutBatchRows) {
    const std::string lines = batch(index, first);
    writer.sent = first + kPowerCutBatchRows;
    while (true) {
      const auto answer = client.write(lines, kParameters, key(index, first));
      if (answer && answer.value->rejected == 0) break;
      if (answer || answer.problem.status == 0 || !answer.problem.may_retry()) return;  // the plug is pulled
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    writer.acknowledged = first + kPowerCutBatchRows;
  }
}

std::uint64_t PowerCutLoad::acknowledged() const {
  std::uint64_t rows = 0;
  for (const Writer& writer : writers_) rows += writer.acknowledged;
  return rows;
}

std::uint64_t PowerCutLoad::in_flight() const {
  std::uint64_t rows = 0;
  for (const Writer& writer : writers_) rows += writer.sent - writer.acknowledged;
  return rows;
}

PowerCutLoad::Reckoning PowerCutLoad::reckon(ApiClient& client) const {
  Reckoning reckoning;
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    const std::uint64_t acknowledged = writers_[i].acknowledged;
    const std::string sql = fmt::format(
        "SELECT count(*), count(DISTINCT n), count(DISTINCT n) FILTER (n < {}), count(*) FILTER (n >= {} OR n < 0) "
        "FROM power_cut WHERE writer = '{}'",
        acknowledged, writers_[i].sent, writer_name(i));
    const auto answer = client.query(sql, "application/json");
    if (!answer) return {.problem = answer.problem.text()};
    const auto table = parse_result(answer.value->body);
    if (!table || table->error || table->rows.size() != 1) return {.problem = "the server's answer is not one row"};
    const auto& row = table->rows[0];
    const auto all = count_at(row, 0), distinct = count_at(row, 1), kept = count_at(row, 2),
               invented = count_at(row, 3);
    if (!all || !distinct || !kept || !invented) return {.problem = "the server's answer is not four counts"};
    reckoning.acknowledged += acknowledged;
    reckoning.found += *distinct;
    reckoning.lost += acknowledged - *kept;
    reckoning.doubled += *all - *distinct;
    reckoning.invented += *invented;
  }
  return reckoning;
}

std::string PowerCutLoad::resend(ApiClient& client) {
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    Writer& writer = writers_[i];
    if (writer.sent == writer.acknowledged) continue;
    const std::uint64_t first = writer.sent - kPowerCutBatchRows;
    const auto answer = client.write(batch(i, first), kParameters, key(i, first));
    if (!answer) return answer.problem.text();
    if (answer.value->rejected > 0) return "the server rejected rows of a repeated batch";
    writer.acknowledged = writer.sent;
  }
  return {};
}

}  // namespace streamflow::app
