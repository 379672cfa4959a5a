"""``DELETE /v1/users/{user}``: who may ask for it, and what is answered."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import SecretStr

from pandian.errors import BrokerError
from streams.recommend.requests import check_user
from streams.web.documents import encode
from streams.web.guard import error_response
from streams.web.parameters import taking

_NO_STORE = {"Cache-Control": "no-store"}
_BEARER = "Bearer "
#: What a proxy adds: behind one, everybody seems to be on this machine.
_OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Forgets(Protocol):
    """Forgets people: see :class:`streams.stages.serving.ServingPart`."""

    async def forget(self, user_id: str) -> Mapping[str, Any]:
        """Forget a user on all workers.

        Raises:
            BrokerError: when that cannot be written.
        """
        ...


def forget_paths(forgets: Forgets, token: SecretStr | None) -> dict[str, Handler]:
    """Return the handlers of DELETE by path, to mount with :func:`streams.web.routes.routes`.

    Args:
        forgets: does it.
        token: must be sent as ``Authorization: Bearer``; None: only this machine may ask, and not through a proxy.
    """

    async def forget(request: web.Request) -> web.Response:
        if not _may(request, token):
            return _refused(token)
        user_id = request.match_info["user"]
        check_user(user_id)
        try:
            done = await forgets.forget(user_id)
        except BrokerError as error:
            return error_response(503, "broker-away", str(error), {**_NO_STORE, "Retry-After": "5"})
        return web.Response(body=encode(done), content_type="application/json", headers=_NO_STORE.copy())

    return {r"/v1/users/{user:[\s\S]+}": taking(forget)}


def _may(request: web.Request, token: SecretStr | None) -> bool:
    if token is not None:
        sent = request.headers.get("Authorization", "")
        wanted = _BEARER + token.get_secret_value()
        return hmac.compare_digest(sent.encode("utf-8", "replace"), wanted.encode())
    if any(name in request.headers for name in _OF_PROXIES):
        return False
    try:
        return ipaddress.ip_address((request.remote or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refused(token: SecretStr | None) -> web.Response:
    if token is None:
        return error_response(
            403,
            "not-allowed",
            "only the worker's own machine may forget users; set PANDIAN_ADMIN_TOKEN",
            _NO_STORE,
        )
    return error_response(
        401,
        "not-authorised",
        "send PANDIAN_ADMIN_TOKEN as 'Authorization: Bearer TOKEN'",
        {**_NO_STORE, "WWW-Authenticate": "Bearer"},
    )
