// A ChartResult as bytes: a column frame for programs that draw, JSON for people who look.
// Format:     docs/format/column-frame.md, version 1.
// Threads:    pure.
// Errors:     none.
#pragma once

#include <string>
#include <string_view>

#include "query/chart/chart.h"

namespace streamflow::query {

inline constexpr std::string_view kFrameMagic = "SFC1";
inline constexpr std::string_view kFrameMediaType = "application/vnd.streamflow.frames";

std::string_view name_of(ChartMethod method);  // as requests and answers spell it
std::string to_frame(const ChartResult& chart);
std::string to_json(const ChartResult& chart);

}  // namespace streamflow::query
