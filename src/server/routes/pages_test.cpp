// The web application as the server hands it out: policies, caching, compression.
#include <gtest/gtest.h>

#include "server/testing/gateway_fixture.h"

namespace streamflow::server {
namespace {

using testing::Answer;
using testing::TestClient;

class Pages : public testing::GatewayTest {};

TEST_F(Pages, ServesTheAppWithItsPolicy) {
  const Answer page = get("/");
  EXPECT_EQ(page.header("Cache-Control"), "no-cache");
  const std::string policy = page.header("Content-Security-Policy");
  for (const char* part : {"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(get("/explore?q=SELECT+1").body, page.body);
  EXPECT_EQ(get("/nowhere").status, 404);

  const std::size_t script = page.body.find("/assets/");
  ASSERT_NE(script, std::string::npos);
  const std::string path = page.body.substr(script, page.body.find('"', script) - script);
  const Answer plain = get(path);
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(plain.header("Content-Encoding"), "");
  const Answer missing = get("/assets/index-gone.js");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(parsed(missing)["type"], "/docs#problem-not-found");
}

TEST_F(Pages, SendsTheAppCompressedAndOnlyWhenItChanged) {
  TestClient client(port());
  const auto ask = [&](const std::string& headers) {
    return client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  };
  const Answer plain = ask("");
  const struct {
    const char *name, *accepted;
    bool packed;
  } cases[] = {{"gzip", "gzip", true},
               {"a list", "br, gzip;q=0.5", true},
               {"refused", "gzip;q=0, br", false},
               {"another", "gzipped", false}};
  for (const auto& [name, accepted, packed] : cases) {
    SCOPED_TRACE(name);
    const Answer answer = ask("Accept-Encoding: " + std::string(accepted) + "\r\n");
    EXPECT_EQ(answer.header("Content-Encoding"), packed ? "gzip" : "");
    EXPECT_EQ(answer.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(answer.header("ETag") == plain.header("ETag"), !packed);
  }
  const Answer known = ask("If-None-Match: \"x\", " + std::string(plain.header("ETag")) + "\r\n");
  EXPECT_EQ(known.status, 304);
  EXPECT_TRUE(known.body.empty());
  EXPECT_EQ(ask("If-None-Match: \"x\"\r\n").status, 200);
}

}  // namespace
}  // namespace streamflow::server
