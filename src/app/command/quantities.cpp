// Sizes, durations and near misses of settings.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "app/settings/settings.h"

namespace streamflow::app {

namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 12> kByteUnits{{{"B", 1},
                                           {"", 1},
                                           {"KiB", 1024.0},
                                           {"MiB", 1024.0 * 1024},
                                           {"GiB", 1024.0 * 1024 * 1024},
                                           {"TiB", 1024.0 * 1024 * 1024 * 1024},
                                           {"kB", 1e3},
                                           {"KB", 1e3},
                                           {"MB", 1e6},
                                           {"GB", 1e9},
                                           {"TB", 1e12},
                                           {"K", 1024.0}}};
constexpr std::array<Unit, 8> kTimeUnits{
    {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}}};

// A number and its unit; nullopt when either is malformed.
std::optional<double> parse_quantity(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == rest; });
  if (unit == units.end()) return std::nullopt;
  return number * unit->factor;
}

// Edits (insert, delete, replace, swap of neighbours) from a to b: optimal string alignment.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({replaced, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

Result<std::uint64_t> parse_bytes(std::string_view text) {
  const auto bytes = parse_quantity(text, kByteUnits);
  if (!bytes || *bytes > 1e18) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("not a size: \"{}\"; write it like 512MiB or 2GiB", text)};
  }
  return static_cast<std::uint64_t>(*bytes);
}

Result<Duration> parse_duration(std::string_view text) {
  const auto ns = parse_quantity(text, kTimeUnits);
  if (!ns || *ns > 9e18) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("not a duration: \"{}\"; write it like 100ms, 30s, 10m or 2h", text)};
  }
  return Duration(static_cast<std::int64_t>(*ns));
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kNames{"KiB", "MiB", "GiB", "TiB"};
  std::string_view unit;
  for (const std::string_view name : kNames) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = name;
  }
  return fmt::format("{}{}", bytes, unit);
}

std::string format_duration(Duration duration) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kUnits{{{"h", 3600'000'000'000},
                                                                             {"m", 60'000'000'000},
                                                                             {"s", 1'000'000'000},
                                                                             {"ms", 1'000'000},
                                                                             {"us", 1000},
                                                                             {"ns", 1}}};
  if (duration.count() == 0) return "0s";
  for (const auto& [name, ns] : kUnits) {
    if (duration.count() % ns == 0) return fmt::format("{}{}", duration.count() / ns, name);
  }
  return fmt::format("{}ns", duration.count());
}

std::optional<std::string> suggestion(std::string_view name, std::span<const std::string> known) {
  constexpr std::size_t kNameMax = 200;
  if (name.size() > kNameMax) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace streamflow::app
