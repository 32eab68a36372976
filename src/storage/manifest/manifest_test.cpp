#include "storage/manifest/manifest.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "encoding/crc32c.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

const std::filesystem::path kFolder = "manifest";
constexpr const char* kDatabaseId = "00112233445566778899aabbccddeeff";

Manifest random_manifest(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Manifest manifest;
  manifest.database_id = kDatabaseId;
  manifest.next_segment_id.value = random();
  for (std::uint64_t i = random() % 4; i > 0; --i) {
    ShardState shard;
    shard.flushed_through.value = random();
    shard.commit_time_max = timestamp_from_ns(static_cast<std::int64_t>(random()));
    for (std::uint64_t p = random() % 5; p > 0; --p) {
      shard.producers["producer " + std::to_string(random())] = {random(), random()};
    }
    manifest.shards.push_back(std::move(shard));
  }
  for (std::uint64_t i = random() % 4; i > 0; --i) {
    std::vector<TableSchema>& tables = manifest.tables[{"organization", "project" + std::to_string(i)}];
    for (std::uint64_t t = random() % 4; t > 0; --t) {
      TableSchema table{"table" + std::to_string(t), {}, {}, static_cast<DuplicatePolicy>(1 + random() % 3)};
      for (std::uint64_t c = random() % 4; c > 0; --c) { table.tags.push_back("tag" + std::to_string(c)); }
      for (std::uint64_t c = random() % 6; c > 0; --c) {
        table.fields.push_back({"f" + std::to_string(c), static_cast<FieldType>(1 + random() % 5)});
      }
      tables.push_back(std::move(table));
    }
  }
  for (std::uint64_t i = random() % 6; i > 0; --i) {
    SegmentEntry segment;
    segment.id.value = i;
    segment.project = {"organization", "project"};
    segment.shard.value = static_cast<std::uint32_t>(random());
    segment.generation = static_cast<std::uint32_t>(random());
    segment.range = {timestamp_from_ns(-static_cast<std::int64_t>(random() >> 2U)),
                     timestamp_from_ns(static_cast<std::int64_t>(random() >> 1U))};
    segment.sequence_min.value = random();
    segment.sequence_max.value = random();
    segment.row_count = random();
    segment.bytes = random();
    segment.content_hash = random();
    segment.file_name = "segments/" + std::to_string(i);
    if (random() % 3 == 0) { segment.deleted_through.value = random(); }
    manifest.segments.push_back(std::move(segment));
  }
  for (std::uint64_t i = random() % 3; i > 0; --i) {
    Tombstone tombstone;
    tombstone.shard.value = static_cast<std::uint32_t>(random());
    tombstone.sequence.value = random();
    tombstone.asked = timestamp_from_ns(static_cast<std::int64_t>(random()));
    if (random() % 2 == 0) { tombstone.applied = timestamp_from_ns(static_cast<std::int64_t>(random())); }
    tombstone.deletion = {"table" + std::to_string(i), {}, {}};
    for (std::uint64_t t = random() % 3; t > 0; --t) {
      tombstone.deletion.terms.push_back({"tag" + std::to_string(t), {"value", ""}});
    }
    manifest.tombstones.push_back(std::move(tombstone));
  }
  return manifest;
}

std::filesystem::path file_of(std::uint64_t generation) {
  return kFolder / ("000000000000000" + std::to_string(generation));
}

TEST(Manifest, RoundTrips) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Manifest manifest = random_manifest(seed);
    manifest.generation = seed;
    const Result<Manifest> decoded = decode_manifest(encode_manifest(manifest));
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    EXPECT_EQ(*decoded, manifest) << "seed " << seed;
  }
}

TEST(Manifest, RejectsEveryTruncatedPrefixAndFlippedByte) {
  std::vector<std::byte> bytes = encode_manifest(random_manifest(11));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Result<Manifest> decoded = decode_manifest(std::span(bytes).first(length));
    ASSERT_FALSE(decoded.has_value()) << length;
    ASSERT_EQ(decoded.error().code, ErrorCode::kCorrupt);
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] ^= std::byte{0x10};
    const Result<Manifest> decoded = decode_manifest(bytes);
    ASSERT_FALSE(decoded.has_value()) << at;
    ASSERT_EQ(decoded.error().code, ErrorCode::kCorrupt);
    bytes[at] ^= std::byte{0x10};
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(decode_manifest(bytes).has_value());
}

