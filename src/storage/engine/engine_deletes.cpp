// Deletes: one record in every shard's log, a tombstone in each.
#include <algorithm>

#include "storage/engine/engine_state.h"

namespace streamflow::storage {
namespace {

Status check_names(const TableSchema* schema, const Deletion& deletion) {
  if (schema == nullptr) { return Error{ErrorCode::kNotFound, "there is no table \"" + deletion.table + "\""}; }
  for (const TagTerm& term : deletion.terms) {
    if (!schema->tag_index(term.tag)) {
      return Error{ErrorCode::kNotFound, "table \"" + deletion.table + "\" has no tag \"" + term.tag + "\""};
    }
  }
  return Ok{};
}

}  // namespace

Result<DeleteReceipt> Engine::delete_rows(const ProjectName& project, const Deletion& deletion) {
  State& state = *state_;
  SF_CHECK(check_deletion(deletion));
  SF_CHECK(check_names(table(project, deletion.table).get(), deletion));
  std::vector<std::unique_ptr<ShardWrite>> writes;
  for (std::size_t s = 0; s < state.shards.size(); ++s) {
    auto write = std::make_unique<ShardWrite>();
    write->record.kind = RecordKind::kDelete;
    write->record.project = project;
    write->record.deletion = deletion;
    SF_CHECK(check_record(write->record));
    write->payload = encode_record(write->record);
    writes.push_back(std::move(write));
  }
  std::latch done(static_cast<std::ptrdiff_t>(writes.size()));
  state.submit(writes, done);
  DeleteReceipt receipt;
  for (std::size_t s = 0; s < writes.size(); ++s) {
    if (writes[s]->error) { return *writes[s]->error; }
    receipt.position += (receipt.position.empty() ? "" : ",") + std::to_string(s) + "=" +
                        std::to_string(writes[s]->record.sequence.value);
  }
  return receipt;
}

std::vector<DeleteRecord> Engine::deletes(const ProjectName& project) const {
  std::vector<DeleteRecord> records;
  for (const auto& shard : state_->shards) {
    const auto tombstones = shard->tombstones();
    for (const Tombstone& tombstone : *tombstones) {
      if (tombstone.project != project) { continue; }
      // A delete's tombstones have the same words and, to within its own duration, the same time in every shard.
      const auto same = std::ranges::find_if(records, [&](const DeleteRecord& record) {
        const Duration apart = record.asked - tombstone.asked;
        return record.deletion == tombstone.deletion && apart < std::chrono::seconds(1) &&
               apart > std::chrono::seconds(-1);
      });
      DeleteRecord& record = same != records.end() ? *same : records.emplace_back();
      const bool fresh = record.deletion.table.empty();
      if (fresh) {
        record = {tombstone.deletion, tombstone.asked, tombstone.applied};
      } else if (record.applied) {
        record.applied = std::max(*record.applied, tombstone.applied);
      }
      if (!tombstone.is_applied()) { record.applied.reset(); }
    }
  }
  std::ranges::sort(records, {}, &DeleteRecord::asked);
  return records;
}

}  // namespace streamflow::storage
