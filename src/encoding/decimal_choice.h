// Which decimal form and how many digits suit a column of doubles.
// Threads:    pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "encoding/decimal.h"

namespace streamflow::encoding {

// By a sample of at most 64 values; nullopt when a quarter of them or more have no decimal form.
std::optional<DecimalCode> choose_decimal(std::span<const std::uint64_t> values);

}  // namespace streamflow::encoding
