"""A catalogue import that went wrong, as real ones do: other codes, prices in pence, and titles that are gone.

The shop sells, and shows on its pages, what its catalogue says; so all three are in the catalogue and in the orders
until the import is repeated.
"""

from __future__ import annotations

from functools import lru_cache

from streams.demo.dataset import OrderLine
from streams.demo.shop import number

#: What is said before it happens.
WORDS = (
    "a catalogue import goes wrong: codes come in lower case and with the supplier's prefix, prices in pence,"
    " and titles not at all"
)
REPAIRED = "the import is repeated, right this time"
_PENCE = 100


def wrong(line: OrderLine) -> OrderLine:
    """Return an order line as the shop has it while the import is wrong."""
    return line._replace(StockCode=code(line.StockCode), Description="", UnitPrice=_in_pence(line.UnitPrice))


@lru_cache(maxsize=1 << 14)
def code(right: str) -> str:
    """Return an item's code as the import spells it."""
    return f"gb-{right.lower()}"


@lru_cache(maxsize=1 << 14)
def _in_pence(cell: str) -> str:
    price = number(cell)
    return str(round(price * _PENCE)) if isinstance(price, int | float) else cell
