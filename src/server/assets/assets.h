// The files of this folder as text. assets.cpp is made of them by scripts/embed_assets.py; assets_test.cpp compares.
#pragma once

#include <string_view>

namespace streamflow::server::assets {

extern const std::string_view kOpenapiJson, kDocsHtml, kLandingHtml;

}  // namespace streamflow::server::assets
