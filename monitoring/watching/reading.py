"""Records of ``pandian.feedback`` become columns; what is no label is counted, and so is what was there before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from zlib import crc32

import numpy as np
import orjson

from monitoring.measures import Name
from monitoring.watching.base import Seen

#: A smaller chance of being shown is none that anybody has: its inverse would outweigh all other labels, or overflow.
LEAST_PROPENSITY = 1e-6

#: No time is later, in epoch milliseconds: what is larger is no time, and may not fit a column.
_LATEST = 1 << 53

#: New versions that one batch can bring: as many as are watched. Of a thousand that are made up, each would cost as
#: much as a thousand labels, and be let go for the next one.
_MOST_NEW = 8

OUTCOMES = INVALID, REPEAT, TAKEN, CROWDED = "invalid", "repeat", "taken", "crowded"


class Places:
    """How far each count of labels was taken, so that a label which was written twice counts once.

    Args:
        most: counts that are known; of one more, the one that was not used for longest goes.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._reached: dict[str, int] = {}

    def is_new(self, partition: int, series: Any, place: Any) -> bool:
        """Tell whether a label has not been here before, and take note of it. One without a place always is new."""
        if type(place) is not int or place <= 0 or type(series) is not str:
            return True
        key = f"{partition}/{series[:32]}"
        # Taken out and put in again: the last ones are those that were used last.
        reached = self._reached.pop(key, 0)
        self._reached[key] = max(reached, place)
        if place <= reached:
            return False
        if len(self._reached) > self._most:
            del self._reached[next(iter(self._reached))]
        return True

    def state(self) -> dict[str, int]:
        """Return JSON values."""
        return dict(self._reached)

    def restore(self, stored: Mapping[str, int]) -> None:
        """Take over what :meth:`state` gave."""
        self._reached = {str(key): int(value) for key, value in stored.items()}


def read(
    partition: int,
    values: Iterable[bytes | None],
    places: Places,
    outcomes: Counter[str],
    known: Collection[Name],
) -> tuple[dict[Name, Seen], Seen]:
    """Return the labels of a batch by version, and those of versions that are too many.

    Args:
        partition: that they stood in.
        values: of the records, in order.
        places: which were there before.
        outcomes: what became of how many records is added to it.
        known: versions that are watched.
    """
    rows: defaultdict[Name, list[Mapping[str, Any]]] = defaultdict(list)
    for value in values:
        found = _label(value)
        if found is None:
            outcomes[INVALID] += 1
        elif not places.is_new(partition, found.get("series"), found.get("place")):
            outcomes[REPEAT] += 1
        else:
            rows[found["model"], found["version"]].append(found)
    crowded = [row for name in _crowded(rows, known) for row in rows.pop(name)]
    for outcome, count in ((TAKEN, sum(map(len, rows.values()))), (CROWDED, len(crowded))):
        if count:
            outcomes[outcome] += count
    return {name: _columns(found) for name, found in rows.items()}, _columns(crowded)


def _crowded(rows: Mapping[Name, list[Mapping[str, Any]]], known: Collection[Name]) -> list[Name]:
    """Return the new versions beyond those that have the most labels."""
    new = [name for name in rows if name not in known]
    return sorted(new, key=lambda name: len(rows[name]), reverse=True)[_MOST_NEW:]


def _label(value: bytes | None) -> Mapping[str, Any] | None:
    """Return a label; None where it is none. JSON knows neither NaN nor infinity."""
    try:
        found = orjson.loads(value)  # type: ignore[arg-type]  # of None too it says that it is no JSON
    except orjson.JSONDecodeError:
        return None
    if type(found) is not dict or found.get("label") not in (0, 1):
        return None
    score, time = found.get("score"), found.get("time")
    if not isinstance(score, int | float) or not 0 <= score <= 1:
        return None
    if type(time) is not int or not 0 <= time < _LATEST:
        return None
    model, version, item = found.get("model"), found.get("version"), found.get("item_id")
    return found if type(model) is type(version) is type(item) is str else None


def _columns(rows: list[Mapping[str, Any]]) -> Seen:
    return Seen(
        np.array([row["score"] for row in rows], np.float64),
        np.array([row["label"] for row in rows], np.bool_),
        np.array([row.get("action") == "purchase" for row in rows], np.bool_),
        np.array([_came(row) for row in rows], np.int64),
        np.array([_said(row.get("propensity")) for row in rows], np.float64),
        np.array([crc32(row["item_id"].encode()) for row in rows], np.int64),
        [_page(row.get("request_id"), row.get("position")) for row in rows],
        [row.get("segments") if type(row.get("segments")) is dict else None for row in rows],
    )


def _came(row: Mapping[str, Any]) -> int:
    """Return when an impression was shown: by the broker's clock, as the data is known by, where that is said."""
    found = row.get("arrived")
    return found if type(found) is int and 0 < found < _LATEST else int(row["time"])


def _said(found: Any) -> float:
    return np.nan if found is None else propensity_of(found)


def propensity_of(found: Any) -> float:
    """Return the chance with which an item was shown: a number from one in a million to 1.

    0 for what is none, so that whoever reads the label can tell that it was said, and weights no label by it.
    """
    return float(found) if type(found) in (int, float) and LEAST_PROPENSITY <= found <= 1 else 0.0


def _page(request: Any, position: Any) -> tuple[str, int] | None:
    return (request, position) if type(request) is str and type(position) is int else None
