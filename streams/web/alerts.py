"""Alerts as they began and ended, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.web.documents import encode
from streams.web.parameters import taking

_NO_STORE = {"Cache-Control": "no-store"}


class AlertSource(Protocol):
    """What knows: see :class:`streams.stages.measured.MeasuresPart`."""

    def alerts(self) -> Sequence[Mapping[str, Any]]:
        """Return the newest alerts as they stand on ``pandian.alerts``, the newest first."""
        ...


def alerts_paths(source: AlertSource) -> dict[str, Handler]:
    """Return the handlers by path, to mount with :func:`streams.web.routes.routes`."""

    async def alerts(_request: web.Request) -> web.Response:
        return web.Response(
            body=encode({"alerts": source.alerts()}),
            content_type="application/json",
            headers=_NO_STORE.copy(),
        )

    return {"/v1/alerts": taking(alerts)}
