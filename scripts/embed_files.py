#!/usr/bin/env python3
"""Writes the sources that carry files inside the binary: src/server/assets and the built web page.

The bytes come in by the assembler's .incbin, so that no compiler has to parse them. Text is kept twice, as it is and
gzipped (reproducibly: no time, no name). Names under assets/ carry a hash of their content and may be cached for ever.

Usage: embed_files.py ASSETS_FOLDER PAGE_FOLDER OUT_FOLDER   (called by the build; see cmake/EmbeddedFiles.cmake)
"""

import gzip
import hashlib
import pathlib
import sys

NAMED = {"kOpenapiJson": "openapi.json", "kDocsHtml": "docs.html"}  # as src/server/assets/assets.h declares them
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
COMPRESSED = {".html", ".js", ".css", ".svg", ".json"}
GZIP_SAVES_MIN = 0.9  # a variant larger than this share of the original is not kept
NOT_SERVED = {"manifest.json"}  # Vite's own notes


class Blobs:
    """Collects byte strings, and writes them as one assembler file with a symbol for each."""

    def __init__(self, folder):
        self.folder = folder
        self.lines = ["/* Made by scripts/embed_files.py. */", ".section .rodata", ".balign 16"]
        self.declarations = []

    def add(self, data):
        """A C++ expression of type std::string_view for the bytes."""
        if not data:
            return "std::string_view()"
        name = f"streamflow_embedded_{len(self.declarations)}"
        digest = hashlib.sha256(data).hexdigest()[:16]  # makes the file differ when only the bytes do
        path = self.folder / f"{name}-{digest}.bin"
        path.write_bytes(data)
        self.lines += [f".globl {name}", f".hidden {name}", f".type {name}, %object", f".size {name}, {len(data)}"]
        self.lines += [f"{name}:", f'.incbin "{path}"']
        self.declarations.append(f'extern "C" const char {name}[];')
        return f"std::string_view({name}, {len(data)})"

    def assembler(self):
        return "\n".join([*self.lines, '.section .note.GNU-stack,"",%progbits']) + "\n"


def page_row(path, name, blobs):
    data = path.read_bytes()
    packed = gzip.compress(data, 9, mtime=0) if path.suffix in COMPRESSED else b""
    if len(packed) >= len(data) * GZIP_SAVES_MIN:
        packed = b""
    etag = hashlib.sha256(data).hexdigest()[:20]
    immutable = "true" if name.startswith("assets/") else "false"
    return (
        f'    {{"/{name}", "{TYPES[path.suffix]}", "{etag}", {immutable},\n'
        f"     {blobs.add(data)},\n     {blobs.add(packed)}}},"
    )


def main(arguments):
    assets, page, out = (pathlib.Path(argument).resolve() for argument in arguments)
    blob_folder = out / "blobs"
    blob_folder.mkdir(parents=True, exist_ok=True)
    for old in blob_folder.iterdir():
        old.unlink()
    blobs = Blobs(blob_folder)
    named = [
        f"const std::string_view {name} = {blobs.add((assets / file).read_bytes())};" for name, file in NAMED.items()
    ]
    files = sorted(path for path in page.rglob("*") if path.is_file() and path.name not in NOT_SERVED)
    rows = [page_row(path, path.relative_to(page).as_posix(), blobs) for path in files]
    source = [
        "// Made by scripts/embed_files.py.",
        '#include "server/assets/assets.h"',
        "",
        *blobs.declarations,
        "",
        "namespace streamflow::server::assets {",
        "",
        *named,
        "",
        "namespace {",
        "const PageFile kPageFiles[] = {",
        *rows,
        "};",
        "}  // namespace",
        "",
        "std::span<const PageFile> page_files() {",
        "  return kPageFiles;",
        "}",
        "",
        "}  // namespace streamflow::server::assets",
    ]
    (out / "embedded_files.cpp").write_text("\n".join(source) + "\n")
    (out / "embedded_bytes.S").write_text(blobs.assembler())


if __name__ == "__main__":
    main(sys.argv[1:])
