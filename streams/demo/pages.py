"""Pages that the shop shows, simulated: before each invoice of a known customer, items that it may buy and others.

The source has what was bought, and not what was looked at. So the shop *pretends* to have shown, a minute before an
invoice, some of the items on it and for each of these several others, drawn by how often they were sold until then.
What was bought is real, and so is its time; that it stood on a page with just these others is not. Nothing that a page
shows is known only later, but for the items bought themselves: these are what a model is to find.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from pandian.events import Request
from streams.demo.dataset import OrderLine
from streams.demo.shop import number
from streams.interactions.ids import identifier

SEED = 20101201
#: Of an invoice at most so many items are shown.
MOST_BOUGHT = 6
#: For each of them so many others.
OTHERS = 3
#: A page is shown so long before its invoice.
_BEFORE_MS = 60_000
#: Draws for each item wanted: popular items are drawn again and again. Enough for all but the first pages of a shop.
_DRAWS = 20


class Page(NamedTuple):
    """What was shown to a customer."""

    request_id: str
    user_id: str
    items: tuple[str, ...]
    """In no order that would tell which of them were bought."""
    session: tuple[str, ...]
    """What the customer bought so lately that the stream may not know it yet, oldest first."""
    time: int
    """Epoch milliseconds."""

    def request(self) -> Request:
        """Return the question for the scores of exactly these items."""
        return Request(
            self.request_id,
            self.user_id,
            len(self.items),
            session=self.session,
            items=self.items,
            time=self.time,
        )


class Pages:
    """Makes pages, and remembers what was sold before. The same lines give the same pages, however they are cut.

    Args:
        run: Goes into the request ids, so that those of two demos differ.
        seed: Another one draws other items.
    """

    def __init__(self, run: str, seed: int = SEED) -> None:
        self._run = run
        self._random = random.Random(seed)
        self._sold: list[str] = []
        self._known: set[str] = set()
        self._made = 0

    def sell(self, lines: Iterable[OrderLine]) -> None:
        """Take note that lines were sold; what was returned or written off was not."""
        items = [item_id(line.StockCode) for line in lines if is_sold(line)]
        self._sold += items
        self._known.update(items)

    def before(self, invoices: Iterable[Sequence[OrderLine]]) -> list[Page]:
        """Return the pages that precede these invoices, which are in order of time, and sell the invoices."""
        pages: list[Page] = []
        lately: dict[str, tuple[str, ...]] = {}
        for invoice in invoices:
            customer = invoice[0].CustomerID
            bought = tuple(dict.fromkeys(item_id(line.StockCode) for line in invoice if is_sold(line)))
            if customer and bought:
                items = self._items(bought)
                if items:
                    pages.append(self._page(invoice[0], items, lately.get(customer, ())))
                lately[customer] = lately.get(customer, ()) + bought
            self.sell(invoice)
        return pages

    def _page(self, line: OrderLine, items: list[str], session: tuple[str, ...]) -> Page:
        self._made += 1
        return Page(
            f"{self._run}-{self._made}",
            user_id(line.CustomerID),
            tuple(items),
            session,
            time_ms(line.InvoiceDate) - _BEFORE_MS,
        )

    def _items(self, bought: Sequence[str]) -> list[str]:
        """Return what a page shows: some of what is bought and was sold before, and others; or nothing."""
        shown = [item for item in bought if item in self._known][:MOST_BOUGHT]
        there, others = set(bought), dict[str, None]()
        wanted = len(shown) * OTHERS
        for _ in range(wanted * _DRAWS):
            if len(others) == wanted:
                break
            drawn = self._random.choice(self._sold)
            if drawn not in there:
                others[drawn] = None
        items = [*shown, *others]
        self._random.shuffle(items)
        return items


def is_sold(line: OrderLine) -> bool:
    """Tell whether a line sells something: a return or a write-off has a quantity below zero."""
    quantity = number(line.Quantity)
    return isinstance(quantity, int | float) and quantity > 0


@lru_cache(maxsize=1 << 14)
def user_id(cell: str) -> str:
    """Return a customer as the identifier that is made of the order's JSON number: ``17850`` for ``17850.0``."""
    return identifier(number(cell)) or cell


@lru_cache(maxsize=1 << 14)
def item_id(cell: str) -> str:
    """Return an item as the identifier that is made of it."""
    return identifier(cell) or cell


@lru_cache(maxsize=1 << 10)
def time_ms(date: str) -> int:
    """Return a time as the source spells it in epoch milliseconds. It names no zone: UTC, as everywhere."""
    return round(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp() * 1000)


def portions(lines: Iterable[OrderLine], size: int) -> Iterator[list[list[OrderLine]]]:
    """Cut lines into portions of whole invoices, of about ``size`` lines: a longer invoice is one of its own."""
    portion: list[list[OrderLine]] = []
    held = 0
    for _, group in groupby(lines, key=lambda line: line.InvoiceNo):
        invoice = list(group)
        if portion and held + len(invoice) > size:
            yield portion
            portion, held = [], 0
        portion.append(invoice)
        held += len(invoice)
    if portion:
        yield portion
