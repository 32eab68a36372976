"""Downloads one source archive of a Python package without running its build.

`pip download` would build the package's metadata, which for DuckDB means compiling CMake first. The index and its
settings are pip's own, so mirrors configured for pip are honoured.

Usage: fetch_pypi_source.py PROJECT FILE SHA256 DESTINATION
"""

import hashlib
import os
import re
import sys

from pip._internal.models.index import PyPI
from pip._vendor import requests


def main() -> int:
    project, file_name, sha256, destination = sys.argv[1:]
    index = os.environ.get("PIP_INDEX_URL", PyPI.simple_url).rstrip("/")
    verify = os.environ.get("PIP_CERT", True)
    page = requests.get(f"{index}/{project}/", timeout=60, verify=verify)
    page.raise_for_status()
    link = re.search(r'href="([^"]*/' + re.escape(file_name) + r')[#"]', page.text)
    if link is None:
        print(f"{file_name} is not in the package index's list for {project}", file=sys.stderr)
        return 1
    content = requests.get(requests.compat.urljoin(page.url, link.group(1)), timeout=600, verify=verify).content
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        print(f"{file_name}: SHA-256 is {found}, expected {sha256}", file=sys.stderr)
        return 1
    with open(destination, "wb") as output:
        output.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
