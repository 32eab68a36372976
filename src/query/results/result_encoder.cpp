#include "query/results/result_encoder.h"

#include "query/results/result_arrow.h"
#include "query/results/result_csv.h"
#include "query/results/result_json.h"

namespace streamflow::query {

std::unique_ptr<ResultEncoder> make_result_encoder(ResultFormat format) {
  switch (format) {
    case ResultFormat::kJson: return make_json_encoder();
    case ResultFormat::kCsv: return make_csv_encoder();
    case ResultFormat::kArrowStream: return make_arrow_encoder();
  }
  return make_json_encoder();
}

}  // namespace streamflow::query
