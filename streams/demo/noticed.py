"""What the inventory noticed of the shop, and what of it the demo injected: all from the inventory document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pandian.output import printable
from streams.demo.injected import INJECTIONS, Injection

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was found without a hint, by kind."""

    schema_changes: Sequence[Document] = ()
    """Fields that appeared, vanished, changed type or meaning; each with its asset, as the document has it."""
    drifts: Sequence[Document] = ()
    """The same of drifts."""
    relations: Sequence[Document] = ()
    """Which field refers to which, each once, as the document has it."""
    masked: Sequence[Document] = ()
    """Fields of which no value is shown: asset, field, semantic type, class, different values."""

    def document(self) -> dict[str, Any]:
        """Return it as it stands in ``pandian demo --json``."""
        return asdict(self)


def noticed(document: Document) -> Noticed:
    """Return what an inventory document says."""
    assets = document["assets"]
    relations = {_ends(one): one for asset in assets for one in asset.get("relations") or ()}
    return Noticed(
        [*_entries(assets, "schema_changes")],
        [*_entries(assets, "drift")],
        [*relations.values()],
        [
            {
                "asset": asset["asset"],
                "field": field["field"],
                "semantic_type": field["semantic_type"],
                "class": field["pii"]["class"],
                "distinct": field["distinct"],
            }
            for asset in assets
            for field in asset["fields"]
            if field["masked"]
        ],
    )


def told_of(injection: Injection, document: Document) -> Document | None:
    """Return the entry of an inventory document that tells of what was injected, the first one; None without one."""
    found = [
        one
        for asset in document["assets"]
        for one in asset.get(injection.what) or ()
        if injection.is_told_by(asset, one)
    ]
    return found[-1] if found else None  # the latest is first


def injected(document: Document, announced: Iterable[str]) -> list[dict[str, Any]]:
    """Return what was injected and what the inventory says of it, for ``pandian demo --json``."""
    begun = set(announced)
    return [
        {
            "name": one.name,
            "asset": one.topic,
            "field": one.field,
            "what": one.kind,
            "since": one.since,
            "until": one.until or None,
            "says": one.words,
            "noticed": told_of(one, document),
        }
        for one in INJECTIONS
        if one.name in begun
    ]


def in_words(injection: Injection, found: Document) -> str:
    """Return what the inventory says of what was injected, in a sentence."""
    said = _change(found) if injection.what == "schema_changes" else _drift(found)
    return printable(f"{injection.topic}.{injection.field} {said}")


def _change(one: Document) -> str:
    return (
        f"{one['change']} at offset {one['offset']:,}, in {one['share']:.0%} of the records since;"
        f" by chance with a probability below 10^{one['log10_chance']:.0f}"
    )


def _drift(one: Document) -> str:
    effect = one["effect"]
    return (
        f"drifted ({one['aspect']}) since offset {one['since']['offset']:,}, noticed at {one['noticed']['offset']:,}:"
        f" evidence 10^{one['evidence']:.1f} where 10^{one['threshold']:.1f} is asked for,"
        f" size {effect['size']:.2f} ({effect['low']:.2f} to {effect['high']:.2f});"
        f" before {one['before']}; after {one['after']}"
    )


def _entries(assets: Iterable[Document], section: str) -> Iterator[dict[str, Any]]:
    for asset in assets:
        for one in asset.get(section) or ():
            yield {"asset": asset["asset"], **one}


def _ends(relation: Document) -> tuple[str, ...]:
    return tuple(str(relation[end][part]) for end in ("from", "to") for part in ("asset", "field"))
