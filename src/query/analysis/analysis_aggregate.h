// The aggregate behind each analysis: its name, and how its parameters travel through the statement as one text.
// Threads:    pure.
#pragma once

#include <string>

#include "query/analysis/analysis.h"

namespace streamflow::query {

std::string aggregate_name(const Analysis& analysis);
// "name=value" and a line's end; both escaped, so that any text passes.
std::string encode_parameter(const std::string& name, const std::string& value);
AnalysisParameters decode_parameters(const std::string& encoded);

}  // namespace streamflow::query
