#include "storage/testing/write_ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "storage/engine/write_router.h"
#include "storage/memtable/series_index.h"

namespace streamflow::storage::testing {
namespace {

constexpr const char* kAudit = "audit";

std::uint32_t shard_of_tags(const PlainValues& tags, std::uint32_t shard_count) {
  std::vector<std::uint64_t> names;
  std::vector<std::string> values;
  for (const auto& [name, value] : tags) {
    names.push_back(hash_tag_name(name));
    values.push_back(value);
  }
  return shard_of(hash_tag_set(names, values), shard_count);
}

RowBatch audit_batch(std::uint64_t request, const std::vector<std::string>& tags) {
  RowBatch batch;
  batch.table = kAudit;
  batch.duplicates = DuplicatePolicy::kKeep;
  batch.tags = {"place"};
  batch.series = tags;
  batch.series_count = static_cast<std::uint32_t>(tags.size());
  FieldVector id;
  id.name = "id";
  id.type = FieldType::kInt64;
  for (std::uint32_t s = 0; s < batch.series_count; ++s) {
    batch.series_of_row.push_back(s);
    batch.times.push_back(static_cast<std::int64_t>(request));
    id.bits.push_back(request);
  }
  batch.fields = {id};
  return batch;
}

std::string text_of(const PlainRow& row) {
  std::string text = std::to_string(row.time);
  for (const PlainValues* values : {&row.tags, &row.fields}) {
    for (const auto& [name, value] : *values) { text.append(" ").append(name).append("=").append(value); }
  }
  return text;
}

}  // namespace

WriteLedger::WriteLedger(std::uint32_t shard_count) : audit_tags_(shard_count), shards_(shard_count) {
  std::uint32_t found = 0;
  for (int i = 0; found < shard_count; ++i) {
    const std::string tag = "p" + std::to_string(i);
    std::string& place = audit_tags_[shard_of_tags({{"place", tag}}, shard_count)];
    if (place.empty()) {
      place = tag;
      ++found;
    }
  }
}

std::uint32_t WriteLedger::shard_of_row(const PlainRow& row) const {
  return shard_of_tags(row.tags, static_cast<std::uint32_t>(shards_.size()));
}

std::vector<RowBatch> WriteLedger::with_audit(std::uint64_t request, std::vector<RowBatch> batches) const {
  std::set<std::uint32_t> shards;
  for (const RowBatch& batch : batches) {
    for (const PlainRow& row : plain_rows(batch)) { shards.insert(shard_of_row(row)); }
  }
  std::vector<std::string> tags;
  tags.reserve(shards.size());
  for (const std::uint32_t shard : shards) { tags.push_back(audit_tags_[shard]); }
  batches.push_back(audit_batch(request, tags));
  return batches;
}

void WriteLedger::sent(std::uint64_t request, const std::vector<RowBatch>& batches, Engine& engine,
                       std::mt19937_64& random) {
  const auto is_it = [&](const Slice& slice) { return slice.request == request; };
  const bool again = std::any_of(shards_.begin(), shards_.end(), [&](const Slices& slices) {
    return std::any_of(slices.begin(), slices.end(), is_it);
  });
  if (again) { see(engine, random); }
  std::vector<Slice> slices(shards_.size());
  for (const RowBatch& batch : batches) {
    for (PlainRow& row : plain_rows(batch)) { slices[shard_of_row(row)].rows[batch.table].push_back(std::move(row)); }
  }
  for (std::size_t shard = 0; shard < slices.size(); ++shard) {
    if (slices[shard].rows.empty()) { continue; }
    Slices& known = shards_[shard];
    const auto before = std::find_if(known.begin(), known.end(), is_it);
    if (before != known.end()) {
      if (before->seen) { continue; }
      known.erase(before);
    }
    slices[shard].request = request;
    known.push_back(std::move(slices[shard]));
  }
}

void WriteLedger::acknowledged(std::uint64_t request) {
  for (Slices& slices : shards_) {
    for (Slice& slice : slices) { slice.acknowledged = slice.acknowledged || slice.request == request; }
  }
}

void WriteLedger::harden() {
  for (Slices& slices : shards_) {
    for (Slice& slice : slices) { slice.hardened = slice.hardened || slice.acknowledged; }
  }
}

void WriteLedger::see(Engine& engine, std::mt19937_64& random) {
  std::vector<std::map<std::uint64_t, int>> found(shards_.size());
  if (engine.table({}, kAudit) != nullptr) {
    for (const PlainRow& row : scan_rows(engine, kAudit, random)) {
      ++found[shard_of_row(row)][static_cast<std::uint64_t>(row.time)];
    }
  }
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    for (Slice& slice : shards_[shard]) {
      const auto place = found[shard].find(slice.request);
      slice.seen = place != found[shard].end();
      if (!slice.seen) { continue; }
      EXPECT_EQ(place->second, 1) << "request " << slice.request << " is doubled in shard " << shard;
      found[shard].erase(place);
    }
    for (const auto& [request, count] : found[shard]) {
      ADD_FAILURE() << "request " << request << " is in shard " << shard << ", where it was gone or never sent";
    }
  }
}

