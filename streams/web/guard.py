"""What surrounds every answer: the Host check, security headers, and errors as JSON."""

from __future__ import annotations

import ipaddress
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import unquote_to_bytes

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.web.documents import encode

logger = logging.getLogger(__name__)

#: Names under which a server bound to loopback may be asked. A page elsewhere that resolves its own name to
#: 127.0.0.1 (DNS rebinding) sends its own name.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
))  # fmt: skip

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Middleware = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


def allowed_hosts(bind: str, extra: Iterable[str] = ()) -> frozenset[str] | None:
    """Return the Host names to answer to when listening on ``bind``, or None for any.

    Args:
        bind: address the server listens on. Loopback allows the loopback names; any other address is open to the
            network on purpose, and its names are not known here: any, unless ``extra`` says which.
        extra: further names, such as that of a proxy.
    """
    names = frozenset(name.lower() for name in extra)
    if _is_loopback(bind):
        return LOOPBACK_HOSTS | names | {bind.strip("[]").lower()}
    return names | LOOPBACK_HOSTS if names else None


def error_response(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> web.Response:
    """Return ``{"error": {"code", "message"}}``."""
    body = encode({"error": {"code": code, "message": message}})
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def guarded(
    handler: Handler, hosts: frozenset[str] | None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return ``handler`` behind the Host check, with security headers, its failures as typed errors."""

    async def guard(request: web.Request) -> web.StreamResponse:
        if not _host_allowed(request, hosts):
            response: web.StreamResponse = error_response(
                403,
                "host-not-allowed",
                "this Host name is not allowed on a server bound to loopback; ask for localhost or 127.0.0.1",
            )
        elif not _is_utf8(request.raw_path):
            response = error_response(
                400, "bad-encoding", "what the address says in %xx must be UTF-8; encode names and values so"
            )
        else:
            response = await _answer(handler, request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return guard


def guard_middleware(hosts: frozenset[str] | None) -> Middleware:
    """Return the same protection as a middleware, for the routes of an application that are not ours."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await guarded(handler, hosts)(request)

    return guard


async def _answer(handler: Handler, request: web.Request) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return error_response(error.status, error.reason.lower().replace(" ", "-"), error.reason, kept)
    except Exception as error:  # noqa: BLE001 - whatever breaks, the viewer gets a typed error and the server lives
        # Frames without the message: an exception's text may quote a value.
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s while answering a request\n%s", type(error).__name__, frames)  # noqa: TRY400 - see above
        return error_response(500, "internal-error", "the worker could not answer; its log says why")


def _is_utf8(address: str) -> bool:
    """Tell whether an address decodes to text: what does not would be taken for the letters ``%ff``."""
    try:
        unquote_to_bytes(address).decode()
    except UnicodeError:
        return False
    return True


def _host_allowed(request: web.Request, hosts: frozenset[str] | None) -> bool:
    if hosts is None:
        return True
    host = request.headers.get("Host", "").lower()
    if host.startswith("["):
        name, closed, _ = host[1:].partition("]")
        return bool(closed) and name in hosts
    return host.partition(":")[0].rstrip(".") in hosts


def _is_loopback(bind: str) -> bool:
    try:
        return ipaddress.ip_address(bind.strip("[]")).is_loopback
    except ValueError:
        return bind.lower() == "localhost"
