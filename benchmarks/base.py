"""One measured figure, its bar, and how it is printed and kept."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.data import data_folder

_COMPARE = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, and of ``results/latest.json``."""

    name: str
    value: float
    unit: str
    against: str = ""
    """What it was measured against, and how."""
    bar: tuple[str, float] | None = None
    """``(">=", 30)``; None for a figure that is only printed."""
    detail: dict[str, Any] = field(default_factory=dict)
    """Further figures, kept in the JSON."""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None without one."""
        return None if self.bar is None else bool(_COMPARE[self.bar[0]](self.value, self.bar[1]))

    def document(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "against": self.against,
            "bar": {"op": self.bar[0], "value": self.bar[1]} if self.bar else None,
            "met": self.met,
            **({"detail": self.detail} if self.detail else {}),
        }


class Skipped(Exception):  # noqa: N818 - it is an outcome, not an error
    """A bench that cannot run here, with the reason."""


def real_data() -> Path:
    """Return the folder of the real data.

    Raises:
        Skipped: they are not there.
    """
    folder = data_folder()
    if folder is None:
        raise Skipped("the real data are not there: PANDIAN_TEST_DATA names their folder")
    return folder


def spread(values: Sequence[float], digits: int = 3) -> dict[str, Any]:
    """Return the median of repeated measurements, and all of them in the order in which they were made."""
    return {
        "median": round(statistics.median(values), digits),
        "each": [round(one, digits) for one in values],
    }
