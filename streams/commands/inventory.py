"""``pandian inventory``: the live inventory of a running worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pandian.errors import PandianError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console, RenderableType

_URL = "http://127.0.0.1:6066"
_TIMEOUT_S = 10.0


@click.command(
    "inventory",
    short_help="Show the live inventory of a running worker.",
    epilog="Example: pandian inventory shop.orders --watch",
)
@click.argument("asset", required=False)
@click.option("--url", default=_URL, show_default=True, help="Address of a worker.")
@click.option("--watch", is_flag=True, help="Keep showing it as it changes, until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(0.2, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between looks, for --watch.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
def command(*, asset: str | None, url: str, watch: bool, every: float, as_json: bool) -> None:
    """Show what data there is: all assets, or one with all its fields."""
    from streams.commands.output import print_json

    if watch and as_json:
        raise UsageError(
            "--watch and --json", "exclude each other: --json prints one document", "give one of them"
        )
    address = inventory_address(url, asset)
    if as_json:
        print_json(fetch(address))
        return
    from rich.console import Console

    console = Console()
    if watch:
        _watch(console, lambda: view(fetch(address), console.width), every)
    else:
        console.print(view(fetch(address), console.width))


def inventory_address(url: str, asset: str | None) -> str:
    """Return the address of the inventory, or of one asset of it.

    Raises:
        UsageError: when ``url`` is no http address.
    """
    from urllib.parse import quote, urlsplit

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
            f"--url {url}", "must be http://HOST:PORT", f"give the address of a worker, such as {_URL}"
        )
    return url.rstrip("/") + "/v1/inventory" + (f"/{quote(asset, safe='')}" if asset else "")


def fetch(address: str) -> dict[str, Any]:
    """Ask a worker and return the document it answers with.

    Raises:
        PandianError: when nothing answers there, or not with a document.
    """
    import urllib.error
    import urllib.request

    import orjson

    try:
        request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - http(s) only
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            document = orjson.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise _refused(address, error.code, error.read()) from error
    except (OSError, ValueError) as error:
        said = getattr(error, "reason", error)
        raise PandianError(
            address,
            f"a worker must answer there ({said})",
            "start one with `pandian worker`, or give its address with --url",
        ) from error
    if not isinstance(document, dict) or not ("assets" in document or "asset" in document):
        raise PandianError(address, "answers without an inventory", "give the address of a worker with --url")
    return document


def view(document: dict[str, Any], width: int) -> RenderableType:
    """Return what a person sees ``width`` wide: a line an asset, or the fields when there is but one."""
    from rich.text import Text

    from streams.commands.tables import asset_table, assets_table

    assets = document.get("assets", [document])
    if not assets:
        return Text("No asset yet: the worker has not read any record.")
    return asset_table(assets[0], width) if len(assets) == 1 else assets_table(assets)


def _refused(address: str, code: int, body: bytes) -> PandianError:
    from urllib.parse import unquote

    import orjson

    try:
        error = orjson.loads(body)["error"]
        known, message = error["code"], error["message"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return PandianError(
            address, f"answers {code}, which no worker does", "give the address of a worker with --url"
        )
    if known == "asset-not-found":
        return UsageError(
            unquote(address.rpartition("/")[2]),
            message.partition(";")[0],
            "`pandian inventory` lists the assets",
        )
    return PandianError(address, message, "try again when the worker is ready")


def _watch(console: Console, look: Callable[[], RenderableType], every: float) -> None:
    import time

    from rich.live import Live

    with Live(look(), console=console, auto_refresh=False, screen=console.is_terminal) as live:
        while True:
            time.sleep(every)
            live.update(look(), refresh=True)
