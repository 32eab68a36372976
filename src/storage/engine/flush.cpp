#include "storage/engine/flush.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "storage/compaction/segment_merge.h"
#include "storage/engine/partition.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {
namespace {

struct TableToWrite {
  std::shared_ptr<TableEntry> entry;
  std::shared_ptr<const TableSchema> schema;
  std::shared_ptr<const SortedRows> rows;
};

// Rows of one table and partition in segment order, owning what SegmentTableInput points to.
class SegmentOrder {
 public:
  SegmentOrder(const TableToWrite& table, std::uint32_t shard, const TimeRange& range) : table_(table) {
    collect_series(shard, range);
    for (const RowRun& run : runs_) {
      const auto begin = table_.rows->times.begin() + run.begin, end = table_.rows->times.begin() + run.end;
      times_.insert(times_.end(), begin, end);
      input_.series_row_begin.push_back(static_cast<std::uint32_t>(times_.size()));
    }
    input_.times = times_;
    columns_.resize(table_.schema->fields.size());
    for (std::uint32_t field = 0; field < columns_.size(); ++field) { copy_column(field); }
  }

  bool empty() const { return times_.empty(); }
  const SegmentTableInput& input() const { return input_; }

 private:
  struct Column {
    std::vector<std::uint64_t> bits, validity;
    std::vector<std::string_view> strings;
  };

  // The runs inside `range`, in order of their tag values, which is the same in every process.
  void collect_series(std::uint32_t shard, const TimeRange& range) {
    const std::size_t tags = table_.schema->tags.size();
    std::vector<std::vector<std::uint32_t>> codes;
    for (std::size_t t = 0; t < tags; ++t) { codes.push_back(table_.entry->series(shard).codes(t)); }
    const std::shared_ptr<const TagColumns> columns = table_.entry->tags();
    const auto value_of = [&](SeriesId id, std::size_t t) -> std::string_view {
      return (*columns)[t]->value(codes[t][id.value]);
    };
    const RowSource source = source_of(*table_.rows);
    for (const RowRun& run : source.runs) {
      if (const RowRun inside = cut(run, source.times, range); inside.begin < inside.end) { runs_.push_back(inside); }
    }
    std::sort(runs_.begin(), runs_.end(), [&](const RowRun& a, const RowRun& b) {
      for (std::size_t t = 0; t < tags; ++t) {
        if (codes[t][a.series.value] == codes[t][b.series.value]) { continue; }
        return value_of(a.series, t) < value_of(b.series, t);
      }
      return a.series < b.series;
    });
    input_.schema = table_.schema.get();
    input_.series_count = static_cast<std::uint32_t>(runs_.size());
    input_.series_row_begin = {0};
    for (const RowRun& run : runs_) {
      for (std::size_t t = 0; t < tags; ++t) { input_.series.push_back(value_of(run.series, t)); }
    }
  }

  void copy_column(std::uint32_t field) {
    Column& out = columns_[field];
    const SortedRows::Column* from = table_.rows->column(field);
    const bool is_string = table_.schema->fields[field].type == FieldType::kString;
    if (from == nullptr) {  // NULL throughout
      out.validity.assign((times_.size() + 63) / 64, 0);
      if (is_string) {
        out.strings.resize(times_.size());
      } else {
        out.bits.resize(times_.size());
      }
    } else {
      if (!from->validity.empty()) { out.validity.assign((times_.size() + 63) / 64, 0); }
      std::size_t at = 0;
      for (const RowRun& run : runs_) {
        if (!is_string) {
          out.bits.insert(out.bits.end(), from->bits.begin() + run.begin, from->bits.begin() + run.end);
        }
        for (std::uint32_t row = run.begin; row < run.end; ++row, ++at) {
          if (is_string) { out.strings.push_back(from->strings[row]); }
          if (!from->validity.empty() && ((from->validity[row / 64] >> (row % 64)) & 1U) != 0) {
            out.validity[at / 64] |= std::uint64_t{1} << (at % 64);
          }
        }
      }
    }
    input_.fields.push_back({out.bits, out.strings, out.validity});
  }

  const TableToWrite& table_;
  std::vector<RowRun> runs_;
  std::vector<std::int64_t> times_;
  std::vector<Column> columns_;
  SegmentTableInput input_;
};

// Each project's tables, merged into one run of sorted rows each, in name order.
std::map<ProjectName, std::vector<TableToWrite>> collect(const Memtable& frozen) {
  std::map<ProjectName, std::vector<TableToWrite>> projects;
  for (const auto& entry : frozen.tables()) {
    const MemtableView view = frozen.view(entry.get());  // nothing changes it any more, so no lock
    TableToWrite table{entry, entry->schema(), nullptr};
    if (view.pages.size() == 1) {
      table.rows = view.pages.front();
    } else {
      std::vector<RowSource> sources;
      for (const auto& page : view.pages) { sources.push_back(source_of(*page)); }
      table.rows = std::make_shared<const SortedRows>(merge_rows(sources, table.schema->duplicates));
    }
    if (table.rows->row_count() > 0) { projects[entry->project()].push_back(std::move(table)); }
  }
  for (auto& [project, tables] : projects) {
    std::sort(tables.begin(), tables.end(),
              [](const auto& a, const auto& b) { return a.entry->name() < b.entry->name(); });
  }
  return projects;
}

SegmentEntry new_entry(const FlushInput& input, const ProjectName& project) {
  SegmentEntry entry;
  entry.id = input.next_id();
  entry.project = project;
  entry.shard = input.shard;
  entry.sequence_min = input.sequence_min;
  entry.sequence_max = input.sequence_max;
  entry.file_name = segment_file_name(entry.id);
  return entry;
}

Status write_segment(const FlushInput& input, const ProjectName& project, const std::vector<TableToWrite>& tables,
                     const TimeRange& partition, SegmentEntry& entry) {
  const SegmentHeader header{input.database_id,  project,           input.shard, entry.generation,
                             input.sequence_min, input.sequence_max};
  SF_TRY(writer, SegmentWriter::create(*input.files, input.data_folder / entry.file_name, header));
  for (const TableToWrite& table : tables) {
    const SegmentOrder order(table, input.shard.value, partition);
    if (!order.empty()) { SF_CHECK(writer->add_table(order.input())); }
  }
  SF_TRY(summary, writer->finish());
  entry.range = summary.range;
  entry.row_count = summary.row_count;
  entry.bytes = summary.bytes;
  entry.content_hash = summary.content_hash;
  return Ok{};
}

// An entry is added before its file is begun.
Status write_all(const FlushInput& input, const Memtable& frozen, std::vector<SegmentEntry>& entries) {
  for (const auto& [project, tables] : collect(frozen)) {
    PartitionChooser chooser;
    for (const TableToWrite& table : tables) { chooser.add(table.rows->times); }
    for (const TimeRange& partition : chooser.partitions()) {
      entries.push_back(new_entry(input, project));
      SF_CHECK(write_segment(input, project, tables, partition, entries.back()));
    }
  }
  return input.files->sync_folder(input.data_folder / "segments");
}

}  // namespace

Result<std::vector<SegmentEntry>> write_segments(const FlushInput& input, const Memtable& frozen) {
  std::vector<SegmentEntry> entries;
  if (Status written = write_all(input, frozen, entries); !written.has_value()) {
    remove_segments(input, entries);
    return std::move(written).error();
  }
  return entries;
}

void remove_segments(const FlushInput& input, const std::vector<SegmentEntry>& entries) {
  for (const SegmentEntry& entry : entries) { (void)input.files->remove(input.data_folder / entry.file_name); }
}

}  // namespace streamflow::storage
