// What the guided tour says, and how many of its checks failed.
// Threads: one.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "app/sql/terminal.h"

namespace streamflow::app {

class Tour {
 public:
  Tour(std::ostream& out, const Terminal& terminal) : out_(out), terminal_(terminal) {}

  void heading(std::string_view text);  // numbered
  void say(std::string_view line);      // indented; "" is an empty line
  void show(std::string_view lines);    // indented, as they are: tables, SQL
  // "ok: 21 years" or "FAILED: 21 years". Returns `holds`.
  bool check(bool holds, std::string_view what);
  // A step that could not be done at all.
  void fail(std::string_view what) { check(false, what); }

  int failures() const { return failures_; }
  int checks() const { return checks_; }
  const Terminal& terminal() const { return terminal_; }
  std::ostream& out() { return out_; }

 private:
  std::ostream& out_;
  Terminal terminal_;
  int step_ = 0, checks_ = 0, failures_ = 0;
};

}  // namespace streamflow::app
