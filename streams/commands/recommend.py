"""``pandian recommend``: what a running worker recommends to a user, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pandian.errors import PandianError, UsageError
from streams.commands.asking import RefusedError, fetch, url_option, worker_address

if TYPE_CHECKING:
    from rich.console import RenderableType

#: What the worker says when what was given is wrong.
_MISUSED = frozenset(
    {"bad-user", "bad-encoding", "bad-k", "bad-session", "bad-items", "bad-filters", "bad-time"}
)


@click.command(
    "recommend",
    short_help="Show what a running worker recommends to a user.",
    epilog="Example: pandian recommend 17850 -k 5",
)
@click.argument("user")
@click.option("-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="Items at most.")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
def command(*, user: str, k: int, url: str, as_json: bool) -> None:
    """Show what is recommended to USER now, with scores and reasons.

    Nothing is written to pandian.impressions: the user does not get to see it.
    """
    from streams.commands.output import print_json

    answer = recommendation(url, user, k)
    if as_json:
        print_json(answer)
        return
    from rich.console import Console

    Console(highlight=False).print(view(answer))


def recommendation(url: str, user: str, k: int) -> dict[str, Any]:
    """Ask a worker, and return its answer as ``GET /v1/recommend/{user}`` gives it.

    Raises:
        UsageError: when ``url`` is no http address, or ``user`` no id.
        PandianError: when nothing answers there, or it does not recommend.
    """
    if not user:
        raise UsageError("USER", "must be text of 1 to 256 bytes", "give the id of one of your users")
    address = worker_address(url, "v1", "recommend", user)
    try:
        return fetch(f"{address}?k={k}&impressions=false", "request_id")
    except RefusedError as error:
        if error.code in _MISUSED:
            raise UsageError(
                f"USER {_shown(user)}", error.message, "give the id of one of your users"
            ) from error
        if error.code == "not-found":
            raise PandianError(
                url, "is a worker that does not recommend", "ask one that has the role serve"
            ) from error
        raise


def _shown(user: str) -> str:
    return repr(user if len(user) <= 40 else user[:40] + "…")


def view(answer: dict[str, Any]) -> RenderableType:
    """Return what a person sees: who answered, how much was known, and a line an item."""
    from rich.console import Group
    from rich.text import Text

    from streams.commands.tables import plain

    head = Text.assemble(
        (str(plain(answer["user_id"])), "bold"),
        f"  {plain(answer['model'])} {plain(answer['version'])}"
        f"  knows of everything until {_moment(answer['knows_until'])}  {answer['latency_ms']:.1f} ms",
    )
    parts: list[RenderableType] = [head]
    if answer["fallback"]:
        parts.append(Text(str(plain(answer["fallback"])), "yellow"))
    if answer["items"]:
        parts.append(_table(answer["items"]))
    return Group(*parts)


def _table(items: list[dict[str, Any]]) -> RenderableType:
    from rich.table import Table

    from streams.commands.tables import plain

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", justify="right", style="dim")
    table.add_column("item", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("from")
    table.add_column("why", overflow="fold")
    for place, item in enumerate(items, 1):
        table.add_row(
            str(place),
            plain(item["item_id"]),
            f"{item['score']:.4f}",
            plain(", ".join(item["sources"])),
            plain(item["reason"]),
        )
    return table


def _moment(milliseconds: int | None) -> str:
    from datetime import UTC, datetime

    if milliseconds is None:
        return "nothing yet"
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
