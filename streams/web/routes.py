"""The HTTP API and the page as plain aiohttp routes, to mount on Faust's own web application."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.recommend.requests import RequestError
from streams.web.base import InventorySource, MetricsSource
from streams.web.documents import Document, Documents, encode
from streams.web.files import PAGE, StaticFile, openapi, static_files
from streams.web.guard import LOOPBACK_HOSTS, error_response, guarded
from streams.web.parameters import taking

_JSON = "application/json"
#: Below this a document fits a few packets and compressing it gains nothing.
_GZIP_FROM_BYTES = 2048
_SHOWN_NAME = 80
#: Answers are asked for again every time; ETags make that cheap.
_REVALIDATE = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
_NO_STORE = {"Cache-Control": "no-store"}


def routes(
    source: InventorySource,
    metrics: MetricsSource,
    *,
    hosts: frozenset[str] | None = LOOPBACK_HOSTS,
    more: Mapping[str, Handler] = MappingProxyType({}),
    deletes: Mapping[str, Handler] = MappingProxyType({}),
) -> list[web.RouteDef]:
    """Return the routes of the page and the API.

    Every answer carries the security headers; methods that a path does not answer get 405, unknown paths 404, both as
    ``{"error": {"code", "message"}}``. The last route catches every path, so mount these after other routes that
    share a prefix with none of ours.

    Args:
        source: the inventory to show.
        metrics: what ``/metrics`` renders.
        hosts: Host names to answer to, see :func:`streams.web.guard.allowed_hosts`; None for any.
        more: further handlers by path, such as :func:`streams.web.recommend.recommend_paths`.
        deletes: handlers of DELETE by path, such as :func:`streams.web.forget.forget_paths`.
    """
    handlers = _Handlers(source, metrics)
    paths: dict[str, Handler] = {
        "/": handlers.page,
        "/static/{name}": handlers.static,
        "/healthz": handlers.healthz,
        "/readyz": handlers.readyz,
        "/metrics": handlers.metrics,
        "/v1/inventory": taking(handlers.inventory, "view"),
        r"/v1/inventory/{asset:[\s\S]+}": taking(handlers.asset),
        "/v1/relations": taking(handlers.relations),
        "/v1/status": taking(handlers.status),
        "/openapi.json": handlers.openapi,
        **more,
    }
    found = []
    for path, handler in paths.items():
        found.append(web.get(path, guarded(handler, hosts)))
        if path in deletes:
            found.append(web.delete(path, guarded(deletes[path], hosts)))
        other = _deletes_too if path in deletes else _method_not_allowed
        found.append(web.route("*", path, guarded(other, hosts)))
    found.append(web.route("*", r"/{path:[\s\S]*}", guarded(_not_found, hosts)))
    return found


class _Handlers:
    def __init__(self, source: InventorySource, metrics: MetricsSource) -> None:
        self._source = source
        self._metrics = metrics
        self._documents = Documents(source)

    async def page(self, request: web.Request) -> web.Response:
        return _file(request, static_files()[PAGE])

    async def static(self, request: web.Request) -> web.Response:
        found = static_files().get(request.match_info["name"])
        return await _not_found(request) if found is None else _file(request, found)

    async def openapi(self, request: web.Request) -> web.Response:
        return _file(request, openapi())

    async def healthz(self, _request: web.Request) -> web.Response:
        return _now({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        ready, reason = self._source.readiness()
        return _now({"status": "ready"}) if ready else error_response(503, "not-ready", reason, _NO_STORE)

    async def metrics(self, _request: web.Request) -> web.Response:
        body, content_type = self._metrics.render()
        return web.Response(body=body, headers={"Content-Type": content_type, **_NO_STORE})

    async def status(self, _request: web.Request) -> web.Response:
        ready, reason = self._source.readiness()
        return _now({"ready": ready, "reason": "" if ready else reason, **self._source.status()})

    async def inventory(self, request: web.Request) -> web.Response:
        view = request.query.get("view", "full")
        if view not in ("full", "summary"):
            raise RequestError(
                "bad-view", "view must be full or summary; leave it out for the whole document", "view"
            )
        return await _document(
            request, self._documents.summary() if view == "summary" else self._documents.inventory()
        )

    async def relations(self, request: web.Request) -> web.Response:
        return await _document(request, self._documents.relations())

    async def asset(self, request: web.Request) -> web.Response:
        name = request.match_info["asset"]
        document = self._documents.asset(name)
        if document is None:
            shown = name if len(name) <= _SHOWN_NAME else name[:_SHOWN_NAME] + "…"
            message = f"there is no asset {shown!r}; /v1/inventory lists those there are"
            return error_response(404, "asset-not-found", message)
        return await _document(request, document)


async def _not_found(_request: web.Request) -> web.Response:
    return error_response(
        404, "not-found", "there is nothing at this path; /openapi.json lists what there is"
    )


async def _method_not_allowed(_request: web.Request) -> web.Response:
    return error_response(
        405, "method-not-allowed", "this path answers GET and HEAD only", {"Allow": "GET, HEAD"}
    )


async def _deletes_too(_request: web.Request) -> web.Response:
    return error_response(
        405,
        "method-not-allowed",
        "this path answers GET, HEAD and DELETE only",
        {"Allow": "GET, HEAD, DELETE"},
    )


def _now(content: object) -> web.Response:
    return web.Response(body=encode(content), content_type=_JSON, headers=_NO_STORE)


def _file(request: web.Request, file: StaticFile) -> web.Response:
    headers = {"ETag": f'"{file.etag}"', **_REVALIDATE}
    if _unchanged(request, file.etag):
        return web.Response(status=304, headers=headers)
    return web.Response(body=file.body, content_type=file.content_type, charset="utf-8", headers=headers)


async def _document(request: web.Request, document: Document) -> web.Response:
    # Weak: the same content with and without gzip has the same tag.
    headers = {"ETag": f'W/"{document.etag}"', **_REVALIDATE}
    if _unchanged(request, document.etag):
        return web.Response(status=304, headers=headers)
    body = document.body
    if len(body) >= _GZIP_FROM_BYTES and _takes_gzip(request):
        body = await document.zipped()
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, content_type=_JSON, headers=headers)


def _unchanged(request: web.Request, etag: str) -> bool:
    return any(tag.value in (etag, "*") for tag in request.if_none_match or ())


def _takes_gzip(request: web.Request) -> bool:
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
