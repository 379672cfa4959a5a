"""A drift that was found in one source partition, as it is kept and merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from streams.inventory.drift.effect import Effect
from streams.inventory.drift.track import Shift

#: What stands for the rest in aspects that are one share.
_RESTS = {"missing": ("missing", "there"), "distinct": ("different", "repeated")}
#: The aspect whose bins show values.
VALUES = "values"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a partition something was."""

    offset: int | None
    """Offset of the record; None where it is not known."""
    time_ms: int | None
    """The broker's time of it, epoch milliseconds."""

    @property
    def time(self) -> str | None:
        """The same as ISO 8601 in UTC."""
        return None if self.time_ms is None else iso(self.time_ms)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"offset": self.offset, "time": self.time}


def iso(time_ms: int) -> str | None:
    """Return epoch milliseconds as ISO 8601 in UTC; None beyond the years that it has."""
    try:
        return (
            datetime.fromtimestamp(time_ms / 1000, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Drift:
    """A field changed its distribution in one aspect."""

    field: str
    aspect: str
    since: Place
    """The first record of the window in which the change most likely began."""
    noticed: Place
    """The first record of the window that brought the evidence."""
    log10_evidence: float
    """Of the e-value."""
    threshold: float
    """What it had to reach: one false alarm in a million tested windows, over all fields and aspects."""
    effect: Effect
    before: Mapping[str, int]
    """Counts by bin of the reference; empty when the field was masked since."""
    after: Mapping[str, int]
    """The same of the records since then."""

    def hidden(self) -> Drift:
        """Return the same without values."""
        return replace(self, before={}, after={}) if self.aspect == VALUES else self

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [
            self.field,
            self.aspect,
            astuple(self.since),
            astuple(self.noticed),
            self.log10_evidence,
            self.threshold,
            list(self.effect),
            [list(item) for item in self.before.items()],
            [list(item) for item in self.after.items()],
        ]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Drift:
        """Return the drift whose :meth:`state` this is."""
        field, aspect, since, noticed, evidence, threshold, effect, before, after = state
        return cls(
            field,
            aspect,
            Place(*since),
            Place(*noticed),
            evidence,
            threshold,
            Effect(*effect),
            dict(before),
            dict(after),
        )


def by_bin(aspect: str, labels: Sequence[str], shift: Shift) -> tuple[dict[str, int], dict[str, int]]:
    """Return the counts before and after by bin.

    Args:
        aspect: its name.
        labels: the names of its dimensions; for a share they are not looked at.
        shift: what was found.
    """
    if aspect in _RESTS:
        one, rest = _RESTS[aspect]
        return (
            {one: int(shift.before[0]), rest: shift.before_total - int(shift.before[0])},
            {one: int(shift.after[0]), rest: shift.after_total - int(shift.after[0])},
        )
    return _counts(labels, shift.before.tolist()), _counts(labels, shift.after.tolist())


def _counts(labels: Sequence[str], counts: Sequence[float]) -> dict[str, int]:
    found: dict[str, int] = {}
    for label, count in zip(labels, counts, strict=False):
        # Two edges can have one label, since six digits are shown.
        found[label] = found.get(label, 0) + int(count)
    return found
