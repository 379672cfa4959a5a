"""Recommendations over HTTP: for a user, like an item, what is known of a user, and which models answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import MultiMapping

from pandian.events import Recommendation, Request
from streams.recommend.filters import BOUGHT, CATEGORY, PRICE_FROM, PRICE_TO, RULES
from streams.recommend.gate import Gate
from streams.recommend.requests import (
    RequestError,
    check,
    check_count,
    check_filters,
    check_item,
    check_user,
)
from streams.recommend.similar import Similar, UnknownItemError
from streams.web import gated
from streams.web.documents import encode
from streams.web.guard import error_response
from streams.web.parameters import taking

_NO_STORE = {"Cache-Control": "no-store"}
_OF_ITEMS = (CATEGORY, PRICE_FROM, PRICE_TO)
_PARAMETERS = ("k", "time", "impressions", "diversity", "explain", *_OF_ITEMS, BOUGHT)
_LISTS = ("session", "items")
_OF_SIMILAR = ("k", *_OF_ITEMS)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Recommending(Protocol):
    """What answers: see :class:`streams.stages.serving.ServingPart`."""

    async def answer(self, request: Request, *, shown: bool) -> Recommendation:
        """Return the answer to a request; ``shown``: whether the user gets to see it."""
        ...

    async def similar(self, item_id: str, k: int, filters: Mapping[str, Any]) -> Similar:
        """Return items like another one.

        Raises:
            UnknownItemError: when nothing is known of it.
        """
        ...

    def user(self, user_id: str) -> Sequence[Mapping[str, Any]]:
        """Return the interactions that are known of a user, oldest first; empty for one who is not known."""
        ...

    def models(self) -> Mapping[str, Any]:
        """Return which model is the champion, which one answers here, and what was refused."""
        ...


class Measures(Protocol):
    """What the stream says of the models."""

    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Return each version with its labels and its AUC, the newest first."""
        ...


def recommend_paths(
    recommending: Recommending, measures: Measures | None = None, gate: Gate | None = None
) -> dict[str, Handler]:
    """Return the handlers by path, to mount with :func:`streams.web.routes.routes`.

    Args:
        recommending: answers.
        measures: what the labels say of the models; None where this worker does not know.
        gate: bounds how many wait for recommendations; None: nothing does.
    """
    handlers = _Handlers(recommending, measures, gate)
    return {
        r"/v1/recommend/{user:[\s\S]+}": taking(handlers.recommend, *_PARAMETERS, lists=_LISTS),
        r"/v1/similar/{item:[\s\S]+}": taking(handlers.similar, *_OF_SIMILAR),
        r"/v1/users/{user:[\s\S]+}": taking(handlers.user),
        "/v1/models": taking(handlers.models),
    }


class _Handlers:
    def __init__(self, recommending: Recommending, measures: Measures | None, gate: Gate | None) -> None:
        self._recommending = recommending
        self._measures = measures
        self._gate = gate

    async def recommend(self, request: web.Request) -> web.Response:
        if self._is_full(request):
            return _full()
        asked, shown = _asked(request)
        answer = await self._recommending.answer(asked, shown=shown)
        return web.Response(
            body=orjson.dumps(answer), content_type="application/json", headers=_NO_STORE.copy()
        )

    async def similar(self, request: web.Request) -> web.Response:
        if self._is_full(request):
            return _full()
        item_id, query = request.match_info["item"], request.query
        check_item(item_id)
        k, filters = check_count(_whole(query.get("k"))), check_filters(_filters(query))
        try:
            answer = await self._recommending.similar(item_id, k, filters)
        except UnknownItemError:
            return error_response(404, "item-not-found", "nothing is known of this item", _NO_STORE)
        return web.Response(
            body=orjson.dumps(answer), content_type="application/json", headers=_NO_STORE.copy()
        )

    def _is_full(self, request: web.Request) -> bool:
        return self._gate is not None and not self._gate.enter(request.protocol)

    async def user(self, request: web.Request) -> web.Response:
        user_id = request.match_info["user"]
        check_user(user_id)
        known = self._recommending.user(user_id)
        if not known:
            return error_response(404, "user-not-found", "no interaction of this user is known", _NO_STORE)
        return _now({"user_id": user_id, "interactions": known})

    async def models(self, _request: web.Request) -> web.Response:
        versions = self._measures.versions() if self._measures else ()
        return _now({**self._recommending.models(), "versions": versions})


def _asked(request: web.Request) -> tuple[Request, bool]:
    query = request.query
    shown = query.get("impressions", "true").lower()
    if shown not in _FLAGS:
        raise RequestError(
            "bad-impressions", "impressions must be true or false; leave it out for true", "impressions"
        )
    asked = check(
        request_id=f"{random.getrandbits(128):032x}",
        user_id=request.match_info["user"],
        k=_whole(query.get("k")),
        session=_listed(query.getall("session", ())),
        items=_named(query),
        filters=_filters(query),
        time=_whole(query.get("time")),
        diversity=_number(query.get("diversity")),
        explain=_flag(query.get("explain")),
    )
    return asked, _FLAGS[shown]


def _filters(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the filters, with texts as they are where they are for the check to refuse."""
    if not query.get(CATEGORY, "…").strip():
        raise RequestError(
            "bad-filters", f"{CATEGORY} must be {RULES[CATEGORY]}; leave it out for all", CATEGORY
        )
    found: dict[str, Any] = {name: query[name] for name in (*_OF_ITEMS, BOUGHT) if name in query}
    for name in found.keys() & {PRICE_FROM, PRICE_TO}:
        found[name] = _number(found[name])
    if BOUGHT in found:
        found[BOUGHT] = _FLAGS.get(found[BOUGHT].lower(), found[BOUGHT])
    return found


def _full() -> web.Response:
    return error_response(gated.STATUS, gated.CODE, gated.MESSAGE, gated.HEADERS.copy())


def _whole(text: str | None) -> int | str | None:
    """Return a number, or the text as it is for the check to refuse."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 18):
        return text
    return int(text)


def _number(text: str | None) -> float | str | None:
    """Return a number with a fraction, or the text as it is for the check to refuse."""
    with suppress(ValueError):
        return None if text is None else float(text)
    return text


def _flag(text: str | None) -> bool | str | None:
    """Return a flag, or the text as it is for the check to refuse."""
    return None if text is None else _FLAGS.get(text.lower(), text)


def _named(query: MultiMapping[str]) -> list[str] | None:
    """Return the items to be scored; None: the whole catalogue, which nobody means who names a list of none."""
    found = _listed(query.getall("items", ()))
    if "items" in query and not found:
        raise RequestError(
            "bad-items", "items must name one or more; leave it out for the whole catalogue", "items"
        )
    return found or None


def _listed(texts: Sequence[str]) -> list[str]:
    return [item for text in texts for item in text.split(",") if item]


def _now(content: object) -> web.Response:
    return web.Response(body=encode(content), content_type="application/json", headers=_NO_STORE.copy())
