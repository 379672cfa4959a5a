"""What the records between observations were like, as series of shares: by asset, and by field of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitoring.causes.base import Kind
from monitoring.causes.evidence import ALL, Doubles, Reach, Shift, arcsine, mean, shift
from monitoring.causes.observation import FieldCounts, Observation, counts_of

#: A period with fewer records is joined with the next one.
FEWEST = 50
#: Observations that are looked at: what was long before says nothing of the fall.
_LATEST = 40
#: New values come ever more rarely, before a change and after it: only the periods next to it tell.
_OF_NEW = Reach(8, 3, fades=True)
#: Frequent values that are followed: with fewer, or with fewer of the values among them, they say nothing.
_FEWEST_TOP, _LEAST_TOP = 3, 0.01
#: And observations over which they are: long ago, of few records, others were among the most frequent.
_FOLLOWED = 20


@dataclass(frozen=True, slots=True)
class Series:
    """A share of the records, or of a field's values, period by period."""

    kind: Kind
    counts: Doubles
    totals: Doubles
    starts: Sequence[int]
    """When each period began, epoch milliseconds."""

    @classmethod
    def of(cls, kind: Kind, counts: Doubles, totals: Doubles, starts: Sequence[int]) -> Series:
        """Return a series in which periods with too few values are joined with the next ones."""
        found: list[tuple[float, float, int]] = []
        count, total, start = 0.0, 0.0, 0
        for one, whole, began in zip(counts, totals, starts, strict=True):
            start = start if total else began
            count, total = count + one, total + whole
            if total >= FEWEST:
                found.append((count, total, start))
                count, total = 0.0, 0.0
        return cls(
            kind,
            np.array([one for one, *_ in found]),
            np.array([whole for _, whole, _ in found]),
            [began for *_, began in found],
        )

    def shift(self) -> Shift | None:
        """Return where it changed."""
        chance = 1 / (4 * np.maximum(self.totals, 1))
        return shift(arcsine(self.counts, self.totals), chance, self._reach)

    def around(self, place: int) -> tuple[float, float]:
        """Return the shares before and after a period began."""
        reach = self._reach
        first, end = max(place - reach.before, 0), place + reach.after
        return (
            float(self.counts[first:place].sum() / max(self.totals[first:place].sum(), 1)),
            float(self.counts[place:end].sum() / max(self.totals[place:end].sum(), 1)),
        )

    def earlier(self, place: int) -> Iterator[tuple[float, float]]:
        """Yield the shares before and after each moment before a change, with as many periods on both sides.

        The last period before the change is left out: it may hold the beginning of it.
        """
        length = min(len(self.counts) - place, (place - 1) // 2)
        counts, totals = (np.concatenate([[0.0], np.cumsum(one)]) for one in (self.counts, self.totals))
        for one in range(length, place - length) if length else ():
            before, after = (
                float((counts[end] - counts[start]) / max(totals[end] - totals[start], 1))
                for start, end in ((one - length, one), (one, one + length))
            )
            yield before, after

    @property
    def _reach(self) -> Reach:
        return _OF_NEW if self.kind == "new" else ALL


def thinned(observations: Sequence[Observation]) -> list[Observation]:
    """Return the observations of an asset that have enough records between them; none from before a new count began."""
    found: list[Observation] = []
    for one in observations:
        if found and one.records < found[-1].records:
            found = []
        if not found or one.records - found[-1].records >= FEWEST:
            found.append(one)
    return found[-_LATEST:]


def of_field(observations: Sequence[Observation], field: str) -> Iterator[Series]:
    """Yield what changed of a field, and in how many records or values, from each observation to the next.

    Args:
        observations: of one asset, oldest first, :func:`thinned`.
        field: its path.
    """
    known = counts_of(observations, field)
    if len(known) < 3:
        return
    starts = [time for time, _ in known[:-1]]
    records = _growth(known, lambda counts: counts.count + counts.missing)
    values = _growth(known, lambda counts: counts.count)
    yield Series.of("missing", _growth(known, lambda counts: counts.missing), records, starts)
    yield Series.of("spelled", _growth(known, lambda counts: counts.spelled), values, starts)
    main = max(known[0][1].types, key=lambda name: known[0][1].types[name], default="")
    yield Series.of(
        "types", _growth(known, lambda counts: counts.count - counts.types.get(main, 0)), values, starts
    )
    new = _growth(known, lambda counts: counts.distinct)
    yield Series.of("new", new, values, starts)
    yield Series.of("stale", np.minimum(new, values), values, starts)
    followed = _followed([counts for _, counts in known[-_FOLLOWED:]])
    if followed is not None:
        latest = values[-len(followed) :]
        yield Series.of("known", np.minimum(followed, latest), latest, starts[-len(followed) :])


def means(observations: Sequence[Observation], field: str) -> tuple[Doubles, Sequence[int]] | None:
    """Return the mean of a field's numbers in each period, and when the period began; None where it has too few."""
    known = [
        (time, counts.numbers, counts.total)
        for time, counts in counts_of(observations, field)
        if counts.total is not None
    ]
    numbers = np.diff(np.array([count for _, count, _ in known], dtype=np.float64))
    if len(numbers) < 2 or numbers.min() < FEWEST:
        return None
    totals = np.diff(np.array([total for *_, total in known], dtype=np.float64))
    return totals / numbers, [time for time, *_ in known[:-1]]


def of_asset(observations: Sequence[Observation]) -> Iterator[Series]:
    """Yield the share of records that came twice, from each observation to the next."""
    starts = [one.time for one in observations[:-1]]
    if all(one.repeated is not None for one in observations):
        repeated = np.array([one.repeated for one in observations], dtype=np.float64)
        records = np.array([one.records for one in observations], dtype=np.float64)
        yield Series.of("duplicates", np.diff(repeated), np.diff(records), starts)


def step_of(starts: Sequence[int]) -> float:
    """Return how far observations are apart, in milliseconds: no change is known to be within less."""
    return max(mean(np.diff(np.array(starts, dtype=np.float64))), 1_000.0)


def _growth(known: Sequence[tuple[int, FieldCounts]], figure: Callable[[FieldCounts], float]) -> Doubles:
    """Return by how much a count grew in each period; one that fell (an estimate can) by nothing."""
    figures = np.array([figure(counts) for _, counts in known], dtype=np.float64)
    found: Doubles = np.maximum(np.diff(figures), 0.0)
    return found


def _followed(known: Sequence[FieldCounts]) -> Doubles | None:
    """Return how often values that were frequent all along came in each period; None where there are too few.

    They are the most frequent ones of all times: so they stay on the list for long after they came last.
    """
    always = set.intersection(*(set(one.top) for one in known))
    if len(always) < min(_FEWEST_TOP, max(len(known[0].top), 1)):
        return None
    sums = np.array([sum(one.top[value] for value in always) for one in known], dtype=np.float64)
    if sums[0] < _LEAST_TOP * max(known[0].count, 1):
        return None
    found: Doubles = np.maximum(np.diff(sums), 0.0)
    return found
