"""``pandian inventory``: the live inventory of a running worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pandian.errors import UsageError
from pandian.options import Number
from streams.commands.asking import RefusedError, fetch, url_option, worker_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console, RenderableType


@click.command(
    "inventory",
    short_help="Show the live inventory of a running worker.",
    epilog="\b\nExamples:\n  pandian inventory --search 'email phone'\n  pandian inventory shop.orders --watch"
    "\n  pandian inventory shop.orders --field UnitPrice",
)
@click.argument("asset", required=False)
@url_option
@click.option("--field", metavar="NAME", help="Show all that is known of one field of ASSET.")
@click.option(
    "--search",
    metavar="TEXT",
    help="Show only assets and fields with these words in their names or meanings.",
)
@click.option("--watch", is_flag=True, help="Keep showing it as it changes, until Ctrl-C.")
@click.option(
    "--every",
    type=Number(0.2, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between looks, for --watch.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
def command(
    *,
    asset: str | None,
    url: str,
    field: str | None,
    search: str | None,
    watch: bool,
    every: float,
    as_json: bool,
) -> None:
    """Show what data there is: all assets, or one with its fields, its quality and all that was found in it."""
    from streams.commands.output import print_json
    from streams.commands.searching import check_options

    check_options(as_json=as_json, watch=watch, field=field, search=search)
    if field is not None and asset is None:
        raise UsageError(f"--field {field}", "a field is one of an asset", "name the asset before it")
    address = inventory_address(url, asset)
    if as_json:
        print_json(inventory(address))
        return
    from rich.console import Console

    console = Console()
    if watch:
        _watch(console, lambda: view(inventory(address), console.width, field, search), every)
    else:
        console.print(view(inventory(address), console.width, field, search))


def inventory_address(url: str, asset: str | None) -> str:
    """Return the address of the inventory, or of one asset of it.

    Raises:
        UsageError: when ``url`` is no http address.
    """
    return worker_address(url, "v1", "inventory", *([asset] if asset else ()))


def inventory(address: str) -> dict[str, Any]:
    """Ask a worker for its inventory, or for one asset.

    Raises:
        UsageError: when there is no such asset.
        PandianError: when nothing answers there, or not with a document.
    """
    from urllib.parse import unquote

    try:
        return fetch(address, "assets", "asset")
    except RefusedError as error:
        if error.code != "asset-not-found":
            raise
        raise UsageError(
            unquote(address.rpartition("/")[2]),
            error.message.partition(";")[0],
            "`pandian inventory` lists the assets",
        ) from error


def view(
    document: dict[str, Any], width: int, field: str | None = None, search: str | None = None
) -> RenderableType:
    """Return what a person sees ``width`` wide.

    That is a line an asset; when there is but one, its fields and what was found; or one field in full.

    Args:
        document: the inventory, or one asset of it.
        width: characters of a line.
        field: the field to show.
        search: words that assets and fields to show must have.

    Raises:
        UsageError: when there is no such field.
    """
    from rich.text import Text

    from streams.commands.asset_list import assets_table
    from streams.commands.asset_sections import asset_view
    from streams.commands.field_view import field_view
    from streams.commands.searching import field_of, searched

    assets = document.get("assets", [document])
    if not assets:
        return Text("No asset yet: the worker has not read any record.")
    if field is not None:
        return field_view(assets[0], field_of(assets[0], field), width)
    if search is not None:
        return searched(assets, search, width)
    return asset_view(assets[0], width) if len(assets) == 1 else assets_table(assets, width)


def _watch(console: Console, look: Callable[[], RenderableType], every: float) -> None:
    import time

    from rich.live import Live

    with Live(look(), console=console, auto_refresh=False, screen=console.is_terminal) as live:
        while True:
            time.sleep(every)
            live.update(look(), refresh=True)
