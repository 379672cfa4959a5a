"""Rows become interactions, ready to send, and the others a count by reason."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import orjson

from pandian.action_words import action_of
from pandian.actions import WEIGHTS, Action
from streams.decode.base import RowGroup
from streams.interactions.base import FieldMapping
from streams.interactions.cells import Cells, cells_of
from streams.interactions.identities import PERSONAL, WITHOUT_KEY, Identities
from streams.interactions.ids import NoIdError, identifier
from streams.interactions.times import epoch_ms, event_time

#: What can become of what a record tells of: ``interaction``, or why there is none. ``broker-time`` counts those
#: interactions whose time is made of the broker's time of their record, because they have none of their own, or one
#: that cannot be.
OUTCOMES = {
    "interaction": "became an interaction",
    "item": "became news of an item",
    "same-item": "says of an item what is known already",
    "broker-time": "of the interactions: bears a time made of the record's, as its own is missing, no time, or far off",
    "no-user": "the user is missing, or spelled as nobody",
    "no-item": "the item is missing, or spelled as nothing",
    "bad-user": "the user is no identifier: a fraction, true or false, over 256 bytes, or with control characters",
    "bad-item": "the item is no identifier",
    "personal": "the user or the item is certainly personal, and no key is set to make a pseudonym of it",
    "no-time": "no time that can be: neither its own nor, as its producer left it out, its record's",
    "empty-array": "the array that holds the items is empty or absent",
    "too-many-elements": "the 1,001st and later elements of one record",
    "changed": "a change log tells of a row that was changed: no second interaction",
    "deleted": "a change log tells of a row that is no more",
    "no-row": "a change log's message, which is of no row",
    "unreadable": "the record cannot be read: it is in quarantine",
    "header-line": "a CSV header line",
    "expired": "retention removed it before it was read",
}

#: Entries that become interactions without a pause: some five milliseconds.
AT_ONCE = 1_000
#: Longer texts are not remembered: hostile ones would take all memory.
_REMEMBERED_LENGTH = 64

_User = tuple[bytes, bytes] | str | None
_Item = bytes | str | None


class Told(NamedTuple):
    """One interaction, ready to send."""

    offset: int
    place: int
    """Index within the record."""
    key: bytes
    """The user, or the item."""
    value: bytes
    """JSON of :class:`pandian.events.Interaction`."""


class Places(NamedTuple):
    """Where the records of a batch come from."""

    topic: str
    topic_id: str
    partition: int
    offsets: Sequence[int]
    times: Sequence[int | None]
    """Broker time of each record, epoch milliseconds; None or -1 where the producer left it out."""
    behind: int = 0
    """How much earlier than their records events usually happened here, milliseconds."""


def interactions_of(
    group: RowGroup,
    mapping: FieldMapping,
    places: Places,
    outcomes: Counter[str],
    identities: Identities = WITHOUT_KEY,
) -> Iterator[list[Told]]:
    """Yield the interactions of a group of rows, in the order of their places; count what became of all.

    They come in lists, so that whoever asks can do something else between two. What a row becomes depends on the row
    and the mapping only: a record read again gives the same.
    """
    cells = cells_of(group, mapping, outcomes)
    users, items, sessions = (
        identities.fit(cells.column(role), mapping.parts.get(role)) for role in ("user", "item", "session")
    )
    rows = zip(
        cells.records,
        cells.indexes,
        map(_user, users),
        map(_item, items),
        _actions(cells, mapping),
        cells.column("time"),
        map(_session, sessions),
        strict=True,
    )
    head = _head(places)
    while some := list(islice(rows, AT_ONCE)):
        yield list(_told(some, mapping.reader, head, places, outcomes))
    outcomes["no-user"] -= cells.headers


def _told(
    rows: list[Any], reader: str | None, head: bytes, places: Places, outcomes: Counter[str]
) -> Iterator[Told]:
    made = aside = 0
    for record, index, user, item, (action, weight), when, session in rows:
        if type(user) is not tuple or type(item) is not bytes:
            outcomes[_why(user, item)] += 1
            continue
        own = None if when is None else epoch_ms(when, reader)
        time = event_time(own, places.times[record], places.behind)
        if time is None:
            outcomes["no-time"] += 1
            continue
        aside += time != own
        made += 1
        offset, (key, name) = places.offsets[record], user
        value = (
            b'{"user_id":%b,"item_id":%b,"action":"%b","time":%d,"weight":%b,"session_id":%b,%b"offset":%d,"index":%d}}'
            % (name, item, action, time, weight, session, head, offset, index)
        )
        yield Told(offset, index, key, value)
    outcomes["interaction"] += made
    outcomes["broker-time"] += aside


def _head(places: Places) -> bytes:
    source = {"topic": places.topic, "topic_id": places.topic_id, "partition": places.partition}
    return b'"source":' + orjson.dumps(source)[:-1] + b","


def _user(value: Any) -> _User:
    if type(value) is str and len(value) > _REMEMBERED_LENGTH:
        return _as_user(value)
    return _known_user(value)


def _item(value: Any) -> _Item:
    if type(value) is str and len(value) > _REMEMBERED_LENGTH:
        return _as_item(value)
    return _known_item(value)


def _as_user(value: Any) -> _User:
    """Return a user as key and as JSON text; None where there is none, ``bad`` where it cannot be one.

    ``personal`` where it must not be passed on.
    """
    if value is PERSONAL:
        return "personal"
    try:
        found = identifier(value)
    except NoIdError:
        return "bad"
    return None if found is None else (found.encode(), orjson.dumps(found))


def _as_item(value: Any) -> _Item:
    """Return an identifier as JSON text; None where there is none, ``bad`` where it cannot be one."""
    found = _as_user(value)
    return found[1] if isinstance(found, tuple) else found


_known_user = lru_cache(maxsize=1 << 17, typed=True)(_as_user)
_known_item = lru_cache(maxsize=1 << 17, typed=True)(_as_item)


def _session(value: Any) -> bytes:
    found = None if value is None else _item(value)
    return found if type(found) is bytes else b"null"


def _why(user: _User, item: _Item) -> str:
    for name, found in (("user", user), ("item", item)):
        if found is None:
            return f"no-{name}"
        if isinstance(found, str):
            return found if found == "personal" else f"bad-{name}"
    raise AssertionError("a row with both is an interaction")


def _actions(cells: Cells, mapping: FieldMapping) -> Iterator[tuple[bytes, bytes]]:
    """Yield the action of each entry and its weight, both as JSON text."""
    columns = [cells.column(role) for role in ("action", "status", "quantity", "rating")]
    if not any(role in cells.values for role in ("action", "status", "quantity", "rating")):
        one = _written(mapping.action, WEIGHTS[mapping.action])
        return iter([one] * len(cells.records))
    return (_action(mapping, *told) for told in zip(*columns, strict=True))


def _action(mapping: FieldMapping, word: Any, status: Any, quantity: Any, rating: Any) -> tuple[bytes, bytes]:
    action = mapping.action
    if word is not None:
        text = str(word).strip()
        action = mapping.words.get(text.lower()) or action_of(text)
    if action == "purchase" and (_is_undone(status) or _is_negative(quantity)):
        action = "refund"
    weight = WEIGHTS[action]
    if action == "rate" and mapping.best_rating and (points := _number(rating)) is not None:
        weight = round(min(1.0, max(0.0, points / mapping.best_rating)), 4)
    return _written(action, weight)


@lru_cache(maxsize=4096)
def _written(action: Action, weight: float) -> tuple[bytes, bytes]:
    return action.encode(), orjson.dumps(weight)


def _is_undone(status: Any) -> bool:
    return isinstance(status, str) and action_of(status) in ("refund", "remove")


def _is_negative(quantity: Any) -> bool:
    number = _number(quantity)
    return number is not None and number < 0


def _number(value: Any) -> float | None:
    """Return a number or a numeric text as a number; None for anything else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
