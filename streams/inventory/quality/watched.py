"""Rules that are checked: on how many records, how many of them kept it, and where those are that did not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.quality.evidence import log_evidence
from streams.inventory.quality.memory import CodeMemory
from streams.inventory.quality.places import Places, Span
from streams.inventory.quality.rows import Bools, Rows
from streams.inventory.quality.rules import FAMILIES, dependency
from streams.inventory.quality.rules.base import Rule

#: A rule that was checked on so many records and is still not evident is let go when its share is below its bound.
_ENOUGH = 512
#: One with so little evidence (its logarithm) at once.
_AGAINST = -7.0
#: Neighbouring records resemble each other (the lines of one order): of so many, so many count as evidence.
UNIT = 32
PROOFS = 4
_FIRST = np.zeros(1, dtype=np.intp)


class Watched:
    """One rule with its counts. Merging and batching change none of them.

    Args:
        rule: what is checked.
        bound: it has to hold in more than this share of records.
        bar: the logarithm of the evidence that it needs to be shown.
    """

    def __init__(self, rule: Rule, bound: float, bar: float) -> None:
        self.rule = rule
        self.bound = bound
        self.bar = bar
        self.broken = Span()
        """The first and the latest record that does not keep it."""
        self._checked = 0
        self._kept = 0
        self._proof = [0, 0]
        """Records that count as evidence, and those of them that keep the rule."""
        self._unit = [-1, 0]
        """The unit of the stream that was last seen, and how many records of it count."""
        self._memory = CodeMemory() if rule.family == dependency.name else None

    @property
    def checked(self) -> int:
        """Records that it was checked on; of a dependency, how often a code came again."""
        return self._checked if self._memory is None else self._memory.again

    @property
    def kept(self) -> int:
        """Those of :attr:`checked` that keep it."""
        return self._kept if self._memory is None else self._memory.kept

    @property
    def evidence(self) -> float:
        """Logarithm of the evidence that it holds in more than :attr:`bound` of the records."""
        if self._memory is None:
            return log_evidence(self._proof[1], self._proof[0], self.bound)
        return log_evidence(self.kept, self.checked, self.bound)

    @property
    def hopeless(self) -> bool:
        """Whether it may be let go."""
        evidence = self.evidence
        below = self.checked >= _ENOUGH and self.kept < self.bound * self.checked and evidence < self.bar
        return below or evidence < _AGAINST

    def add(self, rows: Rows, places: Places, start: int, number: int) -> None:
        """Check records.

        Args:
            rows: the records.
            places: where the records of their group are.
            start: which record of the group the first one is.
            number: which record of the stream the first one is.
        """
        applies, kept = FAMILIES[self.rule.family].judge(self.rule, rows)
        if self._memory is None:
            told = np.flatnonzero(applies)
            wrong = told[~kept[told]]
            self._checked += len(told)
            self._kept += len(told) - len(wrong)
            if len(told):
                proof = told[self._counts(told, (told + number) // UNIT)]
                self._proof[0] += len(proof)
                self._proof[1] += int(np.count_nonzero(kept[proof]))
        else:
            both = np.flatnonzero(applies)
            one, other = map(rows.codes, self.rule.fields)
            if len(both) < rows.size:
                one, other = one[both], other[both]
            wrong = both[self._memory.add(one, other, (both + number) // UNIT)]
        if len(wrong):
            self.broken = self.broken.union(places.span(wrong, start))

    def _counts(self, told: npt.NDArray[np.intp], units: npt.NDArray[np.intp]) -> Bools:
        """Return which records count as evidence: the first ones of each unit. The units are ascending."""
        first = np.concatenate([_FIRST, np.flatnonzero(units[1:] != units[:-1]) + 1])
        lengths = np.diff(first, append=len(units))
        rank = np.arange(len(told)) - np.repeat(first, lengths)
        if units[0] == self._unit[0]:
            rank[: lengths[0]] += self._unit[1]
        self._unit = [int(units[-1]), int(rank[-1]) + 1]
        return np.asarray(rank < PROOFS)

    def merge(self, other: Watched) -> None:
        """Add what another one of the same rule counted in other records."""
        self.bound = max(self.bound, other.bound)
        self.bar = max(self.bar, other.bar)
        self.broken = self.broken.union(other.broken)
        self._checked += other._checked
        self._kept += other._kept
        self._proof = [mine + more for mine, more in zip(self._proof, other._proof, strict=True)]
        if self._memory is not None and other._memory is not None:
            self._memory.merge(other._memory)

    def copy(self) -> Watched:
        """Return an independent copy."""
        twin = Watched(self.rule, self.bound, self.bar)
        twin.merge(self)
        return twin

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return JSON values; hashes go to ``blobs``."""
        memory = [] if self._memory is None else self._memory.state(blobs)
        counts = [self._checked, self._kept, self._proof, self._unit]
        return [*self.rule, self.bound, self.bar, counts, self.broken.state(), memory]

    @classmethod
    def restored(cls, state: Sequence[Any], blobs: BlobReader) -> Watched:
        """Return what :meth:`state` was taken of."""
        family, form, fields, value, bound, bar, counts, broken, memory = state
        watched = cls(Rule(family, form, tuple(fields), value), bound, bar)
        watched._checked, watched._kept = counts[:2]
        watched._proof, watched._unit = map(list, counts[2:])
        watched.broken = Span.restored(broken)
        if watched._memory is not None:
            watched._memory.restore(memory, blobs)
        return watched
