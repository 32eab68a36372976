#include "app/doctor/folder_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/import/read_only_files.h"
#include "app/import/time_text.h"
#include "app/sql/terminal.h"
#include "storage/manifest/manifest.h"
#include "storage/segment/segment_reader.h"
#include "storage/wal/wal.h"

namespace streamflow::app {

namespace {

namespace fs = std::filesystem;
using Severity = Finding::Severity;

constexpr std::string_view kRestoreAdvice =
    "restore this file from a backup; without one these rows are lost: `streamflow doctor --repair` puts the file "
    "aside, "
    "so that the server serves the rest";

class FolderCheck {
 public:
  FolderCheck(storage::FileSystem& files, const fs::path& folder) : files_(files), folder_(folder) {}

  FolderReport run() {
    report_.exists = true;
    if (load_manifest()) {
      for (const storage::SegmentEntry& entry : manifest_.segments) check_segment(entry);
      check_strays();
      for (std::size_t shard = 0; shard < manifest_.shards.size(); ++shard) check_log(shard);
    }
    check_quarantine(folder_ / "quarantine");
    return std::move(report_);
  }

 private:
  void damage(std::string what, std::string lost, std::string_view advice, std::string segment = "") {
    report_.findings.push_back(
        {Severity::kDamage, std::move(what), std::move(lost), std::string(advice), std::move(segment)});
  }
  void note(std::string what, std::string_view advice) {
    report_.findings.push_back({Severity::kNote, std::move(what), "", std::string(advice), ""});
  }

  bool load_manifest() {
    std::error_code unknown;
    if (!fs::is_directory(folder_ / "manifest", unknown)) {
      if (fs::is_directory(folder_ / "segments", unknown)) {
        damage("the folder manifest/ is missing", "which segments and tables exist", "restore manifest/ from a backup");
      }
      return false;
    }
    const auto store = storage::ManifestStore::open(files_, folder_ / "manifest");
    if (!store) {
      damage("the manifest cannot be read: " + store.error().message, "which segments and tables exist",
             "restore manifest/ from a backup; the server refuses to start rather than show an empty database");
      return false;
    }
    manifest_ = store->current();
    if (manifest_.generation == 0) {
      const Status empty = storage::check_no_data(files_, folder_);
      if (!empty) damage(empty.error().message, "which segments and tables exist", "restore manifest/ from a backup");
      return false;
    }
    report_.manifest_generation = manifest_.generation;
    for (const auto& [project, tables] : manifest_.tables) report_.table_count += tables.size();
    return true;
  }

  void check_segment(const storage::SegmentEntry& entry) {
    ++report_.segment_count;
    report_.segment_bytes += entry.bytes;
    report_.segment_rows += entry.row_count;
    const std::string lost =
        fmt::format("up to {} rows of {}, from {} to {}", with_thousands(entry.row_count), to_string(entry.project),
                    format_time(entry.range.begin), format_time(entry.range.end - Duration(1)));
    const auto reader = storage::SegmentReader::open(files_, folder_ / entry.file_name);
    if (!reader) {
      damage(fmt::format("segment {} cannot be opened: {}", entry.file_name, reader.error().message), lost,
             kRestoreAdvice, entry.file_name);
      return;
    }
    if (const Status status = (*reader)->verify(); !status) {
      damage(fmt::format("segment {} is damaged: {}", entry.file_name, status.error().message), lost, kRestoreAdvice,
             entry.file_name);
    }
  }

  // Files in segments/ that no manifest names: a crash between writing and publishing leaves one.
  void check_strays() {
    const auto names = files_.list(folder_ / "segments");
    if (!names) return;
    for (const std::string& name : *names) {
      const std::string relative = "segments/" + name;
      const bool known = std::any_of(manifest_.segments.begin(), manifest_.segments.end(),
                                     [&](const storage::SegmentEntry& entry) { return entry.file_name == relative; });
      if (!known) note(relative + " belongs to no table: a crash left it", "nothing to do; the next start removes it");
    }
  }

  void check_log(std::size_t shard) {
    const fs::path folder = folder_ / "wal" / std::to_string(shard);
    std::error_code unknown;
    if (!fs::is_directory(folder, unknown)) return;  // nothing was written yet
    storage::WalOptions options;
    options.database_id = manifest_.database_id;
    options.shard = ShardIndex{static_cast<std::uint32_t>(shard)};
    const auto count = [&](const storage::LogRecord& record) -> Status {
      for (const auto& batch : record.batches) report_.log_rows += batch->row_count();
      return Ok{};
    };
    const auto wal = storage::Wal::open(files_, folder, options, manifest_.shards[shard].flushed_through, count);
    if (!wal) {
      damage(fmt::format("the log of shard {} cannot be read: {}", shard, wal.error().message),
             "rows that are not yet in segments", "restore wal/ from a backup");
      return;
    }
    const storage::WalReplay& replay = (*wal)->replay();
    report_.log_records += replay.record_count;
    report_.log_bytes += replay.bytes;
    report_.torn_bytes += replay.torn_bytes;
    if (replay.torn_bytes > 0) {
      note(fmt::format("the log of shard {} ends in {} bytes of an unfinished record", shard, replay.torn_bytes),
           "nothing to do: they were never acknowledged, and the next start cuts them");
    }
    for (const storage::WalLoss& loss : replay.losses) {
      damage(
          fmt::format("log file {} is damaged in bytes {} to {}", loss.file.lexically_relative(folder_).string(),
                      loss.offset_begin, loss.offset_end),
          fmt::format("the records between sequence {} and {}", loss.sequence_after.value, loss.sequence_before.value),
          "the next start keeps every intact record and copies the file to quarantine/; `strict: true` refuses "
          "instead");
    }
    check_quarantine(folder / "quarantine");
  }

  void check_quarantine(const fs::path& folder) {
    std::error_code unknown;
    if (!fs::is_directory(folder, unknown)) return;
    const auto names = files_.list(folder);
    if (!names) return;
    for (const std::string& name : *names) {
      note(fmt::format("{} was damaged and is kept as it was found",
                       (folder / name).lexically_relative(folder_).string()),
           "its intact records are in the database; look at it, then delete it");
    }
  }

  storage::FileSystem& files_;
  fs::path folder_;
  storage::Manifest manifest_;
  FolderReport report_;
};

}  // namespace

bool FolderReport::damaged() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& f) { return f.severity == Severity::kDamage; });
}

Result<FolderReport> check_folder(storage::FileSystem& files, const std::filesystem::path& folder) {
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown)) return FolderReport{};
  if (!fs::exists(folder / "manifest", unknown) && !fs::exists(folder / "segments", unknown)) {
    FolderReport empty;
    empty.exists = true;
    return empty;
  }
  SF_TRY(lock, files.lock(folder / "lock"));
  FolderReport report = examine_folder(files, folder);
  lock.reset();
  return report;
}

FolderReport examine_folder(storage::FileSystem& files, const std::filesystem::path& folder) {
  ReadOnlyFiles read_only(files);
  return FolderCheck(read_only, folder).run();
}

}  // namespace streamflow::app
