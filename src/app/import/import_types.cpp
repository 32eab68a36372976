// The --type option of import_command.h.
#include <fmt/format.h>

#include <array>

#include "app/import/import_command.h"

namespace streamflow::app {

Result<std::vector<std::pair<std::string, FieldType>>> parse_types(const std::vector<std::string>& texts) {
  constexpr std::array kTypes{FieldType::kFloat64, FieldType::kInt64, FieldType::kUint64, FieldType::kBool,
                              FieldType::kString};
  std::vector<std::pair<std::string, FieldType>> types;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    bool known = false;
    for (const FieldType type : kTypes) {
      if (equals == std::string::npos || equals == 0 || text.substr(equals + 1) != name_of(type)) continue;
      types.emplace_back(text.substr(0, equals), type);
      known = true;
    }
    if (!known) {
      return Error{
          ErrorCode::kInvalidArgument,
          fmt::format("--type wants COLUMN=TYPE with float64, int64, uint64, boolean or string, got \"{}\"", text)};
    }
  }
  return types;
}

}  // namespace streamflow::app
