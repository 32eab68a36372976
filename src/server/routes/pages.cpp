// Pages for people and tools: the web application, /docs, /openapi.json. They load nothing from elsewhere.
#include <algorithm>
#include <string>

#include "server/assets/assets.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

// The application: own files only; nothing inline, so that markup in data can never run or restyle the page. Charts set
// the style attribute of their own elements.
constexpr std::string_view kAppPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: "
    "blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

Response page(std::string_view type, std::string_view body) {
  Response response{200, {{"Content-Type", std::string(type)}, {"Cache-Control", "no-cache"}}, std::string(body), {}};
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.headers.push_back({"Content-Security-Policy", std::string(kDocsPolicy)});
  return response;
}

// Whether a comma-separated list of a header names `token`, and does not refuse it by q=0 (RFC 9110 §12.5.3).
bool accepts(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    if (!item.starts_with(token)) { continue; }
    item.remove_prefix(token.size());
    if (!item.empty() && item.front() != ' ' && item.front() != ';') { continue; }
    const std::size_t weight = item.find("q=");
    return weight == std::string_view::npos || item.find_first_of("123456789", weight) != std::string_view::npos;
  }
  return false;
}

Response file(const Request& request, const assets::PageFile& file) {
  const bool packed = !file.gzip.empty() && accepts(request.header("Accept-Encoding").value_or(""), "gzip");
  const std::string etag = '"' + std::string(file.etag) + (packed ? "-gzip\"" : "\"");
  Response response;
  response.headers = {{"Content-Type", std::string(file.content_type)},
                      {"Cache-Control", std::string(file.immutable ? kForEver : "no-cache")},
                      {"ETag", etag},
                      {"Vary", "Accept-Encoding"},
                      {"X-Content-Type-Options", "nosniff"}};
  if (file.content_type.starts_with("text/html")) {
    response.headers.push_back({"Content-Security-Policy", std::string(kAppPolicy)});
    response.headers.push_back({"Referrer-Policy", "same-origin"});
    response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
  }
  const std::string_view known = request.header("If-None-Match").value_or("");
  if (known == "*" || known.find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  if (packed) { response.headers.push_back({"Content-Encoding", "gzip"}); }
  response.body = packed ? file.gzip : file.bytes;
  return response;
}

const assets::PageFile* find_file(std::string_view path) {
  const auto files = assets::page_files();
  const auto found = std::ranges::lower_bound(files, path, {}, &assets::PageFile::path);
  return found != files.end() && found->path == path ? &*found : nullptr;
}

}  // namespace

// Every address of the application is the same document; its script shows what the address names.
Response app(Call& call) {
  return file(call.request, *find_file("/index.html"));
}
Response app_file(Call& call) {
  const assets::PageFile* found = find_file("/assets/" + call.id);
  if (found == nullptr) {
    return call.problem({ErrorCode::kNotFound, "the web page has no file " + call.id + ": reload the page"});
  }
  return file(call.request, *found);
}
Response docs(Call&) {
  return page("text/html; charset=utf-8", assets::kDocsHtml);
}
Response openapi(Call&) {
  return page("application/json", assets::kOpenapiJson);
}

}  // namespace streamflow::server::routes
