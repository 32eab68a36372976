// Charts over HTTP: one statement in, what its rows look like out.
#include <memory>
#include <utility>

#include "query/chart/chart_frame.h"
#include "server/chart_request.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

Result<query::ChartResult> drawn(Call& call) {
  SF_TRY(request, chart_request_of_body(call.request, call.options.query_limits));
  request.project = call.project;
  SF_TRY(chart, call.services.chart(std::move(request)));
  call.request.cancel->on_cancel([chart] { chart->cancel(); });
  return chart->run();
}

}  // namespace

Response chart(Call& call) {
  const auto format = acceptable_chart_format(call.request.header("Accept").value_or(""));
  if (!format) {
    Problem problem = problem_of(format.error());
    problem.kind = kind_of_status(406);
    return problem_response(call.surface, call.request, problem);
  }
  const auto result = drawn(call);
  if (!result) { return call.problem(result.error()); }
  const bool frames = *format == ChartFormat::kFrames;
  return {200,
          {{"Content-Type", std::string(frames ? query::kFrameMediaType : "application/json")}, {"Vary", "Accept"}},
          frames ? query::to_frame(*result) : query::to_json(*result),
          {}};
}

}  // namespace streamflow::server::routes
