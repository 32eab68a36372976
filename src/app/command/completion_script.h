// Shell completion: scripts for bash, zsh and fish, made from the commands and options themselves.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

namespace streamflow::app {

struct CommandWords {
  std::string name;  // "" is the program itself; "key create" a command within a command
  std::string help;
  std::vector<std::string> options;  // "--json"
};

// `shell`: bash, zsh or fish; "" for another.
std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands);

}  // namespace streamflow::app
