// Who may call what: the matrix of routes and roles, credentials, and the guard of a server without keys.
#include "server/gateway.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "server/routes/handlers.h"
#include "server/testing/gateway_fixture.h"

namespace streamflow::server {
namespace {

using access::Role;
using testing::Answer;
using testing::request_text;
using testing::TestClient;

class GatewayAccess : public testing::GatewayTest {
 protected:
  static std::string target_of(const Route& route) {
    std::string path(route.path);
    if (path.ends_with("{id}")) { path.replace(path.size() - 4, 4, "aaaaaaaaaaaa"); }
    if (path == "/query") { path += "?q=SHOW%20DATABASES"; }
    return path;
  }
  Answer call(const Route& route, std::string_view headers) {
    const std::string body = route.method == "POST" ? "{}" : "";
    return TestClient(port()).exchange(request_text(route.method, target_of(route), body, headers));
  }
};

TEST_F(GatewayAccess, PublicRoutesAreTheseOnly) {
  std::set<std::string_view> open;
  for (const Route& route : all_routes()) {
    if (!route.action.has_value()) { open.insert(route.path); }
  }
  EXPECT_EQ(open, (std::set<std::string_view>{"/health", "/ready", "/ping", "/openapi.json", "/docs", "/", "/explore",
                                              "/assets/{id}"}));
}

TEST_F(GatewayAccess, EveryRouteDeniesStrangersOnceThereIsAKey) {
  const auto some = key(Role::kReader);
  for (const Route& route : all_routes()) {
    SCOPED_TRACE(std::string(route.method) + " " + std::string(route.path));
    const Answer anonymous = call(route, "");
    const Answer wrong = call(route, "Authorization: Bearer sfk_nonsense\r\n");
    if (!route.action.has_value()) {
      EXPECT_TRUE(anonymous.status < 300 || anonymous.status == 404) << anonymous.status;
      continue;
    }
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_EQ(wrong.status, 401);
    EXPECT_NE(anonymous.header("WWW-Authenticate"), "");
    EXPECT_EQ(anonymous.body.find("sfk_nonsense"), std::string::npos);
  }
  EXPECT_TRUE(writes_.empty());
  EXPECT_TRUE(queries_.empty());
  EXPECT_EQ(flushes_, 0);
}

TEST_F(GatewayAccess, EveryRouteFollowsTheRole) {
  const std::map<Role, access::CreatedKey> keys = {{Role::kReader, key(Role::kReader)},
                                                   {Role::kWriter, key(Role::kWriter)},
                                                   {Role::kEditor, key(Role::kEditor)},
                                                   {Role::kAdmin, key(Role::kAdmin)}};
  for (const Route& route : all_routes()) {
    if (!route.action.has_value()) { continue; }
    for (const auto& [role, made] : keys) {
      SCOPED_TRACE(std::string(route.method) + " " + std::string(route.path) + " as " + std::string(name_of(role)));
      access::Subject subject{access::Subject::Kind::kApiKey, made.info.id, "default", std::nullopt, role};
      bool allowed = access::authorize(subject, *route.action, {{}, ""}).has_value();
      if (route.or_action.has_value()) {
        allowed = allowed || access::authorize(subject, *route.or_action, {{}, ""}).has_value();
      }
      EXPECT_EQ(call(route, bearer(made)).status == 403, !allowed);
    }
  }
}

TEST_F(GatewayAccess, WithoutKeysTheLocalUserMayDoAll) {
  for (const Route& route : all_routes()) {
    SCOPED_TRACE(route.path);
    if (route.handle == routes::create_key) { continue; }  // would end this very state
    const int status = call(route, "").status;
    EXPECT_NE(status, 401);
    EXPECT_NE(status, 403);
    EXPECT_NE(status, 0);
  }
}

TEST_F(GatewayAccess, AForeignBindNeedsAKeyFromTheStart) {
  options_.loopback_bind = false;
  EXPECT_EQ(get("/api/v1/sql?query=x").status, 401);
  EXPECT_EQ(get("/api/v1/sql?query=x", bearer(key(Role::kReader))).status, 200);
}

TEST_F(GatewayAccess, TheLastKeyGoneOpensTheLoopbackBindAgain) {
  const auto only = key(Role::kAdmin);
  EXPECT_EQ(get("/metrics").status, 401);
  ASSERT_TRUE(keys_.keys->revoke(local(), only.info.id).has_value());
  EXPECT_EQ(get("/metrics").status, 200);
}

TEST_F(GatewayAccess, TakesEveryKindOfCredential) {
  const auto made = key(Role::kEditor);
  // "user:" and the token in base64, by hand: the alphabet has no shortcut in the standard library.
  const auto base64 = [](std::string_view text) {
    static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
      std::uint32_t group = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        group = group << 8U | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
      }
      for (std::size_t k = 0; k < 4; ++k) {
        out.push_back(i + k <= text.size() ? kAlphabet[group >> (18 - 6 * k) & 63U] : '=');
      }
    }
    return out;
  };
  const std::string target = "/write";
  const std::string line = "cpu f=1 1";
  EXPECT_EQ(post(target, line, bearer(made)).status, 204);
  EXPECT_EQ(post(target, line, "authorization: token " + made.token + "\r\n").status, 204);
  EXPECT_EQ(post(target, line, "Authorization: Basic " + base64("user:" + made.token) + "\r\n").status, 204);
  EXPECT_EQ(post(target + "?u=user&p=" + made.token, line).status, 204);
  EXPECT_EQ(post(target, line, "Authorization: Basic ????\r\n").status, 401);
  EXPECT_EQ(post(target, line, "Authorization: " + made.token + "\r\n").status, 401);
  EXPECT_EQ(post(target, line, "Authorization: Digest " + made.token + "\r\n").status, 401);
  EXPECT_EQ(post("/api/v1/write?p=" + made.token, line).status, 401);  // v1's way is for v1's routes
}

