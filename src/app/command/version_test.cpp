#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "app/command/version_command.h"

namespace streamflow::app {
namespace {

TEST(Version, IsTheBuildsOwn) {
  std::ifstream file(STREAMFLOW_SOURCE_DIR "/CMakeLists.txt");
  const std::string text(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>{});
  EXPECT_NE(text.find(std::string("project(streamflow VERSION ") + kVersion + " "), std::string::npos);
}

}  // namespace
}  // namespace streamflow::app
