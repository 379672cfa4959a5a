"""The page's own files, read once: nothing else on disk can be asked for."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple

import orjson

from pandian import __version__

_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
PAGE = "index.html"


class StaticFile(NamedTuple):
    """One file of the page."""

    body: bytes
    content_type: str
    etag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Return every file of ``static/`` by name."""
    found = {}
    for path in files("streams.web").joinpath("static").iterdir():
        suffix = "." + path.name.rpartition(".")[2]
        if suffix in _TYPES:
            found[path.name] = _static(path.read_bytes(), _TYPES[suffix])
    return found


@cache
def openapi() -> StaticFile:
    """Return the OpenAPI 3.1 description with the running version."""
    description = orjson.loads(files("streams.web").joinpath("openapi.json").read_bytes())
    description["info"]["version"] = __version__
    return _static(orjson.dumps(description, option=orjson.OPT_INDENT_2), _TYPES[".json"])


def _static(body: bytes, content_type: str) -> StaticFile:
    return StaticFile(body, content_type, blake2b(body, digest_size=12).hexdigest())
