#include "server/http_metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/metrics_text.h"

namespace streamflow::server {
namespace {

constexpr std::string_view kClassNames[] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};

std::string_view path_of(std::size_t index) {
  return index < all_routes().size() ? all_routes()[index].path : std::string_view("unknown");
}
std::string_view method_of(std::size_t index) {
  return index < all_routes().size() ? all_routes()[index].method : std::string_view("any");
}

}  // namespace

HttpMetrics::HttpMetrics() : routes_(all_routes().size() + 1) {}

void HttpMetrics::record(const Route* route, const RequestOutcome& outcome) {
  const auto index = route == nullptr ? all_routes().size() : static_cast<std::size_t>(route - all_routes().data());
  Counters& counters = routes_[index];
  const auto status_class = static_cast<std::size_t>(outcome.status) / 100;
  ++counters.by_class[status_class < counters.by_class.size() ? status_class : 0];
  const double seconds = std::chrono::duration<double>(outcome.elapsed).count();
  const auto bound = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), seconds);
  ++counters.latency[static_cast<std::size_t>(bound - kLatencyBounds.begin())];
  counters.nanoseconds += static_cast<std::uint64_t>(outcome.elapsed.count());
  counters.bytes_in += outcome.bytes_in;
  counters.bytes_out += outcome.bytes_out;
  if (outcome.client_gone) { ++counters.clients_gone; }
  if (!outcome.failure.empty()) { ++counters.failed_streams; }
}

void HttpMetrics::append(MetricsText& text) const {
  const auto each = [&](auto&& write) {
    for (std::size_t i = 0; i < routes_.size(); ++i) { write(routes_[i], path_of(i), method_of(i)); }
  };
  text.family("streamflow_http_requests_total", "counter", "Requests answered, by route and class of status.");
  each([&](const Counters& counters, std::string_view path, std::string_view method) {
    for (std::size_t c = 0; c < counters.by_class.size(); ++c) {
      const std::uint64_t count = counters.by_class[c];
      if (count > 0) { text.sample(count, {{"route", path}, {"method", method}, {"code", kClassNames[c]}}); }
    }
  });
  text.family("streamflow_http_request_duration_seconds", "histogram",
              "From a request's first byte to its answer's last.");
  each([&](const Counters& counters, std::string_view path, std::string_view method) {
    std::uint64_t count = 0;
    for (const auto& bucket : counters.latency) { count += bucket; }
    if (count == 0) { return; }
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < kLatencyBounds.size(); ++b) {
      below += counters.latency[b];
      text.sample(below, {{"route", path}, {"method", method}, {"le", fmt::format("{}", kLatencyBounds[b])}},
                  "_bucket");
    }
    text.sample(count, {{"route", path}, {"method", method}, {"le", "+Inf"}}, "_bucket");
    text.sample(static_cast<double>(counters.nanoseconds) / 1e9, {{"route", path}, {"method", method}}, "_sum");
    text.sample(count, {{"route", path}, {"method", method}}, "_count");
  });
  const auto sum = [&](std::string_view name, std::string_view help, auto member) {
    text.family(name, "counter", help);
    each([&](const Counters& counters, std::string_view path, std::string_view method) {
      if (const std::uint64_t value = counters.*member; value > 0) {
        text.sample(value, {{"route", path}, {"method", method}});
      }
    });
  };
  sum("streamflow_http_request_body_bytes_total", "Bytes of request bodies.", &Counters::bytes_in);
  sum("streamflow_http_response_body_bytes_total", "Bytes of response bodies.", &Counters::bytes_out);
  sum("streamflow_http_clients_gone_total", "Requests whose client left before the answer.", &Counters::clients_gone);
  sum("streamflow_http_streams_failed_total", "Answers cut off by an error after they had begun.",
      &Counters::failed_streams);
}

}  // namespace streamflow::server
