// ManifestStore: manifests as files, one per generation.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "storage/manifest/manifest.h"

namespace streamflow::storage {
namespace {

constexpr std::size_t kNameDigits = 16;

std::string name_of_generation(std::uint64_t generation) {
  std::string name(kNameDigits, '0');
  for (std::size_t i = kNameDigits; i > 0; --i, generation >>= 4U) {
    name[i - 1] = "0123456789abcdef"[generation & 0xFU];
  }
  return name;
}

std::optional<std::uint64_t> generation_of_name(const std::string& name) {
  std::uint64_t generation = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), generation, 16);
  if (parsed.ec != std::errc{} || name_of_generation(generation) != name) { return std::nullopt; }
  return generation;
}

Result<Manifest> load(FileSystem& files, const std::filesystem::path& path, std::uint64_t generation) {
  SF_TRY(file, files.open(path));
  if (file->size() > kManifestBytesMax) { return Error{ErrorCode::kCorrupt, "manifest: larger than any can be"}; }
  std::vector<std::byte> bytes(file->size());
  SF_CHECK(file->read(0, bytes));
  SF_TRY(manifest, decode_manifest(bytes));
  if (manifest.generation != generation) {
    return Error{ErrorCode::kCorrupt, "manifest: it is generation " + std::to_string(manifest.generation) +
                                          ", its name says " + std::to_string(generation)};
  }
  return std::move(manifest);
}

Status write_synced(FileSystem& files, const std::filesystem::path& path, std::span<const std::byte> bytes) {
  SF_TRY(file, files.create(path));
  SF_CHECK(file->append(bytes));
  return file->sync();
}

bool fits(const std::string& name) {
  return name.size() <= kNameBytesMax;
}

// Whether decode_manifest would take back what encode_manifest makes of it.
Status check(const Manifest& manifest) {
  const std::string& id = manifest.database_id;
  if (id.size() != 32 || id.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument,
                 "manifest: a database id is 32 lower-case hex digits, got \"" + id + "\""};
  }
  bool all_fit = true;
  for (const ShardState& shard : manifest.shards) {
    for (const auto& [producer, mark] : shard.producers) {
      all_fit = all_fit && producer.size() <= kProducerIdBytesMax;
    }
  }
  for (const auto& [project, tables] : manifest.tables) {
    all_fit = all_fit && fits(project.organization) && fits(project.project);
    for (const TableSchema& table : tables) {
      all_fit = all_fit && fits(table.name) && std::all_of(table.tags.begin(), table.tags.end(), fits);
      for (const FieldColumn& field : table.fields) { all_fit = all_fit && fits(field.name); }
    }
  }
  for (const SegmentEntry& segment : manifest.segments) {
    all_fit = all_fit && fits(segment.project.organization) && fits(segment.project.project) && fits(segment.file_name);
  }
  for (const Tombstone& tombstone : manifest.tombstones) {
    all_fit = all_fit && fits(tombstone.project.organization) && fits(tombstone.project.project) &&
              check_deletion(tombstone.deletion).has_value();
  }
  if (all_fit) { return Ok{}; }
  return Error{ErrorCode::kTooLarge, "manifest: a name is longer than " + std::to_string(kNameBytesMax) + " bytes"};
}

}  // namespace

std::string make_database_id(Randomness& randomness) {
  std::array<char, 33> id{};
  const std::uint64_t high = randomness.next(), low = randomness.next();
  std::snprintf(id.data(), id.size(), "%016llx%016llx", static_cast<unsigned long long>(high),
                static_cast<unsigned long long>(low));
  return id.data();
}

ManifestStore::ManifestStore(FileSystem& files, std::filesystem::path folder, Manifest current)
    : files_(&files), folder_(std::move(folder)), current_(std::move(current)) {}

Status check_no_data(FileSystem& files, const std::filesystem::path& data_folder) {
  for (const char* folder : {"segments", "wal/0"}) {
    const auto names = files.list(data_folder / folder);
    if (!names.has_value() || names->empty()) { continue; }
    return Error{ErrorCode::kCorrupt, "the manifest is missing although " + (data_folder / folder).string() +
                                          " holds data: nothing was changed; restore manifest/ from a backup"};
  }
  return Ok{};
}

Result<ManifestStore> ManifestStore::open(FileSystem& files, std::filesystem::path folder) {
  SF_CHECK(files.create_folders(folder));
  SF_TRY(names, files.list(folder));
  std::optional<std::uint64_t> newest;
  for (const std::string& name : names) {
    if (name.ends_with(".tmp")) {  // never published
      SF_CHECK(files.remove(folder / name));
      continue;
    }
    const std::optional<std::uint64_t> generation = generation_of_name(name);
    if (generation) { newest = std::max(newest.value_or(0), *generation); }
  }
  if (!newest) { return ManifestStore(files, std::move(folder), Manifest{}); }
  const std::filesystem::path path = folder / name_of_generation(*newest);
  Result<Manifest> manifest = load(files, path, *newest);
  if (!manifest.has_value() && manifest.error().code == ErrorCode::kCorrupt) {
    return Error{
        ErrorCode::kCorrupt,
        path.string() + ": " + manifest.error().message +
            ". It was whole when it was published, so the disk has damaged it; an older one is not used in its place, "
            "because the log it would need may be gone. Restore the data folder from a backup"};
  }
  if (!manifest.has_value()) { return with_context(std::move(manifest).error(), path.string()); }
  // What a crash brought back of a rename or a publish that had returned already must not vanish again.
  SF_CHECK(files.sync_folder(folder));
  return ManifestStore(files, std::move(folder), std::move(*manifest));
}

Status ManifestStore::check_running() const {
  if (failed_.empty()) { return Ok{}; }
  return Error{ErrorCode::kUnavailable,
               "no manifest can be published after: " + failed_ + ". Mend the disk and restart"};
}

Status ManifestStore::publish(Manifest next) {
  SF_CHECK(check_running());
  SF_CHECK(check(next));
  next.generation = current_.generation + 1;
  const std::vector<std::byte> bytes = encode_manifest(next);
  if (bytes.size() > kManifestBytesMax) {
    return Error{ErrorCode::kTooLarge,
                 "a manifest of " + std::to_string(bytes.size()) + " bytes: compact the segments first"};
  }
  const std::filesystem::path path = folder_ / name_of_generation(next.generation);
  const std::filesystem::path unpublished = path.string() + ".tmp";
  SF_CHECK(write_synced(*files_, unpublished, bytes));  // a full disk: nothing has happened, it may be tried again
  Status published = files_->rename(unpublished, path);
  if (published.has_value()) { published = files_->sync_folder(folder_); }
  if (!published.has_value()) {
    failed_ = published.error().message;
    return published;
  }
  current_ = std::move(next);
  // Older ones only take space: one that cannot be removed now is tried again by the next publish.
  if (const auto names = files_->list(folder_); names.has_value()) {
    for (const std::string& name : *names) {
      const std::optional<std::uint64_t> generation = generation_of_name(name);
      if (generation && *generation < current_.generation) { (void)files_->remove(folder_ / name); }
    }
  }
  return Ok{};
}

}  // namespace streamflow::storage
