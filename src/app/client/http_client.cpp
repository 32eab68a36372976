#include "app/client/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace streamflow::app {

namespace {

struct CurlList {
  curl_slist* head = nullptr;
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  ~CurlList() { curl_slist_free_all(head); }
  void add(const std::string& line) { head = curl_slist_append(head, line.c_str()); }
};

// What libcurl's callbacks see of one transfer.
struct Transfer {
  const HttpRequest* request = nullptr;
  HttpResponse response;
  CURL* handle = nullptr;
  bool too_large = false;
  bool stopped = false;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::size_t on_header(char* data, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, count);
  if (line.starts_with("HTTP/")) transfer.response.headers.clear();  // a new answer, e.g. after 100 Continue
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  transfer.response.headers[name] = trimmed(line.substr(colon + 1));
  return count;
}

std::size_t on_body(char* data, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const HttpRequest& request = *transfer.request;
  long status = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
  if (request.cancelled && request.cancelled()) {
    transfer.stopped = true;
    return CURL_WRITEFUNC_ERROR;
  }
  if (request.sink && status >= 200 && status < 300) {
    if (request.sink(std::string_view(data, count))) return count;
    transfer.stopped = true;
    return CURL_WRITEFUNC_ERROR;
  }
  if (transfer.response.body.size() + count > request.response_bytes_max) {
    transfer.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  transfer.response.body.append(data, count);
  return count;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (!transfer.request->cancelled || !transfer.request->cancelled()) return 0;
  transfer.stopped = true;
  return 1;
}

bool is_loopback(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return false;
  const std::string_view rest = std::string_view(url).substr(scheme + 3);
  constexpr std::array<std::string_view, 3> kHosts{"localhost", "127.", "[::1]"};
  return std::any_of(kHosts.begin(), kHosts.end(), [&](std::string_view host) { return rest.starts_with(host); });
}

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

Error error_of(CURLcode code, const Transfer& transfer, const char* detail) {
  const HttpRequest& request = *transfer.request;
  if (transfer.stopped) return {ErrorCode::kCancelled, "cancelled before the answer was complete"};
  if (transfer.too_large) {
    return {ErrorCode::kTooLarge, fmt::format("the answer is larger than {} bytes", request.response_bytes_max)};
  }
  const std::string reason = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {ErrorCode::kInvalidArgument, fmt::format("not an http:// or https:// address: {}", request.url)};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::kTimeout, fmt::format("no answer in time from {}: {}", request.url, reason)};
    default: return {ErrorCode::kUnavailable, fmt::format("cannot reach {}: {}", request.url, reason)};
  }
}

}  // namespace

struct HttpClient::State {
  CURL* handle = nullptr;
  ~State() { curl_easy_cleanup(handle); }
};

HttpClient::HttpClient() : state_(std::make_unique<State>()) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised == CURLE_OK) state_->handle = curl_easy_init();
}

HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  CURL* const curl = state_->handle;
  if (curl == nullptr) return Error{ErrorCode::kInternal, "libcurl could not be initialised"};
  curl_easy_reset(curl);  // keeps connections and the session cache
  Transfer transfer;
  transfer.request = &request;
  transfer.handle = curl;
  std::array<char, CURL_ERROR_SIZE> detail{};
  CurlList headers;
  for (const auto& [name, value] : request.headers) headers.add(fmt::format("{}: {}", name, value));
  headers.add("Expect:");  // no pause of a second before large bodies

  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.head);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "streamflow");
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, is_loopback(request.url) ? nullptr : "");
  if (is_loopback(request.url)) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connect_timeout));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  if (request.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  } else if (request.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return error_of(code, transfer, detail.data());
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

std::optional<std::string> HttpResponse::header(const std::string& name) const {
  const auto found = headers.find(name);
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::string url_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool unreserved = (byte < 0x80 && std::isalnum(byte) != 0) || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(byte));
    }
  }
  return out;
}

}  // namespace streamflow::app
