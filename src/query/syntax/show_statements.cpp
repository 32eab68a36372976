#include "query/syntax/show_statements.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "duckdb/common/enums/set_operation_type.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/query_node/set_operation_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/basetableref.hpp"
#include "query/functions/function_registry.h"
#include "query/functions/storage_function.h"
#include "query/syntax/clauses.h"
#include "query/syntax/table_names.h"
#include "query/syntax/tokens.h"

namespace streamflow::query {

namespace {

using duckdb::SelectNode;
using Kind = ShowStatement::Kind;

constexpr std::size_t kTablesMax = 100;  // of SHOW SERIES without FROM

bool same_name(const std::string& a, const std::string& b) {
  return duckdb::StringUtil::CIEquals(a, b);
}

std::string series_items(const std::vector<std::string>& tags) {
  std::string items;
  for (const std::string& tag : tags) items += quoted_name(tag) + ", ";
  return items + "count(*) AS rows, min(\"time\") AS first_time, max(\"time\") AS last_time";
}

class Reader {
 public:
  Reader(const std::string& text, const SnapshotOf& snapshot_of)
      : text_(text), snapshot_of_(snapshot_of), tokens_(tokens_of(text)) {
    while (!tokens_.empty() && tokens_.back().is_symbol(';')) tokens_.pop_back();
  }

  Result<ShowStatement> run() {
    if (!take("SHOW")) return ShowStatement{};
    if (is_whole("STORAGE")) return plain(std::string("SELECT * FROM ") + kStorageFunction + "()");
    if (is_whole("FUNCTIONS")) return plain(std::string("SELECT * FROM ") + kFunctionsFunction + "()");
    if (take("SERIES")) return at_ == tokens_.size() ? all_series() : rest(Kind::kSeries);
    if (!take("TAG")) return ShowStatement{};
    if (take("KEYS")) return tag_keys();
    if (take("VALUES")) return tag_values();
    return token() == nullptr ? ShowStatement{} : Result<ShowStatement>(wanted("SHOW TAG: wanted KEYS or VALUES"));
  }

 private:
  const Token* token() const { return at_ < tokens_.size() ? &tokens_[at_] : nullptr; }
  bool take(std::string_view word) {
    const bool found = token() != nullptr && token()->is_word(word);
    at_ += found ? 1 : 0;
    return found;
  }
  bool take(char symbol) {
    const bool found = token() != nullptr && token()->is_symbol(symbol);
    at_ += found ? 1 : 0;
    return found;
  }
  bool is_whole(std::string_view word) const { return at_ + 1 == tokens_.size() && tokens_[at_].is_word(word); }
  std::optional<std::string> take_name() {
    if (token() == nullptr || (token()->kind != TokenKind::kWord && token()->kind != TokenKind::kQuotedName)) {
      return std::nullopt;
    }
    return content_of(tokens_[at_++]);
  }
  Error wanted(const std::string& what) const {
    return error_at(text_, token() != nullptr ? token()->begin : text_.size(), what);
  }

  static ShowStatement plain(std::string sql) { return {Kind::kText, std::move(sql), {}, {}}; }

  // All before FROM becomes SELECT 1; what follows is the user's.
  Result<ShowStatement> rest(Kind kind) {
    if (token() == nullptr || !token()->is_word("FROM")) return wanted("wanted FROM and a table, as in FROM cpu");
    std::string marked = text_;
    const std::size_t begin = tokens_[0].begin;
    std::string head = "SELECT 1";
    head.resize(tokens_[at_].begin - begin, ' ');
    marked.replace(begin, head.size(), head);
    return ShowStatement{kind, std::move(marked), {}, {}};
  }

