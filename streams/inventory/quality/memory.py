"""Which names codes had: a bounded memory that merges, for rules that compare records with earlier ones.

Not all codes are remembered but those whose hash is below a limit, which is halved whenever they become too many: a
uniform sample of all codes, each with all of its records (Gibbons, "Distinct Sampling for Highly-Accurate Answers to
Distinct Values Queries", VLDB 2001). Which codes remain depends on the set of codes only. Hashes have 32 bits, texts
are not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.quality.rows import Bools, Codes

#: Codes remembered.
MAX_CODES = 512
#: Names remembered of each; further ones are counted together.
MAX_NAMES = 4
_REST = 0


class CodeMemory:
    """Codes with the names they had, and in how many units of the stream.

    A unit is some neighbouring records. Neighbours resemble each other (the lines of one order), so a pair of code and
    name counts once a unit.
    """

    def __init__(self) -> None:
        self._limit = 1 << 32
        self._names: dict[int, dict[int, list[int]]] = {}
        """By code and name: units it was seen in, and the last of them."""

    @property
    def again(self) -> int:
        """How often a remembered code came again."""
        return sum(sum(map(_units, names.values())) - 1 for names in self._names.values())

    @property
    def kept(self) -> int:
        """How often it then bore the name that it bears most."""
        return sum(max(map(_units, names.values())) - 1 for names in self._names.values())

    def add(self, codes: Codes, names: Codes, units: npt.NDArray[np.int64]) -> Bools:
        """Count records; return which of them bear another name than the first that their code bore.

        Args:
            codes: of each record, not 0.
            names: of each record, not 0.
            units: of each record, ascending.
        """
        broken = np.zeros(len(codes), dtype=np.bool_)
        rows = np.flatnonzero(codes < self._limit) if self._limit < 1 << 32 else np.arange(len(codes))
        for row, code, name, unit in zip(
            rows.tolist(), codes[rows].tolist(), names[rows].tolist(), units[rows].tolist(), strict=True
        ):
            known = self._names.get(code)
            if known is None:
                self._names[code] = {name: [1, unit]}
                continue
            kept = name if name in known or len(known) < MAX_NAMES else _REST
            pair = known.setdefault(kept, [0, -1])
            if pair[1] != unit:
                pair[0] += 1
                pair[1] = unit
            if len(known) > 1 and next(iter(known)) != kept:
                broken[row] = True
        self._make_room()
        return broken

    def _make_room(self) -> None:
        while len(self._names) > MAX_CODES:
            self._limit >>= 1
            self._names = {code: names for code, names in self._names.items() if code < self._limit}

    def merge(self, other: CodeMemory) -> None:
        """Add what another one counted in other records."""
        self._limit = min(self._limit, other._limit)
        self._names = {code: names for code, names in self._names.items() if code < self._limit}
        for code, names in other._names.items():
            if code < self._limit:
                both = {name: list(pair) for name, pair in self._names.get(code, {}).items()}
                for name, (units, last) in names.items():
                    mine = both.get(name, [0, last])
                    both[name] = [mine[0] + units, mine[1]]
                self._names[code] = _most(both)
        self._make_room()

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return JSON values; the hashes go to ``blobs``."""
        flat = [(code, name, *pair) for code, names in self._names.items() for name, pair in names.items()]
        table = np.array(flat, dtype="<i8").reshape(-1, 4)
        # One column after the other compresses well.
        return [
            self._limit,
            blobs.put(table[:, 0].astype("<u4").tobytes()),
            blobs.put(table[:, 1].astype("<u4").tobytes()),
            blobs.put(table[:, 2].tobytes()),
            blobs.put(table[:, 3].tobytes()),
        ]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self._limit = state[0]
        codes, names = (np.frombuffer(blobs.get(one), dtype="<u4").tolist() for one in state[1:3])
        counts, lasts = (np.frombuffer(blobs.get(one), dtype="<i8").tolist() for one in state[3:5])
        self._names = {}
        for code, name, count, last in zip(codes, names, counts, lasts, strict=True):
            self._names.setdefault(code, {})[name] = [count, last]


def _units(pair: list[int]) -> int:
    return pair[0]


def _most(names: dict[int, list[int]]) -> dict[int, list[int]]:
    """Return the first and the most frequent names; the others together."""
    if len(names) <= MAX_NAMES:
        return names
    # The first one stays the first: records are compared with it.
    first = next(iter(names))
    ranked = sorted(names, key=lambda name: (-names[name][0], name))
    kept = {first: names[first]} | {name: names[name] for name in ranked[: MAX_NAMES - 1] if name != _REST}
    rest = sum(pair[0] for pair in names.values()) - sum(pair[0] for pair in kept.values())
    return kept | {_REST: [rest, -1]}
