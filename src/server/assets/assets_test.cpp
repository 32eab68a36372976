#include "server/assets/assets.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
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

void each_reference(const json& node, const std::function<void(const std::string&)>& see) {
  for (const auto& [key, value] : node.items()) {
    if (key == "$ref" && value.is_string()) { see(value.get<std::string>()); }
    if (value.is_structured()) { each_reference(value, see); }
  }
}

TEST(Assets, AreTheFilesOfTheirFolder) {
  EXPECT_EQ(assets::kOpenapiJson, file("openapi.json")) << "run scripts/embed_assets.py";
  EXPECT_EQ(assets::kDocsHtml, file("docs.html")) << "run scripts/embed_assets.py";
  EXPECT_EQ(assets::kLandingHtml, file("landing.html")) << "run scripts/embed_assets.py";
}

TEST(Assets, LoadNothingFromElsewhere) {
  for (const std::string_view page : {assets::kDocsHtml, assets::kLandingHtml}) {
    for (const char* loader : {"src=", "@import", "url(", "<link"}) {
      EXPECT_EQ(page.find(loader), std::string_view::npos) << loader;
    }
  }
}

TEST(OpenApi, DescribesExactlyTheRoutes) {
  const json api = json::parse(assets::kOpenapiJson);
  EXPECT_EQ(api["openapi"], "3.1.0");
  std::set<std::string> described, routed, ids;
  for (const auto& [path, item] : api["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      described.insert(method + " " + path);
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
