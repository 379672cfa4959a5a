"""What goes wrong in the topics of ``benchmarks.causes_shops`` from one moment on, as it does in shops."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.causes_shops import Record, Sent, Shop, pseudonym
from monitoring.causes.base import Verdict

#: Returns what is sent in place of a record: nothing, it, or it twice.
Change = Callable[[Record], list[Record]]
_HOURS = 8
#: Epoch times beyond are not in seconds.
_MILLISECONDS = 10**11
#: Of an amount in pounds, in euros.
_EUROS = 1.17
#: Places of items that become the fashion, by how often they were taken.
_RANKS = slice(100, 130)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong in one topic."""

    name: str
    topic: str
    fields: tuple[str, ...]
    """Any of these is the cause; an empty name: the records as a whole."""
    change: Change
    share: float = 1.0
    """Of how many records."""
    verdict: Verdict | None = "data"
    """What it is: people who do something else break no data; None: a matter of words."""
    whole: bool = False
    """Whether it is not done in part."""
    also: tuple[str, Change] | None = None
    """A topic in which as many records change with it, and how."""


def fashion(shop: Shop, sent: Sequence[Sent]) -> Fault:
    """Return that people turn to what few took before: half of what they do is about 30 items, all long known."""
    taken = Counter(
        record[shop.item] for together in sent for topic, record in together if topic == shop.acts
    )
    items = [item for item, _ in taken.most_common()[_RANKS]]
    chance = random.Random(shop.name)

    def turned(record: Record) -> list[Record]:
        return [{**record, shop.item: chance.choice(items)}]

    return Fault("fashion", shop.acts, (shop.item,), turned, 0.5, "behaviour", whole=True)


def faults(shop: Shop) -> Iterator[Fault]:
    """Yield all faults that can happen to a shop's topics, each in every topic that it can happen to."""
    for hours in (_HOURS, -_HOURS):
        yield Fault(f"shifted {hours:+d} h", shop.acts, (shop.time,), shift(shop.time, hours))
    yield Fault("lower-cased", shop.acts, (shop.item,), set_to(shop.item, str.lower))
    yield Fault("duplicated", shop.acts, ("",), lambda record: [record, record])
    yield Fault("silent", shop.acts, ("",), lambda _: [], whole=True)
    if shop.user != "SessionId":
        # Of visits each has a new identifier anyhow: nothing is lost, and nothing can be seen.
        rehashed = set_to(shop.user, lambda who: pseudonym(who, "second"))
        yield Fault("re-hashed", shop.acts, (shop.user,), rehashed)
    if shop.catalogue is not None:
        yield from _of_catalogue(shop, shop.catalogue)


def _of_catalogue(shop: Shop, topic: str) -> Iterator[Fault]:
    yield Fault("lower-cased", topic, (shop.key,), set_to(shop.key, str.lower))
    yield Fault("emptied", topic, (shop.feature,), set_to(shop.feature, lambda _: ""))
    yield Fault("emptied in part", topic, (shop.feature,), set_to(shop.feature, lambda _: ""), 0.5)
    yield Fault("duplicated", topic, ("",), lambda record: [record, record])
    yield Fault("silent", topic, ("",), lambda _: [], whole=True)
    if shop.price:
        yield Fault("times 100", topic, (shop.price,), set_to(shop.price, lambda price: price * 100))
        yield Fault("times 100 in part", topic, (shop.price,), set_to(shop.price, lambda one: one * 100), 0.3)
        yield Fault("currency mixed", topic, (shop.currency, shop.price), _in_euros(shop), 0.5)


def set_to(field: str, change: Callable[[Any], Any]) -> Change:
    def changed(record: Record) -> list[Record]:
        value = record[field]
        return [record if value is None else {**record, field: change(value)}]

    return changed


def shift(field: str, hours: int) -> Change:
    def moved(time: str | int) -> str | int:
        if isinstance(time, int):
            return time + hours * (3_600_000 if time > _MILLISECONDS else 3_600)
        return (datetime.fromisoformat(time) + timedelta(hours=hours)).isoformat(timespec="milliseconds")

    return set_to(field, moved)


def _in_euros(shop: Shop) -> Change:
    def changed(record: Record) -> list[Record]:
        return [{**record, shop.currency: "EUR", shop.price: round(record[shop.price] * _EUROS, 2)}]

    return changed


def decoy(shop: Shop) -> Fault | None:
    """Return what else goes wrong at the same time, in a field that no model reads; None where all are read."""
    places = {"online-retail": ("shop.orders", "Country"), "ml-100k": ("films.catalogue", "release_year")}
    if shop.name not in places:
        return None
    topic, field = places[shop.name]
    return Fault("decoy", topic, (field,), set_to(field, lambda _: ""))


def apply(fault: Fault, topic: str, record: Record, chance: random.Random) -> list[Record]:
    """Return what is sent in place of a record."""
    changes = dict([(fault.topic, fault.change), *([fault.also] if fault.also is not None else [])])
    if topic not in changes or chance.random() >= fault.share:
        return [record]
    return changes[topic](record)
