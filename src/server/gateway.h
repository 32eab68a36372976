// In front of every route: finds it, authenticates, authorizes, admits or refuses; counts and logs what became of it.
// Invariants: no handler runs before authorize() has said yes to its route's action; errors have the shape of the
//             address they happened at.
// Threads:    every method from any thread.
#pragma once

#include <atomic>

#include "model/time.h"
#include "server/http/http_server.h"
#include "server/http_metrics.h"
#include "server/http_types.h"
#include "server/route.h"
#include "server/services.h"

namespace streamflow::server {

class Gateway final : public HttpService {
 public:
  Gateway(Services services, GatewayOptions options);

  Admission admit(const Request& head) override;
  Response refuse(const Request& head, const AdapterProblem& problem) override;
  void finished(const Request& request, const RequestOutcome& outcome) override;

  // Is a key asked for? Without one only a loopback bind with no usable key is open.
  bool authentication_on() const;
  const HttpMetrics& metrics() const { return metrics_; }
  Timestamp started() const { return started_; }
  // The adapter's own counters for /metrics; null until the server listens.
  void observe(const HttpStatistics* statistics) { http_ = statistics; }
  const HttpStatistics* http() const { return http_; }

 private:
  Result<access::Subject> authenticate(const Request& head, Surface surface) const;
  Result<Admission> admit_to(const Route& route, const Request& head, const std::string& id) const;

  const Services services_;
  const GatewayOptions options_;
  const Timestamp started_;
  HttpMetrics metrics_;
  std::atomic<const HttpStatistics*> http_ = nullptr;
};

}  // namespace streamflow::server
