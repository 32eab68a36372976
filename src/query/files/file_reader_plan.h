// Decides what each column of a file becomes (time, tag or field of a type) and writes the statement that reads it.
// Invariants: a column's type follows from the file (FileSource) unless `types` overrides it; an overridden value that
//             does not convert without loss rejects its row. Integers are int64, unsigned 64-bit ones uint64, other
//             numbers float64, booleans bool, everything else a string: dates and times that are not the time included.
// Threads:    one.
// Errors:     kInvalidArgument for names that the file lacks or that are given twice, kTooLarge for a schema's limits.
#pragma once

#include <string>
#include <vector>

#include "query/files/file_reader.h"
#include "query/files/file_reader_rows.h"
#include "query/files/file_reader_time.h"

namespace streamflow::query {

struct ImportPlan {
  RowLayout layout;
  std::string sql;  // of the form that FileRows reads
  std::vector<std::string> notes;
};

Result<ImportPlan> plan_import(const FileSource& source, const TimePlan& time, const FileReadOptions& options);

}  // namespace streamflow::query