// What passes the checksums but was not written by encode_manifest: every byte of the body, changed and signed again.
TEST(Manifest, DecodesHostileBodiesSafely) {
  const std::vector<std::byte> good = encode_manifest(random_manifest(11));
  std::mt19937_64 random(1);
  std::size_t refused = 0;
  for (std::size_t at = 64; at < good.size(); ++at) {
    std::vector<std::byte> bytes = good;
    bytes[at] ^= static_cast<std::byte>(1 + random() % 255);
    const std::uint32_t body_crc = encoding::crc32c(std::span(bytes).subspan(64));
    std::memcpy(bytes.data() + 32, &body_crc, sizeof body_crc);
    const std::uint32_t header_crc = encoding::crc32c(std::span(bytes).first(60));
    std::memcpy(bytes.data() + 60, &header_crc, sizeof header_crc);
    const Result<Manifest> decoded = decode_manifest(bytes);
    if (decoded.has_value()) {
      EXPECT_TRUE(decode_manifest(encode_manifest(*decoded)).has_value());
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 20U);
}

TEST(Manifest, RefusesNewerVersionsSectionsAndEncryption) {
  const std::vector<std::byte> good = encode_manifest(random_manifest(1));
  for (const std::size_t at : {8U, 40U, 41U, 64U}) {  // version, cipher, flags, the first section's kind
    std::vector<std::byte> bytes = good;
    bytes[at] = std::byte{77};
    const std::uint32_t body_crc = encoding::crc32c(std::span(bytes).subspan(64));
    std::memcpy(bytes.data() + 32, &body_crc, sizeof body_crc);
    const std::uint32_t header_crc = encoding::crc32c(std::span(bytes).first(60));
    std::memcpy(bytes.data() + 60, &header_crc, sizeof header_crc);
    const Result<Manifest> decoded = decode_manifest(bytes);
    ASSERT_FALSE(decoded.has_value());
    EXPECT_EQ(decoded.error().code, ErrorCode::kUnsupported) << at << ": " << decoded.error().message;
  }
}

TEST(ManifestStore, PublishesAndReopens) {
  SimulatedFileSystem files(1);
  Manifest last;
  for (std::uint64_t generation = 0; generation < 5; ++generation) {
    auto store = ManifestStore::open(files, kFolder);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ(store->current().generation, generation);
    if (generation > 0) { EXPECT_EQ(store->current(), last); }
    ASSERT_TRUE(store->publish(random_manifest(generation)).has_value());
    last = store->current();
    EXPECT_EQ(last.generation, generation + 1);
    EXPECT_EQ(files.list(kFolder)->size(), 1U);  // older ones are forgotten
  }
}

TEST(ManifestStore, LeavesOldOrNewWhenAnyCallFails) {
  Manifest old_one = random_manifest(1);
  Manifest new_one = random_manifest(2);
  old_one.generation = 1;
  new_one.generation = 2;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    bool reached = true;
    bool saw_old = false;
    std::uint64_t n = 1;
    for (; reached; ++n) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", call " + std::to_string(n));
      SimulatedFileSystem files(seed);
      auto store = ManifestStore::open(files, kFolder);
      ASSERT_TRUE(store.has_value() && store->publish(old_one).has_value());
      files.fail_call(n, SimulatedFileSystem::Fault::kFromThenOn);
      const std::uint64_t calls = files.call_count();
      const bool published = store->publish(new_one).has_value();
      reached = files.call_count() >= calls + n;
      files.crash();
      if (seed % 2 == 0) {  // the power goes once more, while it is being opened
        files.fail_call(1 + seed % 5, SimulatedFileSystem::Fault::kFromThenOn);
        (void)ManifestStore::open(files, kFolder);
        files.crash();
      }
      const auto again = ManifestStore::open(files, kFolder);
      ASSERT_TRUE(again.has_value()) << again.error().message;
      const Manifest& found = again->current();
      if (published) { ASSERT_EQ(found, new_one); }
      ASSERT_TRUE(found == old_one || found == new_one);
      saw_old = saw_old || found == old_one;
    }
    EXPECT_GT(n, 5U);
    EXPECT_TRUE(saw_old);
  }
}

