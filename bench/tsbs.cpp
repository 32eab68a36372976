#include "tsbs.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace streamflow::bench {
namespace {

// Field names with what precedes and follows them in a line, padded so that one fixed-size copy moves each.
struct FieldText {
  char text[24];
  std::size_t bytes;
};
constexpr FieldText kFieldTexts[TsbsGenerator::kFields] = {
    {"usage_user=", 11},     {"i,usage_system=", 15},    {"i,usage_idle=", 13},    {"i,usage_nice=", 13},
    {"i,usage_iowait=", 15}, {"i,usage_irq=", 12},       {"i,usage_softirq=", 16}, {"i,usage_steal=", 14},
    {"i,usage_guest=", 14},  {"i,usage_guest_nice=", 19}};

constexpr const char* kRegions[] = {"us-east-1",      "us-west-1",      "us-west-2",      "eu-west-1", "eu-central-1",
                                    "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1"};
constexpr const char* kSystems[] = {"Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"};
constexpr const char* kArchitectures[] = {"x64", "x86"};
constexpr const char* kTeams[] = {"SF", "NYC", "LON", "CHI"};
constexpr const char* kEnvironments[] = {"production", "staging", "test"};

template <std::size_t N>
const char* pick(const char* const (&choices)[N], std::uint64_t random) {
  return choices[random % N];
}

// Two digits of 0..99; a table, because division is the slowest part otherwise.
struct Decimals {
  std::array<std::array<char, 4>, 101> text{};
  std::array<std::uint8_t, 101> bytes{};
  Decimals() {
    for (int value = 0; value <= 100; ++value) {
      char* const first = text[static_cast<std::size_t>(value)].data();
      bytes[static_cast<std::size_t>(value)] =
          static_cast<std::uint8_t>(std::to_chars(first, first + 4, value).ptr - first);
    }
  }
};

// The standard normal quantile of p, by bisection on erfc: exact enough, and only run at start.
double normal_quantile(double p) {
  double low = -6, high = 6;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::sqrt(2.0)) / 2 < p ? low : high) = middle;
  }
  return low;
}

std::uint64_t mixed(std::uint64_t x) {  // SplitMix64's finaliser (Steele, Lea, Flood 2014)
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

std::string host_text(std::uint32_t number, std::uint64_t seed) {
  std::string text = "cpu";
  const auto values = TsbsGenerator::tags_of(number, seed);
  for (std::size_t t = 0; t < values.size(); ++t) { text += "," + TsbsGenerator::kTagNames[t] + "=" + values[t]; }
  return text + " ";
}

}  // namespace

const std::array<std::string, TsbsGenerator::kTags> TsbsGenerator::kTagNames = {
    "hostname", "region",          "datacenter",         "rack", "os", "arch", "team",
    "service",  "service_version", "service_environment"};
const std::array<std::string, TsbsGenerator::kFields> TsbsGenerator::kFieldNames = {
    "usage_user", "usage_system",  "usage_idle",  "usage_nice",  "usage_iowait",
    "usage_irq",  "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice"};

std::array<std::string, TsbsGenerator::kTags> TsbsGenerator::tags_of(std::uint32_t host, std::uint64_t seed) {
  std::uint64_t random = mixed(seed ^ (std::uint64_t{host} << 20U));
  const auto next = [&] { return random = mixed(random); };
  const std::string region = pick(kRegions, next());
  return {"host_" + std::to_string(host),
          region,
          region + static_cast<char>('a' + next() % 3),
          std::to_string(next() % 100),
          pick(kSystems, next()),
          pick(kArchitectures, next()),
          pick(kTeams, next()),
          std::to_string(next() % 20),
          std::to_string(next() % 2),
          pick(kEnvironments, next())};
}

TsbsGenerator::TsbsGenerator(const TsbsOptions& options)
    : options_(options),
      state_(mixed(options.seed ^ (std::uint64_t{options.first_host} << 32U))),
      time_ns_(options.start_ns) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(steps_.size());
    steps_[i] = static_cast<std::int32_t>(std::lround(normal_quantile(p) * 1000));
  }
  hosts_.reserve(options.hosts);
  for (std::uint32_t i = 0; i < options.hosts; ++i) {
    Host& host = hosts_.emplace_back();
    host.text = host_text(options.first_host + i, options.seed);
    for (std::int32_t& value : host.values) { value = static_cast<std::int32_t>(random() % 100'000); }
    line_bytes_max_ = std::max(line_bytes_max_, host.text.size());
  }
  line_bytes_max_ += kFields * (sizeof(FieldText::text) + 4) + time_text_.size() + 3;
}

std::uint64_t TsbsGenerator::random() {  // xorshift64* (Vigna 2016)
  state_ ^= state_ >> 12U;
  state_ ^= state_ << 25U;
  state_ ^= state_ >> 27U;
  return state_ * 0x2545F4914F6CDD1DU;
}

// One step of every field of a host.
void TsbsGenerator::walk(Host& host) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kFields; ++i) {
    bits = i % 5 == 0 ? random() >> 4U : bits >> 12U;  // five steps of 12 bits from each number
    host.values[i] = std::clamp(host.values[i] + steps_[bits % steps_.size()], 0, 100'000);
  }
}

// The time of the next row, when that is the first host's.
void TsbsGenerator::begin_round() {
  if (next_host_ != 0) { return; }
  time_ns_ = options_.start_ns + static_cast<std::int64_t>(rows_ / hosts_.size()) * options_.interval_ns;
}

void TsbsGenerator::next(std::uint64_t rows, Columns& out) {
  out.times.resize(rows);
  out.hosts.resize(rows);
  for (auto& field : out.fields) { field.resize(rows); }
  for (std::uint64_t row = 0; row < rows; ++row, ++rows_) {
    begin_round();
    Host& host = hosts_[next_host_];
    walk(host);
    out.times[row] = time_ns_;
    out.hosts[row] = static_cast<std::uint32_t>(next_host_);
    for (std::size_t f = 0; f < kFields; ++f) { out.fields[f][row] = host.values[f] / 1000; }
    next_host_ = next_host_ + 1 == hosts_.size() ? 0 : next_host_ + 1;
  }
}

char* TsbsGenerator::write_row(Host& host, char* at) {
  static const Decimals decimals;
  walk(host);
  std::memcpy(at, host.text.data(), host.text.size());  // NOLINT(bugprone-not-null-terminated-result): lines end in \n
  at += host.text.size();
  for (std::size_t i = 0; i < kFields; ++i) {
    std::memcpy(at, kFieldTexts[i].text, sizeof kFieldTexts[i].text);
    at += kFieldTexts[i].bytes;
    const auto value = static_cast<std::size_t>(host.values[i] / 1000);
    std::memcpy(at, decimals.text[value].data(), 4);
    at += decimals.bytes[value];
  }
  *at++ = 'i';
  *at++ = ' ';
  std::memcpy(at, time_text_.data(), time_text_.size());
  at += time_bytes_;
  *at++ = '\n';
  return at;
}

void TsbsGenerator::append(std::uint64_t rows, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + rows * line_bytes_max_);
  char* at = out.data() + start;
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (next_host_ == 0) {
      begin_round();
      time_bytes_ = static_cast<std::size_t>(
          std::to_chars(time_text_.data(), time_text_.data() + time_text_.size(), time_ns_).ptr - time_text_.data());
    }
    at = write_row(hosts_[next_host_], at);
    next_host_ = next_host_ + 1 == hosts_.size() ? 0 : next_host_ + 1;
    ++rows_;
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
}

}  // namespace streamflow::bench
