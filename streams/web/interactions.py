"""What becomes of the topics' records: which field plays which role, and how far it is, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.web.documents import encode
from streams.web.parameters import taking

_NO_STORE = {"Cache-Control": "no-store"}


class Extractions(Protocol):
    """What knows: see :class:`streams.stages.extractions.ExtractionsPart`."""

    def document(self) -> Mapping[str, Any]:
        """Return each topic with its mapping, or why there is none, and what became of its records."""
        ...


def interactions_paths(extractions: Extractions) -> dict[str, Handler]:
    """Return the handlers by path, to mount with :func:`streams.web.routes.routes`."""

    async def interactions(_request: web.Request) -> web.Response:
        return web.Response(
            body=encode(extractions.document()), content_type="application/json", headers=_NO_STORE.copy()
        )

    return {"/v1/interactions": taking(interactions)}
