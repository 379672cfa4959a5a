"""Rows become interactions, ready to send, and the others a count by reason."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from pandian.actions import WEIGHTS, Action
from streams.decode.base import RowGroup
from streams.interactions.base import FieldMapping, Role
from streams.interactions.cells import Cells, cells_of
from streams.interactions.ids import NoIdError, identifier
from streams.interactions.times import epoch_ms, is_plausible
from streams.interactions.words import action_of

#: What can become of what a record tells of: ``interaction``, or why there is none. ``broker-time`` counts those
#: interactions that bear the broker's time of their record, because they have none of their own, or one that cannot be.
OUTCOMES = {
    "interaction": "became an interaction",
    "item": "became news of an item",
    "same-item": "says of an item what is known already",
    "broker-time": "of the interactions: bears the record's time, as its own is missing, no time, or far off",
    "no-user": "the user is missing, or spelled as nobody",
    "no-item": "the item is missing, or spelled as nothing",
    "bad-user": "the user is no identifier: a fraction, true or false, or longer than 256 bytes",
    "bad-item": "the item is no identifier",
    "empty-array": "the array that holds the items is empty or absent",
    "too-many-elements": "the 1,001st and later elements of one record",
    "unreadable": "the record cannot be read: it is in quarantine",
    "header-line": "a CSV header line",
    "expired": "retention removed it before it was read",
}

_Id = bytes | str | None


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
    times: Sequence[int]
    """Broker time of each record, epoch milliseconds."""


def interactions_of(
    group: RowGroup, mapping: FieldMapping, places: Places, outcomes: Counter[str]
) -> Iterator[Told]:
    """Yield the interactions of a group of rows, in the order of their places; count what became of all.

    What a row becomes depends on the row and the mapping only: a record read again gives the same.
    """
    cells = cells_of(group, mapping)
    outcomes["header-line"] += group.header_records
    outcomes["empty-array"] += cells.empty
    outcomes["too-many-elements"] += cells.beyond
    head = _head(places)
    sessions = _column(cells, "session")
    rows = zip(
        cells.records,
        cells.indexes,
        map(_id, _column(cells, "user")),
        map(_id, _column(cells, "item")),
        _actions(cells, mapping),
        _column(cells, "time"),
        map(_session, sessions),
        strict=True,
    )
    # Header lines have no cells at all: they are counted above, not as rows without a user.
    skipped = group.header_records
    made = aside = 0
    for record, index, user, item, (action, weight), when, session in rows:
        if type(user) is not bytes or type(item) is not bytes:
            if skipped and user is None and item is None:
                skipped -= 1
                continue
            outcomes[_why(user, item)] += 1
            continue
        offset, broker = places.offsets[record], places.times[record]
        time = None if when is None else epoch_ms(when, mapping.reader)
        if time is None or not is_plausible(time, broker):
            time = broker
            aside += 1
        made += 1
        value = (
            b'{"user_id":%b,"item_id":%b,"action":"%b","time":%d,"weight":%b,"session_id":%b,%b"offset":%d,"index":%d}}'
            % (user, item, action, time, weight, session, head, offset, index)
        )
        yield Told(offset, index, _key(user), value)
    outcomes["interaction"] += made
    outcomes["broker-time"] += aside


def _column(cells: Cells, role: Role) -> Sequence[Any]:
    return cells.values.get(role) or [None] * len(cells.records)


def _head(places: Places) -> bytes:
    source = {"topic": places.topic, "topic_id": places.topic_id, "partition": places.partition}
    return b'"source":' + orjson.dumps(source)[:-1] + b","


@lru_cache(maxsize=1 << 17, typed=True)
def _id(value: Any) -> _Id:
    """Return an identifier as JSON text; None where there is none, ``bad`` where it cannot be one."""
    try:
        found = identifier(value)
    except NoIdError:
        return "bad"
    return None if found is None else orjson.dumps(found)


@lru_cache(maxsize=1 << 17)
def _key(user: bytes) -> bytes:
    return str(orjson.loads(user)).encode()


def _session(value: Any) -> bytes:
    found = None if value is None else _id(value)
    return found if type(found) is bytes else b"null"


def _why(user: _Id, item: _Id) -> str:
    for name, found in (("user", user), ("item", item)):
        if found is None:
            return f"no-{name}"
        if found == "bad":
            return f"bad-{name}"
    raise AssertionError("a row with both is an interaction")


def _actions(cells: Cells, mapping: FieldMapping) -> Iterator[tuple[bytes, bytes]]:
    """Yield the action of each entry and its weight, both as JSON text."""
    columns = [_column(cells, role) for role in ("action", "status", "quantity", "rating")]
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
    except ValueError:
        return None
    return number if math.isfinite(number) else None
