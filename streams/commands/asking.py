"""Asks a running worker over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pandian.errors import PandianError, UsageError

F = TypeVar("F", bound=Callable[..., Any])

#: Where a worker is that was started without further words.
URL = "http://127.0.0.1:6066"
#: What is listened on for all addresses, and none to ask at.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - nothing listens here
_TIMEOUT_S = 10.0
_FIX = "give the address of a worker with --url"


class RefusedError(PandianError):
    """A worker answered that it cannot: ``code`` for programs, ``message`` for people."""

    def __init__(self, address: str, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(address, message, "try again when the worker is ready")


def default_url() -> str:
    """Return where a worker listens that is started with the same ``PANDIAN_HOST`` and ``PANDIAN_PORT``.

    Raises:
        SettingError: when the environment is wrong.
        UsageError: when the port is 0, a free one that nobody else knows.
    """
    if not os.environ.get("PANDIAN_HOST") and not os.environ.get("PANDIAN_PORT"):
        return URL  # without reading all settings: a tenth of a second
    from pandian.settings import load_settings

    settings = load_settings()
    if settings.port == 0:
        raise UsageError(
            "PANDIAN_PORT=0", "is a free port that only the worker knows", "give its address with --url"
        )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{_EVERYWHERE.get(settings.host, host)}:{settings.port}"


def url_option(command: F) -> F:
    """Give a command the option ``url``: the worker that it asks."""
    option = click.option(
        "--url",
        default=default_url,
        show_default=f"of PANDIAN_HOST and PANDIAN_PORT: {URL}",
        help="Address of a worker.",
    )
    return option(command)


def worker_address(url: str, *path: str) -> str:
    """Return the address of what a worker has at a path, each part of it percent-encoded.

    Raises:
        UsageError: when ``url`` is no http address.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        right = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        right = False
    if not right:
        raise UsageError(
            f"--url {url}", "must be http://HOST:PORT", f"give the address of a worker, such as {URL}"
        )
    return "/".join([url.rstrip("/"), *map(_quoted, path)])


def _quoted(part: str) -> str:
    from urllib.parse import quote

    # Whatever bytes the shell gave; dots alone would mean another path.
    quoted = quote(part, safe="", errors="surrogateescape")
    return quoted if part.strip(".") else quoted.replace(".", "%2E")


def fetch(address: str, *expected: str) -> dict[str, Any]:
    """Ask a worker and return the document it answers with.

    Args:
        address: of the document.
        expected: a document has at least one of these keys, or it is something else's.

    Raises:
        RefusedError: when the worker says that it cannot answer.
        PandianError: when nothing answers there, or no worker.
    """
    import http.client
    import urllib.error
    import urllib.request

    import orjson

    try:
        request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - http(s) only
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            document = orjson.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise _refused(address, error.code, error.read()) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        said = getattr(error, "reason", error)
        raise PandianError(
            address,
            f"a worker must answer there ({said})",
            "start one with `pandian worker`, or give its address with --url",
        ) from error
    if not isinstance(document, dict) or not any(key in document for key in expected):
        raise PandianError(address, f"answers without {expected[0]}", _FIX)
    return document


def _refused(address: str, status: int, body: bytes) -> PandianError:
    import orjson

    try:
        error = orjson.loads(body)["error"]
        code, message = error["code"], error["message"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return PandianError(address, f"answers {status}, which no worker does", _FIX)
    return RefusedError(address, str(code), str(message))
