"""Carries steps out over HTTP: blocking or awaiting. The only module that knows httpx."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx

from streamflow.errors import ConnectionFailed, IncompleteResultError, StreamFlowError, TimeoutError, error_of
from streamflow.settings import Settings
from streamflow.steps import Pause, Reply, Request, Steps, T

STREAM_CHUNK_BYTES = 1 << 20


def _options(settings: Settings) -> dict[str, Any]:
    # trust_env off: a proxy or netrc of the environment must not see keys meant for a server named here.
    return {
        "base_url": settings.url,
        "headers": settings.headers(),
        "timeout": settings.timeout,
        "trust_env": settings.trust_env,
        "verify": settings.verify,
    }


def _arguments(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = {"params": dict(request.query), "headers": dict(request.headers)}
    if request.body is not None:
        arguments["content"] = request.body
    if request.timeout is not None:
        arguments["timeout"] = request.timeout
    return arguments


def _translated(error: httpx.HTTPError, url: str) -> StreamFlowError:
    if isinstance(error, httpx.TimeoutException):
        return TimeoutError(f"no answer from {url} in time ({type(error).__name__}): raise timeout= or ask for less")
    if isinstance(error, httpx.RemoteProtocolError) and "complete message body" in str(error):
        return IncompleteResultError(
            "the answer broke off before its end: the statement failed while its rows were sent, or the connection did"
        )
    return ConnectionFailed(f"no connection with {url}: {error or type(error).__name__}; is the server running there?")


def _reply(response: httpx.Response) -> Reply:
    return Reply(response.status_code, response.headers, response.content)


class SyncTransport:
    """Threads: may be shared; httpx's pool locks itself."""

    def __init__(self, settings: Settings, *, pause: Callable[[float], object] = time.sleep) -> None:
        self._url = settings.url
        self._pause = pause
        self._http = httpx.Client(**_options(settings))

    def run(self, steps: Steps[T]) -> T:
        try:
            step = next(steps)
            while True:
                try:
                    reply = self._carry_out(step)
                except StreamFlowError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            steps.close()

    def _carry_out(self, step: Request | Pause) -> Reply | None:
        if isinstance(step, Pause):
            self._pause(step.seconds)
            return None
        try:
            return _reply(self._http.request(step.method, step.path, **_arguments(step)))
        except httpx.HTTPError as error:
            raise _translated(error, self._url) from error

    @contextlib.contextmanager
    def stream(self, request: Request) -> Iterator[Iterator[bytes]]:
        """The body of a good answer, piece by piece; the errors of others."""
        try:
            with self._http.stream(request.method, request.path, **_arguments(request)) as response:
                if response.status_code >= 400:
                    response.read()
                    raise error_of(_reply(response))
                yield response.iter_bytes(STREAM_CHUNK_BYTES)
        except httpx.HTTPError as error:
            raise _translated(error, self._url) from error

    def close(self) -> None:
        self._http.close()


class AsyncTransport:
    """Belongs to the event loop it is first used in."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.url
        self._http = httpx.AsyncClient(**_options(settings))

    async def run(self, steps: Steps[T]) -> T:
        try:
            step = next(steps)
            while True:
                try:
                    reply = await self._carry_out(step)
                except StreamFlowError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            steps.close()

    async def _carry_out(self, step: Request | Pause) -> Reply | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return _reply(await self._http.request(step.method, step.path, **_arguments(step)))
        except httpx.HTTPError as error:
            raise _translated(error, self._url) from error

    @contextlib.asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            async with self._http.stream(request.method, request.path, **_arguments(request)) as response:
                if response.status_code >= 400:
                    await response.aread()
                    raise error_of(_reply(response))
                yield response.aiter_bytes(STREAM_CHUNK_BYTES)
        except httpx.HTTPError as error:
            raise _translated(error, self._url) from error

    async def close(self) -> None:
        await self._http.aclose()