TEST(ManifestStore, NeverFallsBackToAnOlderOne) {
  for (const bool truncated : {false, true}) {
    SimulatedFileSystem files(1);
    auto store = ManifestStore::open(files, kFolder);
    ASSERT_TRUE(store.has_value() && store->publish(random_manifest(1)).has_value());
    const std::vector<std::byte> older = files.bytes_of(file_of(1));
    ASSERT_TRUE(store->publish(random_manifest(2)).has_value());
    files.put(file_of(1), older);  // a crash had kept it
    if (truncated) {
      files.put(file_of(2), {});
    } else {
      files.flip_bits(file_of(2), 70, 1);
    }
    const auto opened = ManifestStore::open(files, kFolder);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    EXPECT_NE(opened.error().message.find("0000000000000002"), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find("Restore"), std::string::npos);
  }
}

TEST(ManifestStore, IgnoresAnUnpublishedOne) {
  SimulatedFileSystem files(1);
  auto store = ManifestStore::open(files, kFolder);
  ASSERT_TRUE(store.has_value() && store->publish(random_manifest(1)).has_value());
  const std::vector<std::byte> first = files.bytes_of(file_of(1));
  files.put(kFolder / "0000000000000002.tmp", std::span(first).first(30));
  files.put(kFolder / "README", {});
  const auto again = ManifestStore::open(files, kFolder);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->current(), store->current());
  EXPECT_FALSE(files.exists(kFolder / "0000000000000002.tmp"));
}

TEST(ManifestStore, RefusesAFileUnderAnotherName) {
  SimulatedFileSystem files(1);
  auto store = ManifestStore::open(files, kFolder);
  ASSERT_TRUE(store.has_value() && store->publish(random_manifest(1)).has_value());
  ASSERT_TRUE(files.rename(file_of(1), file_of(7)).has_value());
  const auto opened = ManifestStore::open(files, kFolder);
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().message.find("its name says 7"), std::string::npos) << opened.error().message;
}

TEST(ManifestStore, PublishesAgainAfterAFullDisk) {
  SimulatedFileSystem files(1);
  auto store = ManifestStore::open(files, kFolder);
  ASSERT_TRUE(store.has_value() && store->publish(random_manifest(1)).has_value());
  files.set_capacity(10);
  EXPECT_EQ(store->publish(random_manifest(2)).error().code, ErrorCode::kOverloaded);
  EXPECT_EQ(store->current().generation, 1U);
  files.set_capacity(std::nullopt);
  EXPECT_TRUE(store->publish(random_manifest(2)).has_value());
  EXPECT_EQ(store->current().generation, 2U);
}

TEST(ManifestStore, StopsWhenNobodyKnowsWhatWasPublished) {
  SimulatedFileSystem files(1);
  auto store = ManifestStore::open(files, kFolder);
  ASSERT_TRUE(store.has_value() && store->publish(random_manifest(1)).has_value());
  files.fail_call(5, SimulatedFileSystem::Fault::kOnce);  // create, append, sync, rename, sync_folder
  EXPECT_EQ(store->publish(random_manifest(2)).error().code, ErrorCode::kIo);
  const Status later = store->publish(random_manifest(3));
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().code, ErrorCode::kUnavailable);
}

TEST(ManifestStore, RefusesWhatItCouldNotReadBack) {
  SimulatedFileSystem files(1);
  auto store = ManifestStore::open(files, kFolder);
  ASSERT_TRUE(store.has_value());
  Manifest manifest = random_manifest(1);
  manifest.database_id = "ABC";
  EXPECT_EQ(store->publish(manifest).error().code, ErrorCode::kInvalidArgument);
  manifest = random_manifest(1);
  manifest.tables[{"o", "p"}].push_back({std::string(256, 't'), {}, {}, DuplicatePolicy::kKeep});
  EXPECT_EQ(store->publish(manifest).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(store->publish(random_manifest(1)).has_value());
}

}  // namespace
}  // namespace streamflow::storage
