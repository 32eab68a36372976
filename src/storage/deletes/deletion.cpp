#include "storage/deletes/deletion.h"

#include "storage/wal/log_record_bytes.h"

namespace streamflow::storage {

Status check_deletion(const Deletion& deletion) {
  if (deletion.table.empty()) { return Error{ErrorCode::kInvalidArgument, "a delete must name a table"}; }
  if (deletion.range.empty()) { return Error{ErrorCode::kInvalidArgument, "a delete's start must be before its stop"}; }
  std::size_t values = 0;
  bool fits = deletion.table.size() <= kNameBytesMax && deletion.terms.size() <= kTagsPerTableMax;
  for (const TagTerm& term : deletion.terms) {
    fits = fits && term.tag.size() <= kNameBytesMax;
    values += term.values.size();
    for (const std::string& value : term.values) { fits = fits && value.size() <= kTagValueBytesMax; }
  }
  if (fits && values <= kDeletionValuesMax) { return Ok{}; }
  return Error{ErrorCode::kTooLarge, "a delete with more than " + std::to_string(kTagsPerTableMax) + " tags or " +
                                         std::to_string(kDeletionValuesMax) +
                                         " values, or with longer names or values than rows can have"};
}

void write_deletion(ByteWriter& out, const Deletion& deletion) {
  out.string(deletion.table);
  out.fixed(to_ns(deletion.range.begin));
  out.fixed(to_ns(deletion.range.end));
  out.varint(deletion.terms.size());
  for (const TagTerm& term : deletion.terms) {
    out.string(term.tag);
    out.varint(term.values.size());
    for (const std::string& value : term.values) { out.string(value); }
  }
}

Deletion read_deletion(ByteReader& in) {
  Deletion deletion;
  deletion.table = in.string(kNameBytesMax, "a table's name is too long");
  deletion.range.begin = timestamp_from_ns(in.fixed<std::int64_t>());
  deletion.range.end = timestamp_from_ns(in.fixed<std::int64_t>());
  deletion.terms.resize(in.count(2, "more tags than bytes"));
  for (TagTerm& term : deletion.terms) {
    if (in.failed()) { break; }
    term.tag = in.string(kNameBytesMax, "a tag's name is too long");
    term.values.resize(in.count(1, "more values than bytes"));
    for (std::string& value : term.values) { value = in.string(kTagValueBytesMax, "a tag's value is too long"); }
  }
  if (!in.failed() && !check_deletion(deletion).has_value()) { in.fail("a delete breaks the limits of deletes"); }
  return deletion;
}

}  // namespace streamflow::storage
