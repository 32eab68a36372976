#include "query/syntax/clauses.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "duckdb/parser/query_error_context.hpp"
#include "query/syntax/tokens.h"

namespace streamflow::query {

namespace {

constexpr std::string_view kMarkerDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
static_assert(kMarkerDigits.size() == kClausesMax);

// `M` is a month and `m` a minute, as in QuestDB; other units are read in any case.
std::string_view unit_of(std::string_view letters) {
  struct Unit {
    std::string_view letters, name;
  };
  static constexpr std::array<Unit, 12> kUnits{{{"us", "microseconds"},
                                                {"ms", "milliseconds"},
                                                {"s", "seconds"},
                                                {"m", "minutes"},
                                                {"min", "minutes"},
                                                {"h", "hours"},
                                                {"d", "days"},
                                                {"w", "weeks"},
                                                {"M", "months"},
                                                {"mo", "months"},
                                                {"q", "quarters"},
                                                {"y", "years"}}};
  for (const Unit& unit : kUnits) {
    if (unit.letters == letters) return unit.name;
  }
  return {};
}

class Marker {
 public:
  explicit Marker(const std::string& text) : text_(text), tokens_(tokens_of(text)) { marked_.text = text; }

  Result<MarkedText> run() {
    while (at_ < tokens_.size()) {
      if (word("SAMPLE") && word("BY", 1)) {
        SF_CHECK(sample_by());
      } else if (is_latest()) {
        SF_CHECK(latest_on());
      } else {
        ++at_;
      }
    }
    return std::move(marked_);
  }

