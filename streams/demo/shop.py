"""Order lines as the live events of a shop: three topics, three formats, with the dirt that the lines have.

What a line says is nearly all there is: a catalogue record is made of the titles and prices that order lines show,
blank titles, ``?`` and ``damaged`` among them; a customer is an identifier, a country and a first order, and has an
invented name, e-mail address and phone number (:mod:`streams.demo.people`), as the customers of any shop do.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from streams.decode.base import COLUMNS_HEADER
from streams.demo.dataset import OrderLine
from streams.demo.people import person

CURRENCY = "GBP"
"""The source gives all prices in pounds sterling."""


class ShopTopic(NamedTuple):
    """A topic of the shop."""

    name: str
    partitions: int
    headers: tuple[tuple[str, bytes], ...] = ()
    """On every record."""


ITEMS = ShopTopic("shop.items", 1)
"""JSON with nested objects, keyed by item: the catalogue."""
CUSTOMERS = ShopTopic(
    "shop.customers", 1, ((COLUMNS_HEADER, b"customer_id,country,first_order_at,name,email,phone"),)
)
"""CSV lines whose columns the header names, keyed by customer."""
ORDERS = ShopTopic("shop.orders", 2)
"""JSON with the eight columns of the source, keyed by customer, or by item where there is no customer."""

TOPICS = (ITEMS, CUSTOMERS, ORDERS)


class Event(NamedTuple):
    """One record to send."""

    topic: ShopTopic
    key: bytes
    value: bytes


#: Changes the record of an order line before it is sent.
OrderChange = Callable[[OrderLine, dict[str, Any]], None]


class Shop:
    """Turns order lines into events, one line at a time, in order of time. Remembers what it has announced.

    Args:
        change: Changes the records of orders; None: they say what their lines say.
    """

    def __init__(self, change: OrderChange | None = None) -> None:
        self._change = change
        self._offers: set[tuple[str, str, str]] = set()
        self._customers: dict[str, tuple[str, str]] = {}

    def events(self, line: OrderLine) -> list[Event]:
        """Return a line's events: first the item and the customer where they are news, then the order.

        An item is news with each title or price that it has not had before: going to and fro between two prices (one
        for the trade, one for the counter) is none. A customer is news at the first order, and in another country.
        """
        found = []
        offer = (line.StockCode, line.Description, line.UnitPrice)
        if offer not in self._offers:
            self._offers.add(offer)
            found.append(_item(line))
        if line.CustomerID and self._is_news(line):
            found.append(_customer(line, self._customers[line.CustomerID][1]))
        found.append(_order(line, self._change))
        return found

    def _is_news(self, line: OrderLine) -> bool:
        country, since = self._customers.get(line.CustomerID, (None, line.InvoiceDate))
        self._customers[line.CustomerID] = (line.Country, since)
        return country != line.Country


@lru_cache(maxsize=1 << 14)
def number(cell: str) -> int | float | str | None:
    """Return a cell as the number that it spells, a blank one as None, and any other as it is."""
    if not cell.strip():
        return None
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        value = float(cell)
    except ValueError:
        return cell
    return value if math.isfinite(value) else cell


def _item(line: OrderLine) -> Event:
    record = {
        "sku": line.StockCode,
        "title": line.Description,
        "pricing": {"price": number(line.UnitPrice), "currency": CURRENCY},
        "updated_at": line.InvoiceDate,
    }
    return Event(ITEMS, line.StockCode.encode(), orjson.dumps(record))


def _customer(line: OrderLine, first_order_at: str) -> Event:
    cells = (line.CustomerID, line.Country, first_order_at, *person(line.CustomerID))
    return Event(CUSTOMERS, line.CustomerID.encode(), _csv_line(cells))


def _order(line: OrderLine, change: OrderChange | None) -> Event:
    record: dict[str, Any] = {
        "InvoiceNo": line.InvoiceNo,
        "StockCode": line.StockCode,
        "Description": line.Description,
        "Quantity": number(line.Quantity),
        "InvoiceDate": line.InvoiceDate,
        "UnitPrice": number(line.UnitPrice),
        "CustomerID": number(line.CustomerID),
        "Country": line.Country,
    }
    if change is not None:
        change(line, record)
    return Event(ORDERS, (line.CustomerID or line.StockCode).encode(), orjson.dumps(record))


def _csv_line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue().encode()
