"""The semantic types a field can have, and how personal each is: the table ``semantic_types.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

PiiClass = Literal["none", "pseudonym", "personal", "sensitive"]

#: Classes whose values are masked before they are shown, logged, exported or written to a topic.
MASKED_CLASSES: frozenset[str] = frozenset({"personal", "sensitive"})

#: The kinds an asset can have.
KINDS = (
    "behaviour",
    "orders",
    "items",
    "users",
    "searches",
    "reviews",
    "impressions",
    "payments",
    "inventory",
    "logs",
    "other",
)


@dataclass(frozen=True, slots=True)
class SemanticType:
    """One row of the table of semantic types."""

    name: str
    """The word used everywhere, such as ``item_id``."""
    group: str
    """What it belongs to: behaviour, person, item, money, time, place, web or generic."""
    pii: PiiClass
    """How personal a value of this type is."""
    meaning: str
    """One line for people; empty where the name says it."""
    example: str
    """A typical value."""

    @property
    def masked(self) -> bool:
        """Whether values of this type are masked wherever they leave the counting code."""
        return self.pii in MASKED_CLASSES


@cache
def semantic_types() -> dict[str, SemanticType]:
    """Return every semantic type by name, in the order of the table."""
    text = files("pandian").joinpath("semantic_types.csv").read_text(encoding="utf-8")
    return {
        row["type"]: SemanticType(row["type"], row["group"], row["pii"], row["meaning"], row["example"])  # type: ignore[arg-type]
        for row in csv.DictReader(text.splitlines())
    }