 private:
  const Token* token(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  bool word(std::string_view upper, std::size_t ahead = 0) const {
    const Token* next = token(ahead);
    return next != nullptr && next->is_word(upper);
  }
  bool symbol(char wanted, std::size_t ahead = 0) const {
    const Token* next = token(ahead);
    return next != nullptr && next->is_symbol(wanted);
  }
  bool kind(TokenKind wanted, std::size_t ahead = 0) const {
    const Token* next = token(ahead);
    return next != nullptr && next->kind == wanted;
  }
  std::size_t offset() const { return token() != nullptr ? token()->begin : text_.size(); }
  Error wanted(const std::string& what) const { return error_at(text_, offset(), what); }

  std::size_t clause_count() const { return marked_.samples.size() + marked_.latests.size(); }

  // Replaces [begin, last token) by `keyword` and a name, and says where the name is.
  Result<std::size_t> put_marker(std::size_t begin, std::string_view keyword) {
    if (clause_count() >= kClausesMax) {
      return Error{ErrorCode::kTooLarge,
                   "the statement has more than " + std::to_string(kClausesMax) + " SAMPLE BY and LATEST ON clauses"};
    }
    const std::size_t end = tokens_[at_ - 1].end();
    std::string marker = std::string(keyword) + " __" + kMarkerDigits[clause_count()];
    const std::size_t name = begin + marker.size() - 3;
    marker.resize(end - begin, ' ');  // every clause is longer than its marker
    marked_.text.replace(begin, end - begin, marker);
    return name;
  }

  Status sample_by() {
    SampleBy sample;
    sample.begin = offset();
    at_ += 2;
    SF_CHECK(width(sample));
    SF_CHECK(alignment(sample));
    if (word("FILL")) SF_CHECK(fills(sample));
    SF_TRY(marker, put_marker(sample.begin, "GROUP BY"));
    sample.marker = marker;
    marked_.samples.push_back(std::move(sample));
    return Ok{};
  }

  // 5m, 1h, 500ms; '5 minutes'; INTERVAL '5 minutes'
  Status width(SampleBy& sample) {
    if (word("INTERVAL")) ++at_;
    if (kind(TokenKind::kString)) {
      sample.width = "INTERVAL " + quoted_text(content_of(tokens_[at_++]));
      return Ok{};
    }
    constexpr const char* kWanted = "SAMPLE BY: wanted a width such as 5m, 1h, 1d, 1mo or INTERVAL '90 seconds'";
    if (!kind(TokenKind::kNumber) || !kind(TokenKind::kWord, 1) || token()->end() != token(1)->begin) {
      return wanted(kWanted);
    }
    const std::string_view name = unit_of(token(1)->text);
    if (name.empty()) {
      return wanted("SAMPLE BY: '" + std::string(token(1)->text) +
                    "' is no unit: wanted us, ms, s, m, h, d, w, mo, q or y, as in 5m");
    }
    if (token()->text.find_first_not_of("0123456789") != std::string_view::npos) return wanted(kWanted);
    sample.width = "INTERVAL '" + std::string(token()->text) + " " + std::string(name) + "'";
    at_ += 2;
    return Ok{};
  }

  Status alignment(SampleBy& sample) {
    if (!word("ALIGN")) return Ok{};
    ++at_;
    if (!word("TO")) return wanted("SAMPLE BY: wanted TO behind ALIGN");
    ++at_;
    if (kind(TokenKind::kString)) {
      sample.origin = "TIMESTAMP_NS " + quoted_text(content_of(tokens_[at_++]));
      return Ok{};
    }
    const bool has_zone = word("TIME") && word("ZONE", 1);
    if (has_zone) {
      at_ += 2;
      if (!kind(TokenKind::kString)) return wanted("SAMPLE BY: wanted a time zone's name, such as 'Europe/Berlin'");
      sample.zone = quoted_text(content_of(tokens_[at_++]));
    }
    if (word("OFFSET")) {
      ++at_;
      if (word("INTERVAL")) ++at_;
      if (!kind(TokenKind::kString)) return wanted("SAMPLE BY: wanted an offset, such as '6 hours'");
      sample.offset = "INTERVAL " + quoted_text(content_of(tokens_[at_++]));
    } else if (!has_zone) {
      return wanted("SAMPLE BY: ALIGN TO wants a time such as '2024-01-01', TIME ZONE 'name' or OFFSET '6 hours'");
    }
    return Ok{};
  }

  Status fills(SampleBy& sample) {
    ++at_;
    if (!symbol('(')) return wanted("SAMPLE BY: wanted FILL(null), FILL(prev), FILL(linear) or FILL(value)");
    do {
      ++at_;
      SF_TRY(fill, one_fill());
      sample.fills.push_back(std::move(fill));
    } while (symbol(','));
    if (!symbol(')')) return wanted("SAMPLE BY: wanted a comma or ) in FILL(…)");
    ++at_;
    return Ok{};
  }

  Result<Fill> one_fill() {
    const auto named = [this](Fill::Kind fill_kind) {
      ++at_;
      return Fill{fill_kind, {}};
    };
    if (word("NONE")) return named(Fill::Kind::kNone);
    if (word("NULL")) return named(Fill::Kind::kNull);
    if (word("PREV") || word("PREVIOUS")) return named(Fill::Kind::kPrevious);
    if (word("LINEAR")) return named(Fill::Kind::kLinear);
    if (word("TRUE") || word("FALSE")) return Fill{Fill::Kind::kValue, std::string(tokens_[at_++].text)};
    if (kind(TokenKind::kString)) return Fill{Fill::Kind::kValue, quoted_text(content_of(tokens_[at_++]))};
    std::string sign;
    if (symbol('-') || symbol('+')) sign = std::string(tokens_[at_++].text);
    if (kind(TokenKind::kNumber)) return Fill{Fill::Kind::kValue, sign + std::string(tokens_[at_++].text)};
    return wanted("SAMPLE BY: FILL takes none, null, prev, linear, or a value such as 0");
  }

  // LATEST [n] ON ( followed by names alone: `JOIN t latest ON (a = b)` is a join.
  bool is_latest() const {
    if (!word("LATEST")) return false;
    const std::size_t counted = kind(TokenKind::kNumber, 1) ? 1 : 0;
    if (!word("ON", 1 + counted) || !symbol('(', 2 + counted)) return false;
    for (std::size_t ahead = 3 + counted; token(ahead) != nullptr; ++ahead) {
      if (symbol(')', ahead)) return true;
      if (!kind(TokenKind::kWord, ahead) && !kind(TokenKind::kQuotedName, ahead) && !symbol(',', ahead)) return false;
    }
    return false;
  }

  Status latest_on() {
    LatestOn latest;
    latest.begin = offset();
    ++at_;
    if (kind(TokenKind::kNumber)) {
      const std::string_view digits = token()->text;
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), latest.count);
      if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || latest.count == 0 ||
          latest.count > kLatestCountMax) {
        return wanted("LATEST ON: wanted a count from 1 to " + std::to_string(kLatestCountMax));
      }
      ++at_;
    }
    at_ += 2;  // ON (
    while (!symbol(')')) {
      if (symbol(',')) return wanted("LATEST ON: wanted a column's name");
      latest.names.push_back(quoted_name(content_of(tokens_[at_++])));
      if (symbol(',') && !symbol(')', 1)) {
        ++at_;
      } else if (!symbol(')')) {
        return wanted("LATEST ON: wanted names with commas between, as in LATEST ON (host, region)");
      }
    }
    ++at_;
    SF_TRY(marker, put_marker(latest.begin, "QUALIFY"));
    latest.marker = marker;
    marked_.latests.push_back(std::move(latest));
    return Ok{};
  }

  const std::string& text_;
  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
  MarkedText marked_;
};

}  // namespace

Result<MarkedText> mark_clauses(const std::string& text) {
  return Marker(text).run();
}

Error error_at(const std::string& text, std::size_t offset, const std::string& message) {
  return {ErrorCode::kInvalidArgument, duckdb::QueryErrorContext::Format(text, message, duckdb::optional_idx(offset))};
}

}  // namespace streamflow::query
