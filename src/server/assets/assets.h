// Files inside the binary: the texts of this folder and the built web page. scripts/embed_files.py makes the sources.
// Invariants: page files are in ascending order of their path; one of them is /index.html.
// Threads:    immutable.
#pragma once

#include <span>
#include <string_view>

namespace streamflow::server::assets {

extern const std::string_view kOpenapiJson, kDocsHtml;

struct PageFile {
  std::string_view path;  // "/assets/index-B1x2.js"
  std::string_view content_type;
  std::string_view etag;  // of the uncompressed bytes, without quotes
  bool immutable;         // the path carries a hash of the content
  std::string_view bytes;
  std::string_view gzip;  // empty: compression would not help
};
std::span<const PageFile> page_files();

}  // namespace streamflow::server::assets
