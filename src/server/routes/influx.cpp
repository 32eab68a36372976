// What InfluxDB's agents and libraries ask before they write: databases, buckets, organizations.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// InfluxDB's ids are 16 hexadecimal digits: FNV-1a of the name, so that a name always has the same one.
std::string id_of(std::string_view kind, std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) { hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL; }
  };
  mix(kind);
  mix("|");
  mix(name);
  return fmt::format("{:016x}", hash);
}

// InfluxQL's words: letters run together, a quoted name loses its quotes, every other character stands alone.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '"') {
      std::string word;
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) { ++at; }
        word.push_back(text[at]);
      }
      ++at;
      words.push_back(std::move(word));
    } else {
      const auto is_word = [](char w) {
        return std::isalnum(static_cast<unsigned char>(w)) != 0 || w == '_' || w == '-' || w == '.';
      };
      std::size_t end = at + 1;
      while (is_word(c) && end < text.size() && is_word(text[end])) { ++end; }
      words.emplace_back(text.substr(at, end - at));
      at = end;
    }
  }
  while (!words.empty() && words.back() == ";") { words.pop_back(); }
  return words;
}

bool begins(const std::vector<std::string>& words, std::initializer_list<std::string_view> start) {
  return words.size() >= start.size() &&
         std::equal(start.begin(), start.end(), words.begin(),
                    [](std::string_view a, const std::string& b) { return equal_ignoring_case(a, b); });
}

bool may_see(const Call& call, const ProjectName& project) {
  return access::authorize(call.subject, access::Action::kReadData, {project, ""}).has_value() ||
         access::authorize(call.subject, access::Action::kWriteData, {project, ""}).has_value();
}

// Of the caller's organization, with the one that is always there.
std::vector<std::string> visible_projects(const Call& call) {
  std::vector<std::string> names;
  auto all = call.services.projects();
  all.push_back({call.subject.organization, call.subject.project.value_or("default")});
  for (const ProjectName& project : all) {
    if (project.organization == call.subject.organization && may_see(call, project)) {
      names.push_back(project.project);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Response result(const Json& content) {
  Json one = {{"statement_id", 0}};
  one.update(content);
  return json_response(200, dump({{"results", Json::array({one})}}) + "\n");
}

Response series(std::string_view name, const char* column, const std::vector<std::string>& values) {
  Json rows = Json::array();
  for (const std::string& value : values) { rows.push_back(Json::array({value})); }
  if (values.empty()) { return result(Json::object()); }
  return result({{"series", Json::array({{{"name", name}, {"columns", {column}}, {"values", rows}}})}});
}

// Projects appear with their first row, so there is nothing to create: only to check that the caller may.
Response create_database(const Call& call, const std::string& name) {
  ProjectName project{call.subject.organization, name};
  if (const std::size_t slash = name.find('/'); slash != std::string::npos) {
    project = {name.substr(0, slash), name.substr(slash + 1)};
  }
  const Status allowed = access::authorize(call.subject, access::Action::kWriteData, {project, ""});
  return allowed ? result(Json::object()) : call.problem(allowed.error());
}

Response run(const Call& call, std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) {
    return call.problem({ErrorCode::kInvalidArgument, "error parsing query: missing required parameter \"q\""});
  }
  if (begins(words, {"CREATE", "DATABASE"}) && words.size() >= 3) { return create_database(call, words[2]); }
  const Status reads = access::authorize(call.subject, access::Action::kReadData, {call.project, ""});
  if (begins(words, {"SHOW", "DATABASES"})) { return series("databases", "name", visible_projects(call)); }
  if (!reads) { return call.problem(reads.error()); }
  if (begins(words, {"SHOW", "MEASUREMENTS"})) {
    return series("measurements", "name", call.services.tables(call.project));
  }
  if (begins(words, {"SHOW", "RETENTION", "POLICIES"})) {
    const Json row = Json::array({"autogen", "0s", "168h0m0s", 1, true});
    const Json columns = {"name", "duration", "shardGroupDuration", "replicaN", "default"};
    return result({{"series", Json::array({{{"columns", columns}, {"values", Json::array({row})}}})}});
  }
  if (begins(words, {"SELECT"}) || begins(words, {"SHOW"})) {
    return result({{"error", "this InfluxQL statement is not supported: read with SQL at POST /api/v1/sql"}});
  }
  return call.problem(
      {ErrorCode::kInvalidArgument,
       fmt::format("error parsing query: found {}, expected SELECT, SHOW or CREATE DATABASE at line 1, char 1",
                   words.front().substr(0, 80))});
}

Json bucket_json(const Call& call, const std::string& name) {
  const std::string& organization = call.subject.organization;
  return {{"id", id_of("bucket", organization + "/" + name)},
          {"orgID", id_of("org", organization)},
          {"type", "user"},
          {"name", name},
          {"retentionRules", Json::array()}};
}

}  // namespace

Response influx_query(Call& call) {
  if (const auto text = call.request.parameter("q"); text.has_value()) { return run(call, *text); }
  const auto form = parse_form(call.request.body);
  if (!form) { return call.problem({ErrorCode::kInvalidArgument, "error parsing query: " + form.error().message}); }
  for (const auto& [name, value] : *form) {
    if (name == "q") { return run(call, value); }
  }
  return run(call, "");
}

Response influx_buckets(Call& call) {
  const auto wanted = call.request.parameter("name");
  const auto id = call.request.parameter("id");
  Json buckets = Json::array();
  std::vector<std::string> names = visible_projects(call);
  // A bucket that may be written exists as far as its client can tell.
  if (wanted.has_value() && may_see(call, {call.subject.organization, std::string(*wanted)})) {
    names = {std::string(*wanted)};
  }
  for (const std::string& name : names) {
    const Json bucket = bucket_json(call, name);
    if ((!wanted.has_value() || name == *wanted) && (!id.has_value() || bucket["id"] == *id)) {
      buckets.push_back(bucket);
    }
  }
  return json_response(200, dump({{"links", {{"self", "/api/v2/buckets"}}}, {"buckets", std::move(buckets)}}));
}

Response influx_create_bucket(Call& call) {
  const Json body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("name") || !body["name"].is_string()) {
    return call.problem({ErrorCode::kInvalidArgument, "the body must be a JSON object with a string `name`"});
  }
  const auto name = body["name"].get<std::string>();
  if (name.empty() || name.size() > kNameBytesMax || name.find('/') != std::string::npos) {
    return call.problem({ErrorCode::kInvalidArgument, "a bucket's name is 1 to 255 bytes without slashes"});
  }
  const Status allowed =
      access::authorize(call.subject, access::Action::kWriteData, {{call.subject.organization, name}, ""});
  if (!allowed) { return call.problem(allowed.error()); }
  return json_response(201, dump(bucket_json(call, name)));
}

Response influx_orgs(Call& call) {
  const std::string& own = call.subject.organization;
  const bool local = call.subject.kind == access::Subject::Kind::kLocalUser;
  const auto wanted = call.request.parameter("org");
  Json organizations = Json::array();
  // The local user's client may call the organization what it likes.
  const std::string name = local && wanted.has_value() ? std::string(*wanted) : own;
  if (!wanted.has_value() || *wanted == name) {
    organizations.push_back({{"id", id_of("org", own)}, {"name", name}, {"description", ""}});
  }
  return json_response(200, dump({{"links", {{"self", "/api/v2/orgs"}}}, {"orgs", std::move(organizations)}}));
}

}  // namespace streamflow::server::routes
