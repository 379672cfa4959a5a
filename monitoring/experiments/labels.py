"""The labels of a pair of models, taken from ``pandian.feedback``, as columns."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import orjson

from monitoring.experiments.areas import Scored
from monitoring.experiments.base import Flags, Whole
from monitoring.experiments.clicks import Arm
from monitoring.experiments.groups import group_of
from monitoring.experiments.teams import CHALLENGER, CHAMPION, Pages, decided

#: Labels that are compared at most, some 50 bytes each: those read beyond are counted and left out.
MOST = 2_000_000
_NONE = float("nan")
_SIDES = {CHAMPION: -1, CHALLENGER: 1}


class PairLabels:
    """Collects what was labelled in the experiment of a pair, each impression once.

    Args:
        champion: model and version, such as ``sasrec@20260301-101500-3fa9c1``.
        challenger: model and version.
    """

    def __init__(self, champion: str, challenger: str) -> None:
        self.champion, self.challenger = champion, challenger
        self._ids, self._pages = array("q"), array("q")
        self._groups, self._labels, self._arms, self._interleaved = (
            array("h"),
            *(array("b") for _ in range(3)),
        )
        self._before, self._after = array("d"), array("d")
        self.left_out = 0
        """Labels beyond :data:`MOST`."""

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, value: bytes | None) -> None:
        """Take a record of ``pandian.feedback``; what is of another pair, or no label, is passed over."""
        try:
            found = orjson.loads(value or b"")
            before, after = self._scores(found)
            arm, interleaved = self._arm(found.get("trial"))
            if before is None and not arm:
                return
            row = (
                hash(str(found["impression_id"])),
                hash((found["user_id"], found["time"])),
                group_of(found["user_id"]),
                1 if found["label"] else 0,
                arm,
                interleaved,
                _NONE if before is None else before,
                _NONE if after is None else after,
            )
        except (ValueError, LookupError, TypeError, AttributeError):
            return
        self._take(row)

    def _take(self, row: tuple[Any, ...]) -> None:
        if len(self) >= MOST:
            self.left_out += 1
            return
        for column, one in zip(self._columns(), row, strict=True):
            column.append(one)

    def _columns(self) -> tuple[array[Any], ...]:
        return (
            self._ids,
            self._pages,
            self._groups,
            self._labels,
            self._arms,
            self._interleaved,
            self._before,
            self._after,
        )

    def _scores(self, found: dict[str, Any]) -> tuple[float | None, float | None]:
        shadow = found.get("shadow")
        if not isinstance(shadow, dict):
            return None, None
        own, other = _name(found), _name(shadow)
        score, said = float(found["score"]), float(shadow["score"])
        if (own, other) == (self.champion, self.challenger):
            return score, said
        return (said, score) if (other, own) == (self.champion, self.challenger) else (None, None)

    def _arm(self, trial: Any) -> tuple[int, bool]:
        """Return -1 for the champion's, 1 for the challenger's, 0 for no experiment of this pair."""
        if not isinstance(trial, dict):
            return 0, False
        if (trial.get("champion"), trial.get("challenger")) != (self.champion, self.challenger):
            return 0, False
        return _SIDES[trial["arm"]], trial.get("interleaved") is True

    def table(self) -> LabelTable:
        """Return the labels as they are now; a repeat counts once."""
        _, first = np.unique(np.array(self._ids, np.int64), return_index=True)
        return LabelTable(*(np.array(column)[first] for column in self._columns()[1:]))


class LabelTable:
    """Labels of a pair [labels], and what is compared of them."""

    def __init__(
        self,
        pages: Whole,
        groups: Whole,
        labels: Whole,
        arms: Whole,
        interleaved: Whole,
        before: Any,
        after: Any,
    ) -> None:
        self._pages, self._groups, self._labels = pages, groups.astype(np.int64), labels.astype(np.int64)
        self._arms, self._interleaved = arms.astype(np.int64), interleaved.astype(bool)
        self._before, self._after = before, after

    def scored(self) -> Scored:
        """Return the labels that both models scored."""
        both = ~np.isnan(self._before)
        return Scored(self._groups[both], self._labels[both] == 1, self._before[both], self._after[both])

    def arm(self, side: int) -> Arm:
        """Return what the users of one model were shown: -1 the champion's, 1 the challenger's."""
        of: Flags = (self._arms == side) & ~self._interleaved
        return Arm.of(self._groups[of], self._labels[of])

    def pages(self) -> Pages:
        """Return the interleaved pages that were decided."""
        of = self._interleaved & (self._arms != 0)
        return decided(self._pages[of], self._groups[of], self._labels[of] * self._arms[of])


def _name(found: dict[str, Any]) -> str:
    return f"{found['model']}@{found['version']}"
