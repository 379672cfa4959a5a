"""Which names codes had: a bounded memory that merges, for rules that compare records with earlier ones.

Not all codes are remembered but those whose hash is below a limit, which is halved whenever they become too many: a
uniform sample of all codes, each with all of its records (Gibbons, "Distinct Sampling for Highly-Accurate Answers to
Distinct Values Queries", VLDB 2001). Which codes remain depends on the set of codes only. Hashes have 32 bits, texts
are not kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.quality.rows import Bools, Codes

#: Codes remembered.
MAX_CODES = 512
#: Names remembered of each; further ones are counted together.
MAX_NAMES = 4
_REST = 0


class CodeMemory:
    """Codes with the names they had and how often."""

    def __init__(self) -> None:
        self._limit = 1 << 32
        self._names: dict[int, dict[int, int]] = {}

    @property
    def again(self) -> int:
        """How often a remembered code came again."""
        return sum(sum(names.values()) - 1 for names in self._names.values())

    @property
    def kept(self) -> int:
        """How often it then bore the name that it bears most."""
        return sum(max(names.values()) - 1 for names in self._names.values())

    def add(self, codes: Codes, names: Codes) -> Bools:
        """Count records; return which of them bear another name than the first that their code bore.

        Args:
            codes: of each record, not 0.
            names: of each record, not 0.
        """
        broken = np.zeros(len(codes), dtype=np.bool_)
        rows = np.flatnonzero(codes < self._limit) if self._limit < 1 << 32 else np.arange(len(codes))
        if not len(rows):
            return broken
        pairs = codes[rows].astype(np.uint64) << np.uint64(32) | names[rows]
        different, first, place, counts = np.unique(
            pairs, return_index=True, return_inverse=True, return_counts=True
        )
        wrong = np.zeros(len(different), dtype=np.bool_)
        order = np.argsort(first, kind="stable")
        for pair, one, count in zip(
            different[order].tolist(), order.tolist(), counts[order].tolist(), strict=True
        ):
            wrong[one] = not self._count(pair >> 32, pair & 0xFFFFFFFF, count)
        self._make_room()
        broken[rows] = wrong[place.reshape(-1)]
        return broken

    def _count(self, code: int, name: int, count: int) -> bool:
        """Count a pair; tell whether the name is the first one of the code."""
        names = self._names.get(code)
        if names is None:
            self._names[code] = {name: count}
            return True
        if name not in names and len(names) >= MAX_NAMES:
            name = _REST
        names[name] = names.get(name, 0) + count
        return next(iter(names)) == name

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
                both = Counter(self._names.get(code, {}))
                both.update(names)
                self._names[code] = _most(both)
        self._make_room()

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return JSON values; the hashes go to ``blobs``."""
        flat = [(code, name, count) for code, names in self._names.items() for name, count in names.items()]
        table = np.array(flat, dtype="<u8").reshape(-1, 3)
        # One column after the other compresses well.
        return [
            self._limit,
            blobs.put(table[:, 0].astype("<u4").tobytes()),
            blobs.put(table[:, 1].astype("<u4").tobytes()),
            blobs.put(table[:, 2].tobytes()),
        ]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self._limit = state[0]
        codes = np.frombuffer(blobs.get(state[1]), dtype="<u4").tolist()
        names = np.frombuffer(blobs.get(state[2]), dtype="<u4").tolist()
        counts = np.frombuffer(blobs.get(state[3]), dtype="<u8").tolist()
        self._names = {}
        for code, name, count in zip(codes, names, counts, strict=True):
            self._names.setdefault(code, {})[name] = count


def _most(names: Counter[int]) -> dict[int, int]:
    if len(names) <= MAX_NAMES:
        return dict(names)
    # The first one stays the first: records are compared with it.
    first = next(iter(names))
    kept = {first: names[first]} | dict(
        sorted(names.items(), key=lambda one: (-one[1], one[0]))[: MAX_NAMES - 1]
    )
    rest = names.total() - sum(kept.values())
    return kept | {_REST: kept.get(_REST, 0) + rest} if rest else kept
