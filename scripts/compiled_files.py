"""Prints those of the given files that a build folder compiles. Usage: compiled_files.py BUILD_FOLDER FILE..."""

import json
import pathlib
import sys


def main() -> int:
    build, files = pathlib.Path(sys.argv[1]), sys.argv[2:]
    commands = json.loads((build / "compile_commands.json").read_text())
    compiled = {pathlib.Path(command["directory"], command["file"]).resolve() for command in commands}
    for file in files:
        if pathlib.Path(file).resolve() in compiled:
            print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
