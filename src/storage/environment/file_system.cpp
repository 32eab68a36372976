#include "storage/environment/file_system.h"

namespace streamflow::storage {

Status replace_file(FileSystem& files, const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  {
    SF_TRY(file, files.create(temporary));
    SF_CHECK(file->append(bytes));
    SF_CHECK(file->sync());
  }
  SF_CHECK(files.rename(temporary, path));
  return files.sync_folder(path.parent_path());
}

}  // namespace streamflow::storage
