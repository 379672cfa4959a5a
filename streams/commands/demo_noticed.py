"""What ``pandian demo`` prints of what the inventory noticed: masked fields, relations, schema changes, drifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from streams.commands.asset_sections import change_lines, drift_lines, relation_lines, section
from streams.commands.tables import flow, plain
from streams.demo.injected import INJECTIONS
from streams.demo.noticed import Noticed, in_words, noticed, told_of
from streams.demo.notices import TOO_SHORT
from streams.demo.outcome import Outcome
from streams.demo.people import INVENTED

#: No asset is called so: both ends of a relation are written out.
_NO_ASSET = {"asset": ""}


def tell_noticed(console: Console, outcome: Outcome) -> None:
    """Print it all, and beside it what was injected."""
    found, width = noticed(outcome.inventory), console.width
    for title, lines in (
        (f"Masked, never shown ({INVENTED})", _masked(found, width)),
        (
            "References found among the topics, without a hint",
            relation_lines(_NO_ASSET, found.relations, width),
        ),
        ("Schema changes noticed", change_lines(map(_named, found.schema_changes), width)),
        ("Drifts noticed", drift_lines(map(_named, found.drifts), width)),
        ("Injected by this demo", _injected(outcome, width)),
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


def _injected(outcome: Outcome, width: int) -> Iterator[RenderableType]:
    if not outcome.announced:
        yield flow([plain(TOO_SHORT)], width - 2)
    for one in INJECTIONS:
        if one.name in outcome.announced:
            found = told_of(one, outcome.inventory)
            yield flow(
                [
                    plain(f"{one.topic}: {one.words}."),
                    plain(f"Noticed: {in_words(one, found)}", "green")
                    if found
                    else Text("Not noticed.", "bold red"),
                ],
                width - 2,
            )


def _named(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry whose field has its asset's name before it."""
    return {**one, "field": f"{one['asset']}.{one['field']}"}
