#include "encoding/descriptor.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace streamflow::encoding {
namespace {

template <std::size_t N>
std::string name_or_number(const std::array<std::string_view, N>& names, const char* kind, unsigned number) {
  return number < N ? std::string(names[number]) : std::string(kind) + " " + std::to_string(number);
}

constexpr std::array<std::string_view, 7> kMaps{"identity",   "divisor", "decimal",  "ordered bits",
                                                "dictionary", "plain",   "plain LZ4"};
constexpr std::array<std::string_view, 5> kPredictors{"none", "delta", "delta of delta", "delta per series", "line"};
constexpr std::array<std::string_view, 5> kPackers{"raw", "frame of reference", "patched", "run length", "split Rice"};
constexpr std::array<std::string_view, 4> kMasks{"", ", all NULL", ", bitmap", ", runs of NULL"};

}  // namespace

std::string to_string(Descriptor d) {
  return name_or_number(kMaps, "map", static_cast<unsigned>(d.map)) + ", " +
         name_or_number(kPredictors, "predictor", static_cast<unsigned>(d.predictor)) + ", " +
         name_or_number(kPackers, "packer", static_cast<unsigned>(d.packer)) +
         name_or_number(kMasks, ", mask", static_cast<unsigned>(d.mask));
}

Error unsupported(Descriptor d) {
  return {ErrorCode::kUnsupported,
          "block of a codec this version does not know: " + to_string(d) + "; a newer StreamFlow wrote it"};
}

Error corrupt_block(const char* what) {
  return {ErrorCode::kCorrupt, std::string("malformed block: ") + what};
}

}  // namespace streamflow::encoding
