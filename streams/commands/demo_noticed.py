"""What ``pandian demo`` prints of what the inventory noticed: masked fields, relations, schema changes, drifts."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from streams.commands.asset_sections import change_lines, drift_lines, relation_lines, section
from streams.commands.tables import flow, plain
from streams.demo.act_two import ActTwo
from streams.demo.injected import INJECTIONS
from streams.demo.noticed import Noticed, in_words, noticed, told_of
from streams.demo.notices import TOO_SHORT
from streams.demo.people import INVENTED

#: No asset is called so: both ends of a relation are written out.
_NO_ASSET = {"asset": ""}


def tell_noticed(
    console: Console, inventory: Mapping[str, Any], announced: Container[str], second: ActTwo | None
) -> None:
    """Print it all, and beside it what was injected.

    Args:
        console: Where to.
        inventory: The document of the shop's topics.
        announced: What was injected, by name; nothing where the replay was too short for it.
        second: What was injected in its place, and what came of it.
    """
    found, width = noticed(inventory), console.width
    for title, lines in (
        (f"Masked, never shown ({INVENTED})", _masked(found, width)),
        (
            "References found among the topics, without a hint",
            relation_lines(_NO_ASSET, found.relations, width),
        ),
        ("Schema changes noticed", change_lines(map(_named, found.schema_changes), width)),
        ("Drifts noticed", drift_lines(map(_named, found.drifts), width)),
        (
            "Injected by this demo",
            _wrong_import(second, width) if second else _injected(inventory, announced, width),
        ),
    ):
        for line in section(title, list(lines)):
            console.print(line)


def _masked(found: Noticed, width: int) -> Iterator[RenderableType]:
    for one in found.masked:
        distinct = one["distinct"]
        about = "" if distinct["low"] == distinct["high"] else "≈ "
        yield flow(
            [
                plain(f"{one['asset']}.{one['field']}", "bold"),
                plain(f"{one['semantic_type']}, {one['class']}", "yellow"),
                Text(f"{about}{distinct['estimate']:,.0f} different"),
            ],
            width - 2,
        )


def _wrong_import(second: ActTwo, width: int) -> Iterator[RenderableType]:
    for line in second.lines():
        yield flow([plain(line)], width - 2)


def _injected(
    inventory: Mapping[str, Any], announced: Container[str], width: int
) -> Iterator[RenderableType]:
    begun = [one for one in INJECTIONS if one.name in announced]
    if not begun:
        yield flow([plain(TOO_SHORT)], width - 2)
    for one in begun:
        found = told_of(one, inventory)
        said = (
            plain(f"noticed: {in_words(one, found)}", "green") if found else Text("not noticed", "bold red")
        )
        yield flow([plain(f"{one.topic}: {one.words}"), said], width - 2)


def _named(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry whose field has its asset's name before it."""
    return {**one, "field": f"{one['asset']}.{one['field']}"}
