"""Real data as the live topics of a shop: what people did, and what is said of items and people.

What happened keeps its order and contents. Times do not: records come at a steady pace, so that the months of a data
set become hours, and the field that holds the time says when the record was sent, some seconds before. Identifiers that
are bare numbers in the source get a prefix (items) or are hashed (people), as shops do; a number has no lower case, and
nobody could tell one numbering from the next. Catalogues are sent row by row, now and then after an item was touched.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

Record = dict[str, Any]
#: What is sent at one time: records by topic.
Sent = list[tuple[str, Record]]

#: When a replay begins, and how long after each other its interactions come.
START_MS, STEP_MS = 1_767_600_000_000, 200
#: Of so many interactions one brings a row of the catalogue, and of people.
ITEM_EVERY, PERSON_EVERY = 2, 4
#: Mean of how long records take from the event to the broker.
_DELAY_MS = 2_000.0


@dataclass(frozen=True, slots=True)
class Shop:
    """A data set as topics."""

    name: str
    sent: Callable[[Path, int], Iterator[Sent]]
    """Yields what is sent with each interaction: folder of the data, and how many interactions."""
    acts: str
    """The topic of interactions."""
    item: str
    user: str
    time: str
    """Its fields."""
    iso: bool
    """Whether times are texts; else they are epoch milliseconds."""
    catalogue: str | None = None
    """The topic of items; None: there is none."""
    key: str = ""
    """The field of it that identifies the item."""
    feature: str = ""
    """The text in it that is emptied: the category, or the title where there is none."""
    price: str = ""
    currency: str = ""
    title: str = ""
    brand: str = ""
    step_ms: int = STEP_MS
    """How long after each other its interactions come."""
    number: str = ""
    """A number of interactions, such as a quantity or a rating."""


def pseudonym(value: str, salt: str = "first") -> str:
    """Return a keyed hash of who somebody is."""
    return blake2b(value.encode(), digest_size=8, key=salt.encode()).hexdigest()


def moment(place: int, chance: random.Random, step_ms: int = STEP_MS) -> int:
    """Return when what came as the ``place``-th interaction happened, epoch milliseconds."""
    return START_MS + place * step_ms - round(chance.expovariate(1 / _DELAY_MS))


def said(time_ms: int, *, iso: bool) -> str | int:
    """Return a time as a producer writes it."""
    if not iso:
        return time_ms
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")


def table_rows(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=delimiter)


def _retail(folder: Path, count: int) -> Iterator[Sent]:
    chance = random.Random(1)
    offers: dict[str, Record] = {}
    for place, row in enumerate(islice(table_rows(folder / "online-retail/transactions.csv.gz"), count)):
        time = said(moment(place, chance), iso=True)
        who = pseudonym(row["CustomerID"]) if row["CustomerID"] else None
        order = {
            "InvoiceNo": row["InvoiceNo"],
            "StockCode": row["StockCode"],
            "Quantity": int(row["Quantity"]),
            "InvoiceDate": time,
            "UnitPrice": float(row["UnitPrice"]),
            "CustomerID": who,
            "Country": row["Country"],
        }
        sent: Sent = [("shop.orders", order)]
        offer = offers.setdefault(
            row["StockCode"],
            {"sku": row["StockCode"], "title": row["Description"], "price": float(row["UnitPrice"])},
        )
        if place % ITEM_EVERY == 0:
            sent.append(("shop.items", {**offer, "currency": "GBP", "updated_at": time}))
        if who is not None and place % PERSON_EVERY == 0:
            sent.append(
                ("shop.customers", {"customer_id": who, "country": row["Country"], "updated_at": time})
            )
        yield sent


def _films(folder: Path, count: int) -> Iterator[Sent]:
    chance = random.Random(2)
    files = folder / "ml-100k"
    films = {row["item_id:token"]: row for row in table_rows(files / "ml-100k.item.tsv.gz", "\t")}
    people = {row["user_id:token"]: row for row in table_rows(files / "ml-100k.user.tsv.gz", "\t")}
    ratings = sorted(
        table_rows(files / "ml-100k.inter.tsv.gz", "\t"), key=lambda row: float(row["timestamp:float"])
    )
    for place, row in enumerate(islice(ratings, count)):
        time = said(moment(place, chance), iso=False)
        who, film = row["user_id:token"], films[row["item_id:token"]]
        code = f"ML-{row['item_id:token']}"
        rating = {
            "user_id": pseudonym(who),
            "item_id": code,
            "rating": float(row["rating:float"]),
            "timestamp": time,
        }
        sent: Sent = [("films.ratings", rating)]
        if place % ITEM_EVERY == 0:
            title, year = film["movie_title:token_seq"], film["release_year:token"]
            shown = {"item_id": code, "title": title, "release_year": year}
            sent.append(
                ("films.catalogue", {**shown, "category": film["class:token_seq"], "updated_at": time})
            )
        if place % PERSON_EVERY == 0:
            person = {"user_id": pseudonym(who), "occupation": people[who]["occupation:token"]}
            sent.append(("films.people", {**person, "updated_at": time}))
        yield sent


def _clicks(folder: Path, count: int) -> Iterator[Sent]:
    chance = random.Random(3)
    rows = sorted(
        table_rows(folder / "yoochoose-sample/train.tsv.gz", "\t"), key=lambda row: float(row["Time"])
    )
    for place, row in enumerate(islice(rows, count)):
        time = said(moment(place, chance), iso=True)
        yield [("clicks", {"SessionId": int(row["SessionId"]), "ItemId": f"Y{row['ItemId']}", "Time": time})]


SHOPS: Mapping[str, Shop] = {
    one.name: one
    for one in (
        Shop(
            "online-retail", _retail, "shop.orders", "StockCode", "CustomerID", "InvoiceDate", True,
            "shop.items", "sku", "title", "price", "currency",
        ),
        Shop(
            "ml-100k", _films, "films.ratings", "item_id", "user_id", "timestamp", False,
            "films.catalogue", "item_id", "category",
        ),
        Shop("yoochoose-sample", _clicks, "clicks", "ItemId", "SessionId", "Time", True),
    )
}  # fmt: skip
