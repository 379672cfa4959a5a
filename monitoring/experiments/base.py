"""What an experiment's figures are made of: labels, estimates and intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the variance that the groups of users show."""

    value: float
    variance: float
    """Of the value, not of one label."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and between what it lies."""

    value: float | None
    """None: there are too few labels to say anything."""
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    """Why there is no value."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON values; ``reason`` only where there is one."""
        found = asdict(self)
        return found if self.reason else {key: one for key, one in found.items() if key != "reason"}
