// Deletes over HTTP: our own JSON, and InfluxDB v2's.
#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/influx_predicate.h"
#include "server/rfc3339.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

using Json = nlohmann::ordered_json;
using storage::Deletion;
using storage::TagTerm;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Result<Timestamp> time_from(const std::string& name, const Json& value) {
  Timestamp time;
  const bool is_beyond =
      value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(to_ns(kTimestampMax)) + 1;
  if (is_beyond) { return invalid(fmt::format("`{}` lies beyond the year 2262, where no row can be", name)); }
  if (value.is_number_integer()) {
    time = timestamp_from_ns(value.get<std::int64_t>());
  } else if (value.is_string()) {
    SF_TRY(parsed, parse_rfc3339(value.get<std::string>()));
    time = parsed;
  } else {
    return invalid(fmt::format("`{}` must be a time like \"2026-01-31T12:00:00Z\", or nanoseconds since 1970", name));
  }
  return std::clamp(time, kTimestampMin, kTimestampMax + Duration(1));
}

Result<std::string> tag_value_from(const std::string& tag, const Json& value) {
  if (value.is_null()) { return std::string(); }
  if (value.is_string()) { return value.get<std::string>(); }
  return invalid(fmt::format("tag \"{}\" must have a string, null (the tag is missing) or a list of them", tag));
}

Result<std::vector<TagTerm>> terms_from(const Json& tags) {
  if (!tags.is_object()) {
    return invalid("`tags` must be an object like {\"host\": \"a\", \"room\": [\"1\", \"2\"]}");
  }
  std::vector<TagTerm> terms;
  for (const auto& [tag, wanted] : tags.items()) {
    TagTerm term{tag, {}};
    for (const Json& value : wanted.is_array() ? wanted : Json::array({wanted})) {
      SF_TRY(text, tag_value_from(tag, value));
      term.values.push_back(std::move(text));
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

// Of members with one name JSON readers keep the last, which could be the wider delete.
Json::parser_callback_t note_repeated(std::string& repeated) {
  return [&repeated, open = std::vector<std::set<std::string>>()](int, Json::parse_event_t event,
                                                                  const Json& parsed) mutable {
    if (event == Json::parse_event_t::object_start) { open.emplace_back(); }
    if (event == Json::parse_event_t::object_end && !open.empty()) { open.pop_back(); }
    if (event == Json::parse_event_t::key && !open.empty()) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!open.back().insert(name).second && repeated.empty()) { repeated = name; }
    }
    return true;
  };
}

// Names that are not known are refused: a misspelled `stop` would delete more than was meant.
Result<Deletion> deletion_from(std::string_view body) {
  std::string repeated;
  const Json json = Json::parse(body, note_repeated(repeated), false);
  if (!repeated.empty()) { return invalid(fmt::format("the member \"{}\" is given twice", repeated.substr(0, 80))); }
  if (!json.is_object()) {
    return invalid("the body must be a JSON object like {\"table\": \"cpu\", \"tags\": {\"host\": \"a\"}}");
  }
  Deletion deletion;
  for (const auto& [name, value] : json.items()) {
    if (name == "table" && value.is_string()) {
      deletion.table = value.get<std::string>();
    } else if (name == "start" || name == "stop") {
      SF_TRY(time, time_from(name, value));
      (name == "start" ? deletion.range.begin : deletion.range.end) = time;
    } else if (name == "tags") {
      SF_TRY(terms, terms_from(value));
      deletion.terms = std::move(terms);
    } else {
      return invalid(fmt::format("unknown member \"{}\": a delete has table (a string), start, stop and tags",
                                 name.substr(0, 80)));
    }
  }
  return deletion;
}

Json deletion_json(const storage::DeleteRecord& record) {
  Json tags = Json::object();
  for (const TagTerm& term : record.deletion.terms) { tags[term.tag] = term.values; }
  const TimeRange all;
  const auto time = [](Timestamp at, bool open) { return open ? Json() : Json(to_rfc3339(at)); };
  return {{"table", record.deletion.table},
          {"start", time(record.deletion.range.begin, record.deletion.range.begin == all.begin)},
          {"stop", time(record.deletion.range.end, record.deletion.range.end == all.end)},
          {"tags", std::move(tags)},
          {"asked", to_rfc3339(record.asked)},
          {"erased", record.applied ? Json(to_rfc3339(*record.applied)) : Json()}};
}

Result<TimeRange> influx_range(const Json& json) {
  TimeRange range;
  for (const char* name : {"start", "stop"}) {
    if (!json.contains(name) || !json[name].is_string()) {
      return invalid(fmt::format("`{}` must be a time like \"2026-01-31T12:00:00Z\"", name));
    }
    SF_TRY(time, time_from(name, json[name]));
    (std::string_view(name) == "start" ? range.begin : range.end) = time;
  }
  return range;
}

// One table's part of a predicate; none when no row of it can match, because it lacks the tag.
std::optional<Deletion> influx_deletion(const TableSchema& table, const TimeRange& range,
                                        const std::vector<TagTerm>& terms) {
  Deletion deletion{table.name, range, {}};
  for (const TagTerm& term : terms) {
    if (term.tag == "_measurement") { continue; }
    if (!table.tag_index(term.tag)) { return std::nullopt; }
    deletion.terms.push_back(term);
  }
  return deletion;
}

Status influx_delete(const Call& call) {
  const Json json = Json::parse(call.request.body, nullptr, false);
  if (!json.is_object()) {
    return invalid(R"(the body must be a JSON object like {"start": ..., "stop": ..., "predicate": "host=\"a\""})");
  }
  SF_TRY(range, influx_range(json));
  if (json.contains("predicate") && !json["predicate"].is_string()) { return invalid("`predicate` must be a string"); }
  SF_TRY(terms, parse_influx_predicate(json.value("predicate", "")));
  for (const std::string& name : call.services.tables(call.project)) {
    const bool wanted = std::ranges::all_of(
        terms, [&](const TagTerm& term) { return term.tag != "_measurement" || term.values.front() == name; });
    const auto schema = call.services.table(call.project, name);
    if (!wanted || schema == nullptr) { continue; }
    const auto deletion = influx_deletion(*schema, range, terms);
    if (!deletion) { continue; }
    if (auto deleted = call.services.delete_rows(call.project, *deletion); !deleted) { return deleted.error(); }
  }
  return Ok{};
}

}  // namespace

Response delete_rows(Call& call) {
  auto deletion = deletion_from(call.request.body);
  if (!deletion) { return call.problem(deletion.error()); }
  const auto deleted = call.services.delete_rows(call.project, *deletion);
  if (!deleted) { return call.problem(deleted.error()); }
  return json_response(200, dump({{"position", deleted->position}}));
}

Response list_deletes(Call& call) {
  Json list = Json::array();
  for (const storage::DeleteRecord& record : call.services.deletes(call.project)) {
    list.push_back(deletion_json(record));
  }
  return json_response(200, dump({{"deletes", std::move(list)}}));
}

Response influx_delete_rows(Call& call) {
  if (const Status deleted = influx_delete(call); !deleted) { return call.problem(deleted.error()); }
  return {204, {}, "", {}};
}

}  // namespace streamflow::server::routes
