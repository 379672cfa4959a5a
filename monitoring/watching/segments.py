"""Which segments of a version are told apart: the first few values of each name, all others together."""

from __future__ import annotations

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
        found: dict[Segment, Whole] = {}
        for name in NAMES:
            values = [one.get(name) if one else None for one in said]
            numbers, segments = self._numbers(name, values)
            codes = np.array(
                [numbers.get(value, -1) if type(value) is str else -1 for value in values], np.int8
            )
            for code, segment in enumerate(segments):
                found[segment] = np.flatnonzero(codes == code)
        return found

    def _numbers(self, name: str, values: Sequence[Any]) -> tuple[dict[str, int], list[Segment]]:
        """Return a number for each value that a segment can have, and the segments by these numbers."""
        segments: dict[Segment, int] = {}
        numbers = {}
        # Anybody may write labels: there may be a list in place of a text.
        for value in dict.fromkeys(value for value in values if type(value) is str and value):
            segment = self._segment(name, value)
            numbers[value] = segments.setdefault(segment, len(segments))
        return numbers, list(segments)

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