  Result<ShowStatement> all_series() {
    if (!snapshot_of_) return Error{ErrorCode::kUnsupported, "SHOW SERIES is not available here"};
    const auto snapshot = snapshot_of_();
    const auto tables = snapshot->table_names();
    if (tables.empty()) return plain("SELECT NULL::VARCHAR AS \"table\" WHERE false");
    if (tables.size() > kTablesMax) {
      return wanted("SHOW SERIES: there are " + std::to_string(tables.size()) + " tables, more than " +
                    std::to_string(kTablesMax) + "; name one, as in SHOW SERIES FROM " + quoted_name(tables.front()));
    }
    std::string sql;
    for (const std::string& table : tables) {
      const auto schema = snapshot->table(table);
      if (!schema) continue;
      sql += (sql.empty() ? "" : " UNION ALL BY NAME ") + std::string("SELECT ") + quoted_text(table) +
             " AS \"table\", " + series_items(sql_tag_names(*schema)) + " FROM " + quoted_name(table) +
             (schema->tags.empty() ? " HAVING count(*) > 0" : " GROUP BY ALL");
    }
    return plain("SELECT * FROM (" + sql + ") ORDER BY ALL");
  }

  Result<ShowStatement> tag_keys() {
    std::string filter;
    if (take("FROM")) {
      const auto table = take_name();
      if (!table.has_value()) return wanted("SHOW TAG KEYS FROM: wanted a table's name");
      filter = " AND lower(table_name) = lower(" + quoted_text(*table) + ")";
    }
    if (token() != nullptr) return wanted("SHOW TAG KEYS: wanted nothing more, or FROM and a table");
    return plain("SELECT table_name AS \"table\", column_name AS tag FROM duckdb_columns() WHERE \"comment\" = 'tag'" +
                 filter + " ORDER BY table_name, column_index");
  }

  Result<ShowStatement> tag_values() {
    SF_TRY(show, rest(Kind::kTagValues));
    ++at_;
    if (!take_name().has_value()) return wanted("SHOW TAG VALUES FROM: wanted a table's name");
    const std::size_t first = at_;
    if (!take("WITH")) return std::move(show);
    if (!take("KEY")) return wanted("SHOW TAG VALUES: wanted KEY behind WITH, as in WITH KEY = host");
    SF_CHECK(keys(show));
    const std::size_t begin = tokens_[first].begin;
    const std::size_t end = tokens_[at_ - 1].end();
    show.text.replace(begin, end - begin, std::string(end - begin, ' '));
    return std::move(show);
  }

  Status keys(ShowStatement& show) {
    const bool is_list = take("IN");
    if (is_list ? !take('(') : !take('='))
      return wanted("SHOW TAG VALUES: wanted WITH KEY = tag or WITH KEY IN (tag, …)");
    do {
      const std::size_t place = token() != nullptr ? token()->begin : text_.size();
      const auto key = take_name();
      if (!key.has_value()) return wanted("SHOW TAG VALUES: wanted a tag's name, not in single quotes");
      show.keys.push_back(*key);
      show.places.push_back(place);
    } while (is_list && take(','));
    if (is_list && !take(')')) return wanted("SHOW TAG VALUES: wanted a comma or ) in the list of tags");
    return Ok{};
  }

  const std::string& text_;
  const SnapshotOf& snapshot_of_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

class Completer {
 public:
  Completer(const ShowStatement& show, duckdb::SelectStatement& statement, const std::string& text)
      : show_(show), statement_(statement), text_(text) {}

  Status run(const SnapshotOf& snapshot_of) {
    if (!snapshot_of) return Error{ErrorCode::kUnsupported, "SHOW SERIES and SHOW TAG VALUES are not available here"};
    if (statement_.node->type != duckdb::QueryNodeType::SELECT_NODE) return no_table();
    auto& select = statement_.node->Cast<SelectNode>();
    if (!select.from_table || select.from_table->type != duckdb::TableReferenceType::BASE_TABLE ||
        !select.groups.group_expressions.empty() || select.having) {
      return no_table();
    }
    const std::string& name = select.from_table->Cast<duckdb::BaseTableRef>().table_name;
    const auto schema = find_table(*snapshot_of(), name);
    if (!schema) {
      const auto place = select.from_table->query_location;
      return error_at(text_, place.IsValid() ? place.GetIndex() : 0,
                      "there is no table \"" + name + "\"; SHOW TABLES lists them");
    }
    return show_.kind == Kind::kSeries ? series(select, sql_tag_names(*schema)) : values(select, *schema);
  }

