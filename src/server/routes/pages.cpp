// Pages for people and tools: /, /docs, /openapi.json. They load nothing from elsewhere.
#include "server/assets/assets.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

Response page(std::string_view type, std::string_view body) {
  Response response{200, {{"Content-Type", std::string(type)}, {"Cache-Control", "no-cache"}}, std::string(body), {}};
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.headers.push_back({"Content-Security-Policy",
                              "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                              "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"});
  return response;
}

}  // namespace

Response landing(Call&) {
  return page("text/html; charset=utf-8", assets::kLandingHtml);
}
Response docs(Call&) {
  return page("text/html; charset=utf-8", assets::kDocsHtml);
}
Response openapi(Call&) {
  return page("application/json", assets::kOpenapiJson);
}

}  // namespace streamflow::server::routes
