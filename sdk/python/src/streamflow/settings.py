"""Where the server is and who asks: arguments first, then the environment, then defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from streamflow.retry import RetryPolicy
from streamflow.version import __version__

DEFAULT_URL = "http://localhost:8080"
DEFAULT_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Settings:
    url: str = DEFAULT_URL
    key: str | None = field(default=None, repr=False)
    project: str | None = None
    timeout: float = DEFAULT_TIMEOUT_SECONDS  # seconds without a byte, not of a whole request
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    verify: bool = True
    trust_env: bool = False

    def headers(self) -> dict[str, str]:
        headers = {"User-Agent": f"streamflow-python/{__version__}"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if self.project:
            headers["X-StreamFlow-Project"] = self.project
        return headers


def resolve(
    url: str | None,
    key: str | None,
    project: str | None,
    *,
    timeout: float,
    retry: RetryPolicy | None,
    verify: bool,
    trust_env: bool,
) -> Settings:
    """STREAMFLOW_URL, STREAMFLOW_KEY and STREAMFLOW_PROJECT stand in for arguments that are None."""
    url = (url or os.environ.get("STREAMFLOW_URL") or DEFAULT_URL).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"a server's url begins with http:// or https://, got {url!r}")
    return Settings(
        url=url,
        key=key or os.environ.get("STREAMFLOW_KEY") or None,
        project=project or os.environ.get("STREAMFLOW_PROJECT") or None,
        timeout=timeout,
        retry=retry or RetryPolicy(),
        verify=verify,
        trust_env=trust_env,
    )