// Slices that are gone after a crash are forgotten: they must not come back.
void WriteLedger::check_promises(After after) {
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    Slices& slices = shards_[shard];
    bool hole = false;
    for (Slice& slice : slices) {
      const bool promised = slice.hardened || (slice.acknowledged && after != After::kPowerLoss);
      EXPECT_TRUE(slice.seen || !promised) << "request " << slice.request << " is lost in shard " << shard;
      EXPECT_FALSE(slice.seen && hole) << "request " << slice.request << " survived an earlier one in shard " << shard;
      hole = hole || (slice.acknowledged && !slice.seen);
      lost_softly_ += slice.acknowledged && !slice.seen ? 1U : 0U;
      if (after != After::kNothing && slice.seen) { slice.acknowledged = slice.hardened = true; }
    }
    if (after != After::kNothing) {
      std::erase_if(slices, [](const Slice& slice) { return !slice.seen; });
    }
  }
}

void WriteLedger::compare(Engine& engine, std::mt19937_64& random) {
  std::map<std::string, std::vector<PlainRow>> rows;
  for (const Slices& slices : shards_) {
    for (const Slice& slice : slices) {
      if (!slice.seen) { continue; }
      for (const auto& [table, some] : slice.rows) { rows[table].insert(rows[table].end(), some.begin(), some.end()); }
    }
  }
  EngineOracle oracle;
  std::map<std::string, DuplicatePolicy> policies;
  for (auto& [table, all] : rows) {
    const auto schema = engine.table({}, table);
    if (schema == nullptr) {
      ADD_FAILURE() << "table " << table << " is gone";
      continue;
    }
    policies[table] = schema->duplicates;
    const auto known = policies_.find(table);
    EXPECT_TRUE(known == policies_.end() || known->second == schema->duplicates)
        << "table " << table << " treats duplicates in another way now";
    oracle.write(table, schema->duplicates, std::move(all));
  }
  policies_ = std::move(policies);
  for (const std::string& table : engine.reader({})->snapshot()->table_names()) {
    SCOPED_TRACE("table " + table);
    const std::vector<PlainRow> expected = policies_.contains(table) ? oracle.rows(table) : std::vector<PlainRow>{};
    const std::vector<PlainRow> found = scan_rows(engine, table, random);
    if (found == expected) { continue; }
    const auto [is, should] = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
    ADD_FAILURE() << found.size() << " rows, expected " << expected.size() << "; the first that differs is "
                  << (is == found.end() ? "missing" : text_of(*is)) << ", expected "
                  << (should == expected.end() ? "none" : text_of(*should));
  }
}

void WriteLedger::verify(Engine& engine, std::mt19937_64& random, After after) {
  see(engine, random);
  check_promises(after);
  compare(engine, random);
}

}  // namespace streamflow::storage::testing
