"""Asks the demo's worker over HTTP, as anybody would: which model answers, how good it is live, what it recommends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

_TIMEOUT = ClientTimeout(total=5.0)
Document = Mapping[str, Any]


class WorkerApi:
    """The API of a running worker. An answer that does not come is None: it is asked again anyway."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = ClientSession(timeout=_TIMEOUT)

    async def models(self) -> Document | None:
        """Return what ``/v1/models`` says."""
        return await self._get("/v1/models")

    async def alerts(self) -> Sequence[Document]:
        """Return what ``/v1/alerts`` says, the newest first."""
        return ((await self._get("/v1/alerts")) or {}).get("alerts") or ()

    async def interactions(self) -> Document | None:
        """Return what ``/v1/interactions`` says."""
        return await self._get("/v1/interactions")

    async def recommend(self, user_id: str, k: int) -> Document | None:
        """Return a recommendation, without an impression: nobody is shown it."""
        return await self._get(f"/v1/recommend/{quote(user_id, safe='')}?k={k}&impressions=false")

    async def __aenter__(self) -> WorkerApi:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def _get(self, path: str) -> Document | None:
        try:
            async with self._session.get(self._url + path) as answer:
                found = orjson.loads(await answer.read()) if answer.status == 200 else None
        except (ClientError, TimeoutError, orjson.JSONDecodeError):
            return None
        return found if isinstance(found, Mapping) else None
