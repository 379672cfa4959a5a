"""Names of CSV columns: decoders call them c1, c2 ... in every record; header lines, where there are any, name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

#: Different header lines remembered; a topic has one, rarely a few.
MAX_LAYOUTS = 64


class Layouts:
    """The header lines seen, with how often each was."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()

    def add(self, layout: tuple[str, ...], count: int) -> bool:
        """Count a header line; return whether the names of the columns changed by it."""
        if layout not in self.counts and len(self.counts) >= MAX_LAYOUTS:
            return False
        before = self.names()
        self.counts[layout] += count
        return self.names() != before

    def merge(self, other: Layouts) -> None:
        """Add the header lines of another part of the asset."""
        self.counts.update(other.counts)
        self.counts = Counter(dict(sorted(self.counts.items(), key=_rank)[:MAX_LAYOUTS]))

    def names(self) -> Mapping[str, str]:
        """Return the name of each column path, by the header line seen most often (of several, the first by text).

        A blank name, or one that another column has already, names nothing.
        """
        if not self.counts:
            return {}
        header, _ = min(self.counts.items(), key=_rank)
        names: dict[str, str] = {}
        for number, name in enumerate(header, start=1):
            if name.strip() and name not in names.values():
                names[f"c{number}"] = name
        return names


def _rank(item: tuple[tuple[str, ...], int]) -> tuple[int, tuple[str, ...]]:
    return -item[1], item[0]
