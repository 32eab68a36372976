// SHOW statements of StreamFlow's own, as the SELECT that answers them. DuckDB's parser would read SHOW STORAGE as
// "describe the table storage".
// Source:     docs/tsql.md, "SHOW STORAGE".
// Threads:    pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace streamflow::query {

// nullopt: no statement of ours. Comments before it are not looked through.
std::optional<std::string> select_for_show(std::string_view text);

}  // namespace streamflow::query
