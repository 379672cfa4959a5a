"""How unusual it is that no record comes: the probability of none for so long, and how long it was before.

The number of records in a gap has the mean ``m``, the sum of the usual rates of its minutes at their hours of the week.
Rates vary more than chance, so ``m`` itself is uncertain: a gamma variable of mean ``m`` and standard deviation ``s``,
the sum of the minutes' (as if they all rose and fell together, which is the worst case). Then no record at all has the
probability ``(1 + s^2 / m)^(-m^2 / s^2)``, that of a negative binomial; ``exp(-m)`` when ``s`` is 0. A model can be
wrong: an alert needs a gap longer than twice the longest one ever seen, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from pandian.durations import duration
from pandian.events import SILENCE
from streams.inventory.pace.arrivals import MINUTE_MS, Arrivals, hours_between

#: Gaps at least as improbable are told.
_RARE: Final = -6.0
#: And at least so many times as long as any before.
_LONGER: Final = 2
#: With less of a history nothing is told: records, and the time they span.
_FEWEST: Final = 1_000
_SHORTEST_MS: Final = 60 * MINUTE_MS
_WEEK: Final = 7 * 24 * 60
RUNBOOK: Final = "docs/runbooks/silence.md"


@dataclass(frozen=True, slots=True)
class Silence:
    """The time since the last record, and how unusual it is."""

    since_ms: int
    gap_s: float
    expected: float
    """Records that usually come in such a time."""
    log10_tail: float
    """Decimal logarithm of the probability of none."""
    longest_s: float
    """The longest gap before."""
    told: bool
    """Whether it is an alert."""

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "gap_s": round(self.gap_s, 1),
            "expected": round(self.expected, 1),
            "log10_tail": round(self.log10_tail, 2),
            "longest_gap_s": round(self.longest_s, 1),
            "unusual": self.told,
        }


def silence(arrivals: Arrivals, now_ms: int) -> Silence | None:
    """Return how unusual the time since the last record is; None when no record had a time.

    Args:
        arrivals: of all partitions together.
        now_ms: the time now, epoch milliseconds.
    """
    last = arrivals.last_ms
    if last is None or arrivals.first_ms is None:
        return None
    gap = max(now_ms - last, 0)
    mean, deviation = _expected(arrivals, last, gap)
    tail = _log10_of_none(mean, deviation)
    told = (
        arrivals.records >= _FEWEST
        and last - arrivals.first_ms >= _SHORTEST_MS
        and tail <= _RARE
        and gap > _LONGER * arrivals.longest_gap_ms
    )
    return Silence(last, gap / 1000, mean, tail, arrivals.longest_gap_ms / 1000, told)


def _expected(arrivals: Arrivals, last_ms: int, gap_ms: int) -> tuple[float, float]:
    """Return the mean number of records in a gap, and the standard deviation of their rate times its length."""
    minutes = gap_ms / MINUTE_MS
    # A longer silence than a week is as unusual as one of a week.
    minutes = min(minutes, _WEEK)
    start = last_ms // MINUTE_MS
    pieces = hours_between(start, start + max(math.ceil(minutes), 1))
    whole = sum(count for _, count in pieces)
    mean = deviation = 0.0
    for hour, count in pieces:
        rate = arrivals.rate(hour)
        if rate is None:
            continue
        mean += rate.mean * count
        deviation += math.sqrt(max(rate.variance - rate.mean, 0.0)) * count
    return mean * minutes / whole, deviation * minutes / whole


def _log10_of_none(mean: float, deviation: float) -> float:
    if mean <= 0:
        return 0.0
    spread = deviation * deviation / mean
    if spread < 1e-9:
        return -mean / math.log(10)
    return -(mean / spread) * math.log1p(spread) / math.log(10)


def alert(asset: str, found: Silence, now_ms: int) -> dict[str, Any] | None:
    """Return what an alert of :class:`pandian.events.Alert` says, all but its id and state; None when nothing is wrong.

    Args:
        asset: its name.
        found: the silence.
        now_ms: the time now, epoch milliseconds.
    """
    if not found.told:
        return None
    evidence = (
        f"about {found.expected:,.0f} records usually come in {duration(found.gap_s)} at this time of the week, none"
        f" has a probability of 10^{found.log10_tail:.0f}; the longest gap before was {duration(found.longest_s)}"
    )
    return {
        "kind": SILENCE,
        "subject": asset,
        "evidence": evidence,
        "size": round(found.gap_s / max(found.longest_s, 1.0), 3),
        "since": found.since_ms,
        "time": now_ms,
        "text": f"{asset} has been silent for {duration(found.gap_s)}: {evidence}.",
        "runbook": RUNBOOK,
    }
