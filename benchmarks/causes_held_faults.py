"""Faults that the method of ``monitoring.causes`` was not tuned on, each in every field that it can happen to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.causes_faults import Change, Fault, set_to, shift
from benchmarks.causes_shops import Record, Sent, Shop, pseudonym, said

#: Of a dollar in yuan: prices of one source.
_YUAN = 7.1
#: Records of a page that comes twice.
_PAGE = 200
_WIDE = {ord(one): ord(one) + 0xFEE0 for one in "0123456789.-"}
_NO_HISTORY = 400
_NULLS = ("N/A", "null", "无")


def _keep(part: float) -> Callable[[str], bool]:
    """Return whether a value is in so many of all, the same ones each time."""
    return lambda value: random.Random(value).random() < part


def held_out(shop: Shop, sent: Sequence[Sent]) -> Iterator[Fault]:
    """Yield all faults that can happen to a shop's topics."""
    yield from _of_acts(shop)
    yield from _of_people(shop, sent)
    if shop.catalogue is not None:
        yield from _of_texts(shop, shop.catalogue)
        if shop.price:
            yield from _of_numbers(shop.catalogue, shop.price)
            yield from _of_prices(shop, shop.catalogue)
    if shop.number:
        yield from _of_numbers(shop.acts, shop.number)


def _of_acts(shop: Shop) -> Iterator[Fault]:
    acts, item, user, time = shop.acts, shop.item, shop.user, shop.time
    yield Fault("trailing blank", acts, (item,), set_to(item, lambda code: f"{code} "))
    yield Fault("truncated", acts, (item,), set_to(item, lambda code: code[:-2]))
    yield Fault("full width", acts, (item,), set_to(item, lambda code: code.translate(_WIDE)))
    yield Fault("null token", acts, (item,), set_to(item, lambda _: "null"))
    yield _renamed(acts, item, "prod_ref")
    yield Fault("constant", acts, (user,), set_to(user, lambda _: "unknown"))
    yield Fault("re-hashed", acts, (user,), set_to(user, lambda who: pseudonym(who, "second")))
    yield Fault("nulls", acts, (user,), set_to(user, lambda _: None))
    yield _renamed(acts, user, "uid2")
    yield Fault("bot", acts, (user, ""), set_to(user, lambda _: pseudonym("bot")), 0.3, None)
    yield _frozen(acts, item)
    yield Fault("swapped", acts, (item, user), _swapped(item, user))
    yield Fault("shifted +8 h", acts, (time,), shift(time, 8))
    yield Fault("hours late", acts, (time, ""), shift(time, -3), 0.5)
    yield Fault("1970", acts, (time,), set_to(time, lambda when: said(0, iso=isinstance(when, str))))
    yield Fault("another unit", acts, (time,), set_to(time, _other_unit))
    yield Fault("only days", acts, (time,), set_to(time, _only_days))
    yield Fault("duplicated", acts, ("",), lambda record: [record, record])
    yield Fault("pages twice", acts, ("",), _pages())
    gone = _keep(0.5)
    yield Fault(
        "a source withheld", acts, ("",), lambda one: [] if gone(str(one[user])) else [one], verdict=None
    )
    yield Fault("silent", acts, ("",), lambda _: [], whole=True)


def _of_texts(shop: Shop, topic: str) -> Iterator[Fault]:
    key, feature = shop.key, shop.feature
    yield Fault("trailing blank", topic, (key,), set_to(key, lambda code: f"{code} "))
    yield Fault("prefixed", topic, (key,), set_to(key, lambda code: f"0{code}"))
    yield Fault("lower-cased", topic, (key,), set_to(key, str.lower))
    yield _renamed(topic, key, "ref2")
    yield Fault("silent", topic, ("",), lambda _: [], whole=True)
    yield Fault("duplicated", topic, ("",), lambda record: [record, record])
    for name in filter(None, (feature, shop.brand, shop.title)):
        yield Fault("emptied", topic, (name,), set_to(name, lambda _: ""))
        yield Fault("constant", topic, (name,), set_to(name, lambda _: "unknown"))
    for token in _NULLS:
        yield Fault(f"token {token}", topic, (feature,), set_to(feature, lambda _, token=token: token))
    yield Fault("truncated", topic, (feature,), set_to(feature, lambda text: text[:2]))
    yield Fault("trailing blank", topic, (feature,), set_to(feature, lambda text: f"{text} "))
    yield Fault("mojibake", topic, (feature,), set_to(feature, _mojibake))
    yield Fault("another taxonomy", topic, (feature,), set_to(feature, _coded))
    yield _frozen(topic, feature)
    yield _renamed(topic, feature, "kind2")
    if shop.brand:
        yield Fault("swapped", topic, (feature, shop.brand), _swapped(feature, shop.brand))


