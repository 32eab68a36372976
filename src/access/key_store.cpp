#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "access/api_keys.h"
#include "access/token.h"

namespace streamflow::access {
namespace {

constexpr std::size_t kPepperBytes = 32;

Error io_error(const std::string& what, const std::filesystem::path& path) {
  return {ErrorCode::kIo, what + " " + path.string() + ": " + std::strerror(errno)};
}

Status write_private_file(const std::filesystem::path& path, const std::string& bytes) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) { return io_error("creating", path); }
  const bool written =
      ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
  const bool closed = ::close(fd) == 0;
  if (written && closed) { return Ok{}; }
  return io_error("writing", path);
}

// Without the folder's own entry synced, a power cut could take the pepper and with it every key.
Status sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) { return io_error("opening", folder); }
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  if (synced) { return Ok{}; }
  return io_error("syncing", folder);
}

// Two processes may start on a new folder at once: link() lets exactly one of their peppers win.
Status create_pepper(const std::filesystem::path& path) {
  SF_TRY(pepper, random_bytes(kPepperBytes));
  const std::filesystem::path draft = path.string() + "." + std::to_string(::getpid());
  ::unlink(draft.c_str());
  SF_CHECK(write_private_file(draft, pepper));
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int link_errno = errno;
  ::unlink(draft.c_str());
  errno = link_errno;
  if (!linked) { return io_error("creating", path); }
  return sync_folder(path.parent_path());
}

Result<std::string> read_or_create_pepper(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) { SF_CHECK(create_pepper(path)); }
  std::ifstream file(path, std::ios::binary);
  if (!file) { return io_error("reading the pepper", path); }
  std::string pepper{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (pepper.size() < kPepperBytes) {
    return Error{ErrorCode::kCorrupt, "the pepper " + path.string() + " has " + std::to_string(pepper.size()) +
                                          " bytes, wanted at least 32: restore it from a backup, or remove it and "
                                          "create every API key anew"};
  }
  return pepper;
}

// Whoever deletes one of the two files must not so open the server to everybody, nor make every key worthless unseen.
// The database is made first: a pepper without it, or keys without the pepper, is a loss.
Status check_whole(const std::filesystem::path& pepper, const std::filesystem::path& database) {
  std::error_code error;
  if (!std::filesystem::exists(pepper, error) || std::filesystem::exists(database, error)) { return Ok{}; }
  return Error{ErrorCode::kCorrupt, database.string() +
                                        " is missing, and with it the API keys: restore it from a backup; or, to start "
                                        "without any key, remove " +
                                        pepper.string() + " as well"};
}

Status check_no_keys(metadata::Database& database, const std::filesystem::path& pepper) {
  SF_TRY(any_pepper, random_bytes(kPepperBytes));
  SF_TRY(keys, ApiKeys::open(database, any_pepper));
  if (!keys->any()) { return Ok{}; }
  return Error{ErrorCode::kCorrupt, pepper.string() +
                                        " is missing, and without it no API key can be verified: restore it from a "
                                        "backup; or remove metadata.sqlite as well and create every key anew"};
}

}  // namespace

Result<KeyStore> open_key_store(const std::filesystem::path& data_folder) {
  std::error_code error;
  std::filesystem::create_directories(data_folder, error);
  if (error) {
    return Error{ErrorCode::kIo, "creating the data folder " + data_folder.string() + ": " + error.message()};
  }
  KeyStore store;
  const std::filesystem::path pepper_path = data_folder / "pepper", database_path = data_folder / "metadata.sqlite";
  SF_CHECK(check_whole(pepper_path, database_path));
  SF_TRY(database, metadata::Database::open_sqlite(database_path));
  store.database = std::move(database);
  if (!std::filesystem::exists(pepper_path, error)) { SF_CHECK(check_no_keys(*store.database, pepper_path)); }
  SF_TRY(pepper, read_or_create_pepper(pepper_path));
  SF_TRY(keys, ApiKeys::open(*store.database, pepper));
  store.keys = std::move(keys);
  return store;
}

}  // namespace streamflow::access
