#include "server/assets/assets.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "server/problem.h"
#include "server/route.h"

namespace streamflow::server {
namespace {

using nlohmann::json;

std::string file(const std::string& name) {
  std::ifstream in(std::string(STREAMFLOW_SOURCE_DIR) + "/src/server/assets/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string gunzip(std::string_view packed, std::size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
  std::string in(packed);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

void each_reference(const json& node, const std::function<void(const std::string&)>& see) {
  for (const auto& [key, value] : node.items()) {
    if (key == "$ref" && value.is_string()) { see(value.get<std::string>()); }
    if (value.is_structured()) { each_reference(value, see); }
  }
}

TEST(Assets, AreTheFilesOfTheirFolder) {
  EXPECT_EQ(assets::kOpenapiJson, file("openapi.json"));
  EXPECT_EQ(assets::kDocsHtml, file("docs.html"));
}

TEST(Assets, LoadNothingFromElsewhere) {
  for (const char* loader : {"src=", "@import", "url(", "<link"}) {
    EXPECT_EQ(assets::kDocsHtml.find(loader), std::string_view::npos) << loader;
  }
}

TEST(PageFiles, AreOrderedAndOneIsTheDocument) {
  const auto files = assets::page_files();
  EXPECT_TRUE(std::ranges::is_sorted(files, {}, &assets::PageFile::path));
  const auto document = std::ranges::find(files, "/index.html", &assets::PageFile::path);
  ASSERT_NE(document, files.end());
  EXPECT_FALSE(document->immutable);
  EXPECT_EQ(document->content_type, "text/html; charset=utf-8");
}

TEST(PageFiles, DocumentLoadsOnlyFilesThatAreThere) {
  const auto files = assets::page_files();
  const std::string document(std::ranges::find(files, "/index.html", &assets::PageFile::path)->bytes);
  const std::regex reference("(?:src|href)=\"([^\"]+)\"");
  int scripts = 0;
  for (auto at = std::sregex_iterator(document.begin(), document.end(), reference); at != std::sregex_iterator();
       ++at) {
    const std::string path = (*at)[1];
    if (path == "/docs") { continue; }
    EXPECT_NE(std::ranges::find(files, path, &assets::PageFile::path), files.end()) << path;
    scripts += path.ends_with(".js") ? 1 : 0;
  }
  EXPECT_GE(scripts, 1);
  EXPECT_EQ(document.find("<script>"), std::string::npos) << "the Content-Security-Policy refuses inline scripts";
  EXPECT_EQ(document.find("<style"), std::string::npos);
}

TEST(PageFiles, GzipVariantsHoldTheSameBytes) {
  int compressed = 0;
  for (const assets::PageFile& page : assets::page_files()) {
    if (page.gzip.empty()) { continue; }
    ++compressed;
    EXPECT_EQ(gunzip(page.gzip, page.bytes.size()), page.bytes) << page.path;
    EXPECT_LT(page.gzip.size(), page.bytes.size()) << page.path;
  }
  EXPECT_GE(compressed, 3);
}

TEST(OpenApi, DescribesExactlyTheRoutes) {
  const json api = json::parse(assets::kOpenapiJson);
  EXPECT_EQ(api["openapi"], "3.1.0");
  std::set<std::string> described, routed, ids;
  for (const auto& [path, item] : api["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      described.insert(std::string(method).append(" ").append(path));
      EXPECT_TRUE(ids.insert(operation.at("operationId").get<std::string>()).second);
      EXPECT_FALSE(operation.at("summary").get<std::string>().empty());
      EXPECT_FALSE(operation.at("responses").empty());
    }
  }
  for (const Route& route : all_routes()) {
    std::string method(route.method);
    for (char& c : method) { c = static_cast<char>(std::tolower(c)); }
    routed.insert(method + " " + std::string(route.path));
    const json& operation = api["paths"][std::string(route.path)][method];
    const bool open = operation.contains("security") && operation["security"].empty();
    EXPECT_EQ(open, !route.action.has_value()) << route.path;
    EXPECT_EQ(operation["responses"].contains("401"), route.action.has_value()) << route.path;
  }
  EXPECT_EQ(described, routed);
}

TEST(OpenApi, RefersOnlyToWhatItHolds) {
  const json api = json::parse(assets::kOpenapiJson);
  each_reference(api, [&](const std::string& reference) {
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_TRUE(api.contains(json::json_pointer(reference.substr(1)))) << reference;
  });
}

TEST(Docs, ExplainsEveryKindOfProblem) {
  for (const ProblemKind& kind : all_problem_kinds()) {
    EXPECT_NE(assets::kDocsHtml.find("id=\"problem-" + std::string(kind.slug) + "\""), std::string_view::npos)
        << kind.slug;
  }
}

}  // namespace
}  // namespace streamflow::server