TEST_F(GatewayAccess, KeysStayInTheirProjectAndOrganization) {
  const std::string plant = bearer(key(Role::kEditor, "plant"));
  const std::string acme = bearer(key(Role::kEditor, std::nullopt, "acme"));
  const std::string line = "cpu f=1 1";
  EXPECT_EQ(post("/api/v2/write?bucket=plant", line, plant).status, 204);
  EXPECT_EQ(post("/api/v2/write", line, plant).status, 204);
  EXPECT_EQ(post("/api/v2/write?bucket=office", line, plant).status, 403);
  EXPECT_EQ(post("/write?db=office", line, plant).status, 403);
  EXPECT_EQ(post("/write?db=default/plant", line, acme).status, 403);
  EXPECT_EQ(post("/api/v2/write?org=default&bucket=x", line, acme).status, 404);
  EXPECT_EQ(post("/api/v2/write?org=acme&bucket=x/autogen", line, acme).status, 204);
  EXPECT_EQ(get("/api/v1/sql?query=x&project=office", plant).status, 403);
  EXPECT_EQ(get("/api/v1/sql?query=x", plant + "X-StreamFlow-Project: office\r\n").status, 403);
  EXPECT_EQ(get("/api/v1/sql?query=x&project=a%20b", acme).status, 400);
  ASSERT_EQ(writes_.size(), 3U);
  EXPECT_EQ(writes_[0].project, (ProjectName{"default", "plant"}));
  EXPECT_EQ(writes_[1].project, (ProjectName{"default", "plant"}));
  EXPECT_EQ(writes_[2].project, (ProjectName{"acme", "x"}));
}

TEST_F(GatewayAccess, WithoutKeysOnlyLocalNamesAndPagesAreServed) {
  const auto with = [&](const std::string& headers) {
    TestClient client(port());
    return client.exchange("GET /api/v1/sql?query=x HTTP/1.1\r\n" + headers + "\r\n").status;
  };
  for (const char* host :
       {"localhost", "localhost:8080", "LOCALHOST", "127.0.0.1:80", "127.9.9.9", "[::1]:80", "a.localhost"}) {
    EXPECT_EQ(with(std::string("Host: ") + host + "\r\n"), 200) << host;
  }
  for (const char* host :
       {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "0.0.0.0", "127.1"}) {
    EXPECT_EQ(with(std::string("Host: ") + host + "\r\n"), 403) << host;
  }
  EXPECT_EQ(with("Host: localhost\r\nHost: evil.example\r\n"), 403);
  EXPECT_EQ(with("Host: localhost\r\nOrigin: http://evil.example\r\n"), 403);
  EXPECT_EQ(with("Host: localhost\r\nOrigin: null\r\n"), 403);
  EXPECT_EQ(with("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(with("Host: localhost\r\nOrigin: http://localhost:3000\r\n"), 200);
  const std::string made = bearer(key(Role::kReader));  // from now on the key decides
  EXPECT_EQ(with("Host: evil.example\r\n" + made), 200);
}

TEST_F(GatewayAccess, KeysOverHttp) {
  const Answer created =
      post("/api/v1/keys", R"({"name":"gw","project":"plant","role":"admin","expires":"2200-01-01T00:00:00Z"})");
  ASSERT_EQ(created.status, 201) << created.body;
  const auto json = parsed(created);
  EXPECT_EQ(json["expires"], "2200-01-01T00:00:00Z");
  EXPECT_EQ(created.header("Cache-Control"), "no-store");
  EXPECT_EQ(created.header("Location"), "/api/v1/keys/" + json["id"].get<std::string>());
  const std::string auth = "Authorization: Bearer " + json["token"].get<std::string>() + "\r\n";
  EXPECT_EQ(get("/api/v1/keys").status, 401);
  const Answer listed = get("/api/v1/keys", auth);
  ASSERT_EQ(parsed(listed)["keys"].size(), 1U);
  EXPECT_FALSE(parsed(listed)["keys"][0].contains("token"));
  EXPECT_EQ(post("/api/v1/keys", R"({"project":"office"})", auth).status, 403);
  EXPECT_EQ(post("/api/v1/keys", R"({"role":"emperor"})", auth).status, 400);
  EXPECT_EQ(post("/api/v1/keys", R"({"roll":"admin"})", auth).status, 400);
  EXPECT_EQ(post("/api/v1/keys", R"({"expires":"tomorrow"})", auth).status, 400);
  EXPECT_EQ(post("/api/v1/keys", "[]", auth).status, 400);
  EXPECT_EQ(post("/api/v1/keys", "{", auth).status, 400);
  const auto remove = [&](const std::string& id) {
    return TestClient(port()).exchange(request_text("DELETE", "/api/v1/keys/" + id, "", auth)).status;
  };
  EXPECT_EQ(remove("unknown"), 404);
  EXPECT_EQ(remove(json["id"].get<std::string>()), 204);
  EXPECT_EQ(get("/api/v1/keys", auth).status, 200);  // the last key is gone: the local user again
}

}  // namespace
}  // namespace streamflow::server
