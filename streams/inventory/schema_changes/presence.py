"""One field's comings and goings in the tested windows of a partition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final

from streams.inventory.drift.found import Place
from streams.inventory.schema_changes.change import LOG10_CHANCE, Change
from streams.inventory.schema_changes.newcomer import Newcomer

#: Tested windows after whose beginning a field that is seen first has appeared; in the first ones all fields are new.
WARM_UP: Final = 8
#: A field that was in this many windows, and in all of them, has vanished when two windows lack it.
_ALWAYS: Final = 16
_LACKING: Final = 2
#: One that used to be away now and then has vanished when it is away for this many windows, and for this many times
#: as long as ever.
_AWAY: Final = 8
_LONGER: Final = 3
_LOG_CHANCE: Final = LOG10_CHANCE * math.log(10)
#: The interval of a share of windows: the least that is not refuted at this level.
_REFUTED: Final = 1e-3


class Presence:
    """In which windows a field was.

    Args:
        field: its path.
        first: its first record.
        producer: who wrote that.
        windows_before: tested windows before it.
        records_before: tested records before it.
        into: records of its first window before it.
    """

    __slots__ = (
        "_away",
        "_first",
        "_gone",
        "_last",
        "_least",
        "_longest",
        "_new",
        "_new_types",
        "_records",
        "_types",
        "_values",
        "_windows",
        "_with",
        "field",
    )

    def __init__(
        self,
        field: str,
        first: Place,
        producer: str | None,
        windows_before: int,
        records_before: int,
        into: int = 0,
    ) -> None:
        self.field = field
        # Its first window is counted in whole when it ends, and began before it.
        self._new = (
            Newcomer(first, producer, records_before, records=-into) if windows_before >= WARM_UP else None
        )
        self._first = True
        self._gone = False
        self._windows = 0
        self._with = 0
        self._away = 0
        self._longest = 0
        self._least = 0
        self._records = 0
        self._values = 0
        self._last: Place | None = None
        self._types: list[str] = []
        self._new_types: dict[str, Newcomer] = {}

    def add(self, window: Place, records: int, occurrences: int, types: Mapping[str, int]) -> list[Change]:
        """Count a window in and return what changed.

        Args:
            window: its first record.
            records: how many it has.
            occurrences: how many of them have the field as a scalar.
            types: how often each JSON type was there.
        """
        self._windows += 1
        self._records += records
        changes: list[Change] = []
        if occurrences:
            self._there(occurrences)
        else:
            changes += self._absent(window)
        if self._new is not None:
            self._new.add(records, occurrences)
            is_new = self._new.decided()
            if is_new:
                changes.append(self._appeared(self._new))
            if is_new is not None:
                self._new = None
        return [*changes, *self._see_types(window, types)]

    def _there(self, occurrences: int) -> None:
        # Of the first window the field may have but a part.
        if not self._first:
            self._least = min(self._least or occurrences, occurrences)
        self._first = False
        self._with += 1
        self._longest = max(self._longest, self._away)
        self._away = 0
        self._last = None
        self._gone = False

    def _absent(self, window: Place) -> list[Change]:
        self._away += 1
        if self._away == 1:
            self._last = window
        if self._gone or self._new is not None:
            return []
        chance = self._log_chance_of_absence()
        if chance > _LOG_CHANCE:
            return []
        self._gone = True
        before = self._records - self._away * (self._records // self._windows)
        return [
            Change(
                "vanished",
                self.field,
                self._last or window,
                before,
                round(self._share_before(), 6),
                round(chance / math.log(10), 1),
            )
        ]

    def _share_before(self) -> float:
        windows = self._windows - self._away
        return min(self._values / max(windows * (self._records // self._windows), 1), 1.0)

    def _log_chance_of_absence(self) -> float:
        """Return a bound on the probability that a field that is still there was away for so long; 0: no bound."""
        if self._longest == 0 and self._with >= _ALWAYS and self._away >= _LACKING:
            # Records without it are independent, and each has it at the lowest share that a window ever had.
            return -float(self._least * self._away)
        if self._away < _AWAY or self._away <= _LONGER * self._longest:
            return 0.0
        # Windows without it are independent, at the lowest share of windows that those before do not refute.
        windows = self._windows - self._away
        without = windows - self._with
        share = (
            (_REFUTED ** (1 / windows)) if not without else max(self._with / windows - _margin(windows), 0.0)
        )
        return self._away * math.log1p(-min(share, 1 - 1e-12))

    def _appeared(self, new: Newcomer) -> Change:
        return Change(
            "appeared",
            self.field,
            new.place,
            new.before,
            round(new.share, 6),
            round(new.log10_chance, 1),
            producer=new.producer,
        )

    def _see_types(self, window: Place, types: Mapping[str, int]) -> list[Change]:
        total = sum(types.values())
        changes = []
        for name, count in types.items():
            if count and name not in self._types and name not in self._new_types:
                if self._with <= WARM_UP:
                    self._types.append(name)
                else:
                    self._new_types[name] = Newcomer(window, None, self._values)
        for name, new in [*self._new_types.items()]:
            new.add(total, types.get(name, 0))
            is_new = new.decided()
            if is_new:
                changes.append(self._retyped(name, new, types))
            if is_new is not None:
                del self._new_types[name]
                self._types.append(name)
        self._values += total
        return changes

    def _retyped(self, name: str, new: Newcomer, types: Mapping[str, int]) -> Change:
        now = tuple(sorted(kind for kind, count in types.items() if count or kind == name))
        return Change(
            "type",
            self.field,
            new.place,
            new.before,
            round(new.share, 6),
            round(new.log10_chance, 1),
            tuple(sorted(self._types)),
            now,
        )

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [
            self.field,
            [self._first, self._gone],
            [self._windows, self._with, self._away, self._longest, self._least, self._records, self._values],
            None if self._last is None else astuple(self._last),
            self._types,
            None if self._new is None else self._new.state(),
            [[name, new.state()] for name, new in self._new_types.items()],
        ]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Presence:
        """Return the presence whose :meth:`state` this is."""
        field, flags, counts, last, types, new, new_types = state
        presence = cls(field, Place(None, None), None, 0, 0)
        presence._first, presence._gone = flags
        (
            presence._windows,
            presence._with,
            presence._away,
            presence._longest,
            presence._least,
            presence._records,
            presence._values,
        ) = counts
        presence._last = None if last is None else Place(*last)
        presence._types = list(types)
        presence._new = None if new is None else Newcomer.restored(new)
        presence._new_types = {name: Newcomer.restored(one) for name, one in new_types}
        return presence


def _margin(windows: int) -> float:
    """Return by how much a share of windows may be too high (Hoeffding)."""
    return math.sqrt(math.log(1 / _REFUTED) / (2 * windows))
