"""Which segments of a version are told apart: the first few values of each name, all others together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from monitoring.watching.base import Whole
from pandian.segments import LONGEST, NAMES

#: Values of one name that are told apart; further ones are :data:`OTHERS`.
MOST = 8
OTHERS = "(others)"

#: Names a segment: name and value, such as ``("user", "new")``.
Segment = tuple[str, str]


class Segments:
    """Numbers the segments of a version in the order in which they were first seen."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Segment]] = {name: {} for name in NAMES}

    def split(self, said: Sequence[Mapping[str, str] | None]) -> dict[Segment, Whole]:
        """Return of each segment which of these labels are in it: a label is in one of each name, or in none."""
        alike: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        for place, one in enumerate(said):
            if one:
                values = tuple(map(one.get, NAMES))
                try:
                    alike[values].append(place)
                except TypeError:  # a list in place of a text: anybody may write labels
                    continue
        found: defaultdict[Segment, list[int]] = defaultdict(list)
        for values, places in alike.items():
            for name, value in zip(NAMES, values, strict=True):
                if type(value) is str and value:
                    found[self._segment(name, value)] += places
        return {segment: np.sort(np.array(places, np.int64)) for segment, places in found.items()}

    def _segment(self, name: str, value: str) -> Segment:
        values = self._values[name]
        found = values.get(value)
        if found is not None:
            return found
        if len(values) >= MOST:
            return name, OTHERS
        return values.setdefault(value, (name, value[:LONGEST]))

    def state(self) -> dict[str, list[str]]:
        """Return JSON values."""
        return {name: list(values) for name, values in self._values.items()}

    def restore(self, stored: Mapping[str, Sequence[str]]) -> None:
        """Take over what :meth:`state` gave."""
        for name in NAMES:
            self._values[name] = {value: (name, value[:LONGEST]) for value in stored.get(name, ())}
