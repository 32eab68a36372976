#!/usr/bin/env python3
"""Writes src/server/assets/assets.cpp from the files beside it. Run after changing one of them."""

import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "src/server/assets"
FILES = {"kOpenapiJson": "openapi.json", "kDocsHtml": "docs.html", "kLandingHtml": "landing.html"}
PIECE_CHARACTERS = 8000  # compilers may limit one literal; adjacent ones are joined

out = ["// Made by scripts/embed_assets.py from the files of this folder. Do not edit.\n"]
out.append('#include "server/assets/assets.h"\n\nnamespace streamflow::server::assets {\n')
for name, file in FILES.items():
    text = (FOLDER / file).read_text(encoding="utf-8")
    assert ')asset"' not in text
    pieces = [text[i : i + PIECE_CHARACTERS] for i in range(0, len(text), PIECE_CHARACTERS)]
    out.append(f"\n// {file}\nconst std::string_view {name} =\n")
    out.append("\n".join(f'R"asset({piece})asset"' for piece in pieces) + ";\n")
out.append("\n}  // namespace streamflow::server::assets\n")
(FOLDER / "assets.cpp").write_text("".join(out), encoding="utf-8")