def _of_prices(shop: Shop, topic: str) -> Iterator[Fault]:
    price, dear = shop.price, _keep(0.5)
    yield Fault("times 100", topic, (price,), set_to(price, lambda one: one * 100))
    yield Fault("in dollars to yuan", topic, (price,), _of_source(shop.key, price, dear))
    yield _renamed(topic, price, "amount2")


def _of_source(key: str, price: str, of_it: Callable[[str], bool]) -> Change:
    def changed(record: Record) -> list[Record]:
        if record[price] is None or not of_it(str(record[key])):
            return [record]
        return [{**record, price: round(record[price] * _YUAN, 2)}]

    return changed


def _of_numbers(topic: str, field: str) -> Iterator[Fault]:
    yield Fault("as text", topic, (field,), set_to(field, str))
    yield Fault("decimal comma", topic, (field,), set_to(field, lambda one: f"{one:.2f}".replace(".", ",")))
    yield Fault("full width", topic, (field,), set_to(field, lambda one: str(one).translate(_WIDE)))
    yield Fault("negated", topic, (field,), set_to(field, lambda one: -one))
    yield Fault("zero", topic, (field,), set_to(field, lambda _: 0))
    yield Fault("as a fraction", topic, (field,), set_to(field, lambda one: one / 100))
    yield Fault("nulls", topic, (field,), set_to(field, lambda _: None))
    yield _frozen(topic, field)


def _of_people(shop: Shop, sent: Sequence[Sent]) -> Iterator[Fault]:
    """Yield what people do: none of it is a fault of the data."""
    taken = Counter(
        record[shop.item] for together in sent for topic, record in together if topic == shop.acts
    )
    ranked = [item for item, _ in taken.most_common()]
    chance = random.Random(shop.name)
    rare = ranked[len(ranked) // 3 : len(ranked) // 3 + 25]
    yield Fault(
        "other taste", shop.acts, (shop.item,), set_to(shop.item, lambda _: chance.choice(rare)), 0.6,
        "behaviour",
    )  # fmt: skip
    # New wares bear codes like those of the others: one digit more is a code that nobody had.
    new = [_code_like(chance.choice(ranked), number) for number in range(_NO_HISTORY)]
    listed = (shop.catalogue, set_to(shop.key, lambda _: chance.choice(new))) if shop.catalogue else None
    yield Fault(
        "new items", shop.acts, (shop.item,), set_to(shop.item, lambda _: chance.choice(new)), 0.4, "behaviour",
        also=listed,
    )  # fmt: skip


def _code_like(code: str, number: int) -> str:
    digits = sum(one.isdigit() for one in code)
    fresh = iter(f"{9 * 10 ** (digits - 1) + number:0{digits}d}" if digits > 2 else f"{number:0{digits}d}")
    return "".join(next(fresh, "7") if one.isdigit() else one for one in code)


def _renamed(topic: str, field: str, new: str) -> Fault:
    def changed(record: Record) -> list[Record]:
        return [{new if name == field else name: value for name, value in record.items()}]

    return Fault("renamed", topic, (field, new), changed)


def _swapped(one: str, other: str) -> Change:
    return lambda record: [{**record, one: record[other], other: record[one]}]


def _frozen(topic: str, field: str) -> Fault:
    last: list[Any] = []

    def changed(record: Record) -> list[Record]:
        if not last and record[field] not in (None, ""):
            last.append(record[field])
        return [{**record, field: last[0] if last else record[field]}]

    return Fault("frozen", topic, (field,), changed)


def _pages() -> Change:
    page: list[Record] = []

    def changed(record: Record) -> list[Record]:
        page.append(record)
        if len(page) < _PAGE:
            return [record]
        again, page[:] = [*page], []
        return [record, *again]

    return changed


def _other_unit(when: str | int) -> str | int:
    """Return seconds in place of milliseconds, milliseconds in place of seconds, and numbers in place of texts."""
    if isinstance(when, str):
        return round(datetime.fromisoformat(when).timestamp())
    return when // 1000 if when > 10**11 else when * 1000


def _only_days(when: str | int) -> str | int:
    if isinstance(when, str):
        return when[:10]
    scale = 1000 if when > 10**11 else 1
    day = datetime.fromtimestamp(when / scale, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp()) * scale


def _mojibake(text: str) -> str:
    if text.isascii():
        # Bytes of the wide encoding, read as if of one byte each.
        return text.encode("utf-16-le").decode("latin-1")
    return text.encode().decode("latin-1")


def _coded(text: str) -> str:
    return f"K{sum(text.encode()) % 40:02d}"
