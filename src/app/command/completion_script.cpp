#include "app/command/completion_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace streamflow::app {

namespace {

// Words that may follow the command: its own commands' names.
std::vector<std::string> names_below(const std::string& parent, const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  const std::string prefix = parent.empty() ? "" : parent + " ";
  for (const CommandWords& command : commands) {
    if (command.name.empty() || !command.name.starts_with(prefix) || command.name.size() == prefix.size()) continue;
    const std::string rest = command.name.substr(prefix.size());
    if (rest.find(' ') == std::string::npos) names.push_back(rest);
  }
  return names;
}

// bash, and zsh through its bashcompinit: one `case` over the command words so far.
std::string bash_function(const std::vector<CommandWords>& commands) {
  std::string out =
      "_streamflow() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} command= word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$word\" in -*) ;; *)\n"
      "      case \"$command $word\" in\n        ";
  std::vector<std::string> known;
  for (const CommandWords& command : commands) {
    if (!command.name.empty())
      known.push_back("'" + std::string(command.name.find(' ') == std::string::npos ? " " : "") + command.name + "'");
  }
  out += fmt::format(
      "{}) command=\"${{command:+$command }}$word\";;\n      esac;;\n    esac\n  done\n  local words=\n  case "
      "\"$command\" in\n",
      fmt::join(known, "|"));
  for (const CommandWords& command : commands) {
    out += fmt::format("    '{}') words='{} {}';;\n", command.name, fmt::join(names_below(command.name, commands), " "),
                       fmt::join(command.options, " "));
  }
  out +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  case \"$current\" in -*) ;; *) COMPREPLY+=($(compgen -f -- \"$current\"));; esac\n"
      "}\n";
  return out;
}

std::string fish_quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find_first_of("'\\", at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return "'" + text + "'";
}

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string out;
  for (const CommandWords& command : commands) {
    if (command.name.empty()) continue;
    const std::size_t blank = command.name.find(' ');
    const std::string condition = blank == std::string::npos
                                      ? std::string("__fish_use_subcommand")
                                      : "__fish_seen_subcommand_from " + command.name.substr(0, blank);
    const std::string word = blank == std::string::npos ? command.name : command.name.substr(blank + 1);
    out += fmt::format("complete -c streamflow -f -n '{}' -a {} -d {}\n", condition, word, fish_quoted(command.help));
    for (const std::string& option : command.options) {
      out += fmt::format("complete -c streamflow -n '__fish_seen_subcommand_from {}' -l {}\n", word, option.substr(2));
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands) {
  if (shell == "bash") {
    return "# bash completion for streamflow: source <(streamflow completion bash)\n" + bash_function(commands) +
           "complete -o filenames -F _streamflow streamflow\n";
  }
  if (shell == "zsh") {
    return "#compdef streamflow\n# zsh completion for streamflow: source <(streamflow completion zsh)\n"
           "autoload -Uz bashcompinit && bashcompinit\n" +
           bash_function(commands) + "complete -o filenames -F _streamflow streamflow\n";
  }
  if (shell == "fish")
    return "# fish completion for streamflow: streamflow completion fish | source\n" + fish_script(commands);
  return {};
}

}  // namespace streamflow::app
