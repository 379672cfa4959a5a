"""What the replay says about itself: one JSON document a line on its standard output."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field

import orjson

from pandian.errors import PandianError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the replay has come. Records count when the broker has acknowledged them."""

    rows: int = 0
    """Order lines replayed."""
    of: int = 0
    """Order lines there are to replay."""
    records: dict[str, int] = field(default_factory=dict)
    """Acknowledged records by topic."""
    date: str = ""
    """What the shop's clock says: the time of the latest order line, as the source spells it."""
    seconds: float = 0.0
    """Since the first record was sent."""
    done: bool = False
    pages: int = 0
    """Pages shown: asked for, and answered."""
    shown: int = 0
    """Items on them that got a score: impressions."""
    fallbacks: int = 0
    """Pages that were answered with something else than what the model says of the customer."""
    due: int = 0
    """Impressions whose label must be known by the time of the latest order."""
    customer: str = ""
    """Identifier of the customer of the latest page."""
    injected: dict[str, int] = field(default_factory=dict)
    """What is injected from here on, by name: order lines replayed before. Told before the first one is sent."""

    @property
    def sent(self) -> int:
        """Acknowledged records of all topics."""
        return sum(self.records.values())

    def after(self, earlier: Progress) -> Progress:
        """Return this replay as the continuation of an earlier one."""
        return Progress(
            rows=earlier.rows + self.rows,
            of=max(earlier.of, self.of),
            records=dict(Counter(earlier.records) + Counter(self.records)),
            date=self.date or earlier.date,
            seconds=earlier.seconds + self.seconds,
            done=self.done,
            pages=earlier.pages + self.pages,
            shown=earlier.shown + self.shown,
            fallbacks=earlier.fallbacks + self.fallbacks,
            due=max(earlier.due, self.due),
            customer=self.customer or earlier.customer,
            injected=earlier.injected | {name: earlier.rows + rows for name, rows in self.injected.items()},
        )

    def line(self) -> bytes:
        """Return this as one line."""
        return orjson.dumps({"progress": asdict(self)}) + b"\n"


def error_line(error: PandianError) -> bytes:
    """Return what went wrong as one line."""
    return orjson.dumps({"error": [error.value, error.rule, error.fix]}) + b"\n"


def read_line(line: bytes) -> Progress:
    """Return what a line says.

    Raises:
        PandianError: when it says that something went wrong.
    """
    document = orjson.loads(line)
    if "error" in document:
        raise PandianError(*document["error"])
    return Progress(**document["progress"])
