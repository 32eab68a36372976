#include "ingest/protocols/line_protocol.h"

#include "ingest/protocols/line_decoder.h"

namespace streamflow::ingest {

struct LineProtocolDecoder::State {
  LineDecoder decoder{random_seed()};
};

LineProtocolDecoder::LineProtocolDecoder() : state_(std::make_unique<State>()) {}
LineProtocolDecoder::~LineProtocolDecoder() = default;

LineProtocolResult LineProtocolDecoder::decode(std::string_view body, const LineProtocolOptions& options) {
  if (body.size() > kDecodedBodyBytesMax) {
    LineProtocolResult result;
    result.error_count = result.line_count = 1;
    result.errors.push_back({1,
                             {},
                             "the body has " + std::to_string(body.size()) + " bytes, at most " +
                                 std::to_string(kDecodedBodyBytesMax) + " are decoded at once: send it in parts"});
    return result;
  }
  return state_->decoder.decode(body, options);
}

}  // namespace streamflow::ingest
