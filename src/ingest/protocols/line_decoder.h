// One pass over one body of line protocol: what LineProtocolDecoder::decode() runs. Internal to ingest/protocols.
// Source:     line_protocol.h has the contract; research behind the shape: the cost of a row is finding its delimiters
//             and comparing its names, so both are predicted from the rows before and only verified.
//             - the text "measurement,tags" is looked up whole (hash and memcmp); what followed the previous row's text
//               last time is tried first, without a hash;
//             - the k-th field is expected to be the k-th of the table's previous row: one comparison of its bytes.
// Invariants: a line first fills `staged_`, `tags_` and `new_fields_`; only commit() changes tables, and cannot fail
//             half-way, so that a bad line leaves no trace.
// Threads:    an object belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/protocols/key_memo.h"
#include "ingest/protocols/line_fault.h"
#include "ingest/protocols/line_protocol.h"
#include "ingest/protocols/line_table.h"

namespace streamflow::ingest {

class LineDecoder {
 public:
  explicit LineDecoder(std::uint64_t seed) : seed_(seed), table_memo_(seed), series_memo_(seed) {}

  LineProtocolResult decode(std::string_view body, const LineProtocolOptions& options);

 private:
  // The bytes `key=` expected next, and the column they mean. Up to 32 bytes are compared at once.
  struct ExpectedField {
    alignas(16) char key[32] = {};
    const char* text = nullptr;  // in the body
    std::uint32_t bytes = 0;     // with the "="
    std::uint32_t column = 0;
    FieldType type = FieldType::kFloat64;
  };
  struct Table {
    Table(std::string name, std::uint64_t seed) : rows(std::move(name), seed) {}
    LineTable rows;
    std::shared_ptr<const TableSchema> stored;  // null: storage does not know it
    std::vector<ExpectedField> expected;        // the fields of the last row that broke the expectation, in its order
  };
  struct SeriesEntry {  // by the number of the text in series_memo_
    Table* table = nullptr;
    std::uint32_t series = 0;
    std::uint32_t generation = 0;
    std::uint32_t next = KeyMemo::kNone;  // the text that came after this one last time
  };
  struct StagedField {
    FieldValue value;
    std::uint32_t column = 0;  // kNewColumn + index into new_fields_ for columns the table lacks
    std::uint32_t key_bytes = 0;
    const char* key = nullptr;
  };
  static constexpr std::uint32_t kNewColumn = 0x80000000U;

  void start(std::string_view body, const LineProtocolOptions& options);
  LineProtocolResult finish();
  const char* skip_blank_lines(const char* at);
  const char* decode_line(const char* at);  // behind the line's content, or nullptr
  void recover(const char* line_start);

  const char* find_series(const char* at);
  const char* parse_series(std::string_view text);
  const char* parse_tag(const char* at, const char* end);
  const char* parse_expected_tag(const char* at, const char* end);
  const char* parse_fields(const char* at);
  bool matches(const ExpectedField& expected, const char* at) const;
  const TableSchema* stored_table();
  bool fits_stored_table(const StagedField& field, const char* value_start);
  const char* parse_field_key(const char* at, StagedField& field);
  const char* parse_timestamp(const char* at, std::int64_t& time);

  bool check_irregular_line();
  bool check_tags_and_fields();
  bool check_duplicate_fields();
  void drop_empty_tags();
  bool check_name(std::string_view kind, std::string_view name, const char* at);
  void commit(std::int64_t time, std::size_t text_bytes);
  void commit_series();
  void commit_new_fields();
  void make_room(std::size_t text_bytes);
  void learn_expected_fields();
  std::size_t rows_expected(const char* at) const;
  void take_batch(Table& table);

  // Remembers what is wrong; always answers nullptr.
  const char* fail(LineFault fault, const char* at, std::string_view name = {}, std::string_view text = {});
  const char* fail_name(LineFault fault, const char* at, std::string_view kind, std::string_view name);

  std::uint64_t seed_;
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  LineProtocolOptions options_;
  LineProtocolResult result_;
  std::uint64_t line_ = 0;  // of the current line's first byte, from 1

  std::deque<Table> tables_;  // never move: SeriesEntry points to them
  KeyMemo table_memo_;
  KeyMemo series_memo_;
  std::vector<SeriesEntry> series_;
  std::uint32_t previous_series_ = KeyMemo::kNone;

  // The current line.
  Table* table_ = nullptr;        // nullptr: a table of its own, named measurement_
  std::string_view measurement_;  // unescaped
  std::shared_ptr<const TableSchema> stored_;
  std::string_view series_text_;  // raw
  std::uint64_t series_hash_ = 0;
  std::uint32_t series_index_ = 0;  // kNone: not yet in series_memo_
  bool plain_ = false;              // the series' text is ASCII without backslashes and empty tags
  std::vector<TagText> tags_;       // only when series_index_ is kNone or of an older generation
  std::vector<StagedField> staged_;
  std::size_t staged_count_ = 0;
  bool regular_ = true;  // every field was the expected one
  std::vector<std::string_view> new_fields_;
  std::deque<std::string> unescaped_;
  std::uint64_t stamp_ = 0;
  LineFaultReport fault_;
};

}  // namespace streamflow::ingest
