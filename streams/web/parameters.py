"""Parameters of an address: those that a path does not know are refused, and a wrong one is named with its value.

A parameter that is passed over would change what an answer means without a word: ``?limit=5`` of all there are, or
``DELETE …?dry_run=true`` of nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import MultiMapping

from streams.recommend.requests import RequestError
from streams.web.guard import error_response

_NO_STORE = {"Cache-Control": "no-store"}
_SHOWN = 80


def taking(handler: Handler, *names: str, lists: Sequence[str] = ()) -> Handler:
    """Return a handler whose address may have these parameters; what is wrong with any is answered with 400.

    Args:
        handler: may raise RequestError for a parameter or part of the path that is not what it has to be.
        names: each may be given once.
        lists: these may be given again and again.
    """

    async def checked(request: web.Request) -> web.StreamResponse:
        try:
            _check(request.query, names, lists)
            return await handler(request)
        except RequestError as error:
            return error_response(400, error.code, _told(error, request.query), _NO_STORE.copy())

    return checked


def _check(query: MultiMapping[str], names: Sequence[str], lists: Sequence[str]) -> None:
    for name in dict.fromkeys(query):
        if name not in names and name not in lists:
            known = ", ".join((*names, *lists))
            there = f"there {'are' if ', ' in known else 'is'} {known}" if known else "this path takes none"
            raise RequestError(
                "unknown-parameter", f"there is no such parameter, leave it out; {there}", name
            )
        if name not in lists and len(query.getall(name)) > 1:
            raise RequestError("repeated-parameter", "it may be given once only; leave the others out", name)


def _told(error: RequestError, query: MultiMapping[str]) -> str:
    if error.part is None or error.part not in query:
        return str(error)
    return f"{_short(error.part)}={_short(', '.join(query.getall(error.part)))!r}: {error}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
