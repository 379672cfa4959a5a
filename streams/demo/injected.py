"""What the demo does to the shop's orders on purpose, and says so: a new field, and a unit mistaken for a while.

The source has neither. Both come in the second act, to ``shop.orders`` alone, which has enough records for a change to
be told from chance, and in fields that no recommendation is made of. The same lines are changed in the same way in
every run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zlib import crc32

from streams.demo.dataset import OrderLine, count
from streams.demo.shop import ORDERS

Record = dict[str, Any]
#: Of so many invoices one is to be wrapped.
_WRAPPED = 7
_PENCE = 100
#: Order lines that there must be for both to be noticed: those before 15 July 2011, when the second one ends. Windows
#: of a fast partition are tested one in eight, and a change must last for several that are.
LEAST_LINES = 264_674


@dataclass(frozen=True, slots=True)
class Injection:
    """A change that is made to records on purpose."""

    name: str
    what: Literal["schema_changes", "drift"]
    """The section of an asset's inventory document that is to tell of it."""
    topic: str
    field: str
    kind: str
    """What that section is to say: the ``change``, or the ``aspect`` that drifts."""
    since: str
    """Time of the first order line that is changed, as the source spells times."""
    until: str
    """Time of the first one that is not any more; empty: all that follow are."""
    words: str
    """What is done, for a person to read."""
    apply: Callable[[OrderLine, Record], None]
    """Changes the record of an order line."""

    def holds(self, line: OrderLine) -> bool:
        """Tell whether an order line is changed."""
        return self.since <= line.InvoiceDate and not (self.until and line.InvoiceDate >= self.until)

    def is_told_by(self, asset: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
        """Tell whether an entry of that section of an asset is about this."""
        kind = one["change" if self.what == "schema_changes" else "aspect"]
        return (asset["asset"], one["field"], kind) == (self.topic, self.field, self.kind)


def _wrap(line: OrderLine, record: Record) -> None:
    record["GiftWrap"] = crc32(line.InvoiceNo.encode()) % _WRAPPED == 0


def _in_pence(_line: OrderLine, record: Record) -> None:
    price = record["UnitPrice"]
    if isinstance(price, int | float):
        record["UnitPrice"] = round(price * _PENCE)


#: In the order in which they begin.
INJECTIONS = (
    Injection(
        "gift-wrap",
        "schema_changes",
        ORDERS.name,
        "GiftWrap",
        "appeared",
        since="2011-05-16",
        until="",
        words="from 16 May on every order line has a new field, GiftWrap",
        apply=_wrap,
    ),
    Injection(
        "pence",
        "drift",
        ORDERS.name,
        "UnitPrice",
        "values",
        since="2011-06-01",
        until="2011-07-15",
        words="from 1 June to 14 July UnitPrice is written in pence instead of pounds",
        apply=_in_pence,
    ),
)


def are_noticed(limit: int | None = None) -> bool:
    """Tell whether the first ``limit`` order lines are enough for what is injected to be noticed."""
    return count(limit) >= LEAST_LINES


def inject(line: OrderLine, record: Record) -> None:
    """Change the record of an order line as its time wants it."""
    for injection in INJECTIONS:
        if injection.holds(line):
            injection.apply(line, record)
