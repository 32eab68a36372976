#include "query/functions/like_functions.h"

#include <memory>
#include <string>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/common/vector_operations/binary_executor.hpp"
#include "duckdb/common/vector_operations/ternary_executor.hpp"
#include "duckdb/execution/expression_executor_state.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"

// From duckdb/function/scalar/string_common.hpp, which includes a header that is not shipped.
namespace duckdb {
idx_t LowerLength(const char* input_data, idx_t input_length);
void LowerCase(const char* input_data, idx_t input_length, char* result_data);
}  // namespace duckdb

namespace streamflow::query {

namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::string_t;
using duckdb::Vector;

// Bytes of text times bytes of pattern that one value, and one chunk, may cost at worst: seconds.
constexpr double kCellsMax = 1e9;
constexpr double kCellsPerChunkMax = 4e9;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t next_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && is_continuation(text[at])) ++at;
  return at;
}

std::string_view view(const string_t& text) {
  return {text.GetData(), text.GetSize()};
}

std::string lowered(const string_t& text) {
  std::string result(duckdb::LowerLength(text.GetData(), text.GetSize()), '\0');
  duckdb::LowerCase(text.GetData(), text.GetSize(), result.data());
  return result;
}

class CostLimit {
 public:
  void spend(const string_t& text, const string_t& pattern) {
    const double cells = static_cast<double>(text.GetSize()) * static_cast<double>(pattern.GetSize());
    total_ += cells;
    if (cells > kCellsMax || total_ > kCellsPerChunkMax) {
      throw duckdb::OutOfRangeException("LIKE: the text times the pattern is too long; shorten the pattern");
    }
  }

 private:
  double total_ = 0;
};

bool matches(const string_t& text, const string_t& pattern, char escape, bool any_case) {
  return any_case ? like_matches(lowered(text), lowered(pattern), escape)
                  : like_matches(view(text), view(pattern), escape);
}

char escape_of(const string_t& escape) {
  if (escape.GetSize() > 1) throw duckdb::SyntaxException("ESCAPE: wanted one character or an empty text");
  return escape.GetSize() == 0 ? '\0' : *escape.GetData();
}

struct Form {
  const char* function;
  bool any_case;
  bool negated;
  bool has_escape;
};

constexpr Form kForms[] = {
    {"~~", false, false, false},         {"!~~", false, true, false},
    {"~~*", true, false, false},         {"!~~*", true, true, false},
    {"like_escape", false, false, true}, {"not_like_escape", false, true, true},
    {"ilike_escape", true, false, true}, {"not_ilike_escape", true, true, true},
};

void run(const Form& form, DataChunk& arguments, Vector& result) {
  CostLimit limit;
  if (form.has_escape) {
    duckdb::TernaryExecutor::Execute<string_t, string_t, string_t, bool>(
        arguments.data[0], arguments.data[1], arguments.data[2], result, arguments.size(),
        [&](string_t text, string_t pattern, string_t escape) {
          limit.spend(text, pattern);
          return matches(text, pattern, escape_of(escape), form.any_case) != form.negated;
        });
    return;
  }
  duckdb::BinaryExecutor::Execute<string_t, string_t, bool>(
      arguments.data[0], arguments.data[1], result, arguments.size(), [&](string_t text, string_t pattern) {
        limit.spend(text, pattern);
        return matches(text, pattern, '\0', form.any_case) != form.negated;
      });
}

}  // namespace

// One place to go back to is enough: a later `%` makes every earlier choice as good as any other.
bool like_matches(std::string_view text, std::string_view pattern, char escape) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t retry_pattern = kNone;  // behind the last `%`
  std::size_t retry_text = 0;
  while (t < text.size()) {
    const bool has_pattern = p < pattern.size();
    if (has_pattern && escape != '\0' && pattern[p] == escape) {
      if (p + 1 == pattern.size()) throw duckdb::SyntaxException("Like pattern must not end with escape character!");
      if (pattern[p + 1] == text[t]) {
        p += 2;
        ++t;
        continue;
      }
    } else if (has_pattern && pattern[p] == '%') {
      retry_pattern = ++p;
      retry_text = t;
      continue;
    } else if (has_pattern && pattern[p] == '_') {
      t = next_character(text, t);
      ++p;
      continue;
    } else if (has_pattern && pattern[p] == text[t]) {
      ++p;
      ++t;
      continue;
    }
    if (retry_pattern == kNone) return false;
    p = retry_pattern;
    t = ++retry_text;
    while (t < text.size() && is_continuation(text[t])) t = ++retry_text;  // `_` counts whole characters
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

void replace_like(duckdb::ClientContext& context) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  for (const Form& form : kForms) {
    auto& entry = catalog.GetEntry<duckdb::ScalarFunctionCatalogEntry>(context, DEFAULT_SCHEMA, form.function);
    for (auto& function : entry.functions.functions) {
      auto original = function.GetFunctionCallback();
      function.SetStatisticsCallback(nullptr);  // it would put the backtracking matcher back
      function.SetFunctionCallback([original, &form](DataChunk& arguments, ExpressionState& state, Vector& result) {
        // A constant pattern without `_` was cut into segments when it was bound: that matcher is linear.
        const bool is_prepared = state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info != nullptr;
        if (is_prepared) {
          original(arguments, state, result);
        } else {
          run(form, arguments, result);
        }
      });
    }
  }
}

}  // namespace streamflow::query