 private:
  Error no_table() const {
    return error_at(text_, 0, "wanted one table behind FROM, then WHERE, ORDER BY or LIMIT at most");
  }

  static void set_items(SelectNode& select, const std::string& items, const std::string& groups) {
    select.select_list = duckdb::Parser::ParseExpressionList(items);
    if (groups.empty()) {
      select.having = std::move(duckdb::Parser::ParseExpressionList("count(*) > 0").at(0));
    } else {
      select.groups = duckdb::Parser::ParseGroupByList(groups);
    }
  }

  static void order_by(duckdb::QueryNode& node, const std::string& order) {
    const bool has_order = std::any_of(node.modifiers.begin(), node.modifiers.end(), [](const auto& modifier) {
      return modifier->type == duckdb::ResultModifierType::ORDER_MODIFIER;
    });
    if (has_order || order.empty()) return;
    auto modifier = duckdb::make_uniq<duckdb::OrderModifier>();
    modifier->orders = duckdb::Parser::ParseOrderList(order);
    node.modifiers.insert(node.modifiers.begin(), std::move(modifier));
  }

  Status series(SelectNode& select, const std::vector<std::string>& tags) {
    std::string groups;
    for (const std::string& tag : tags) groups += (groups.empty() ? "" : ", ") + quoted_name(tag);
    set_items(select, series_items(tags), groups);
    order_by(select, groups);
    return Ok{};
  }

  Status values(SelectNode& select, const TableSchema& schema) {
    const auto tags = sql_tag_names(schema);
    for (std::size_t i = 0; i < show_.keys.size(); ++i) {
      const auto is_key = [&](const std::string& tag) { return same_name(tag, show_.keys[i]); };
      if (std::any_of(tags.begin(), tags.end(), is_key)) continue;
      return error_at(text_, show_.places[i], "the table \"" + schema.name + "\" has no tag \"" + show_.keys[i] + "\"");
    }
    const auto& keys = show_.keys.empty() ? tags : show_.keys;
    auto all = duckdb::make_uniq<duckdb::SetOperationNode>();
    all->setop_type = duckdb::SetOperationType::UNION;
    all->setop_all = true;
    all->modifiers = std::move(select.modifiers);
    all->cte_map = std::move(select.cte_map);
    select.modifiers.clear();
    for (const std::string& key : keys) {
      auto one = select.Copy();
      const std::string column = quoted_name(key);
      set_items(one->Cast<SelectNode>(), quoted_text(key) + " AS tag, " + column + " AS value, count(*) AS rows",
                column);
      one->Cast<SelectNode>().having = std::move(duckdb::Parser::ParseExpressionList(column + " IS NOT NULL").at(0));
      all->children.push_back(std::move(one));
    }
    return put(std::move(all), select);
  }

  Status put(duckdb::unique_ptr<duckdb::SetOperationNode> all, SelectNode& select) {
    if (all->children.empty()) {  // no tags, no rows
      select.select_list =
          duckdb::Parser::ParseExpressionList("NULL::VARCHAR AS tag, NULL::VARCHAR AS value, 0 AS rows");
      select.where_clause = std::move(duckdb::Parser::ParseExpressionList("false").at(0));
      return Ok{};
    }
    if (all->children.size() == 1) {
      auto one = std::move(all->children[0]);
      one->modifiers = std::move(all->modifiers);
      statement_.node = std::move(one);
    } else {
      statement_.node = std::move(all);
    }
    order_by(*statement_.node, "1, 2");
    return Ok{};
  }

  const ShowStatement& show_;
  duckdb::SelectStatement& statement_;
  const std::string& text_;
};

}  // namespace

Result<ShowStatement> read_show(const std::string& text, const SnapshotOf& snapshot_of) {
  return Reader(text, snapshot_of).run();
}

Status complete_show(const ShowStatement& show, duckdb::SelectStatement& statement, const std::string& text,
                     const SnapshotOf& snapshot_of) {
  try {
    return Completer(show, statement, text).run(snapshot_of);
  } catch (std::exception& exception) {
    return Error{ErrorCode::kInvalidArgument, "SHOW: " + duckdb::ErrorData(exception).RawMessage()};
  }
}

}  // namespace streamflow::query
