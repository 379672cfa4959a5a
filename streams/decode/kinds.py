"""Tells the kinds of record in one topic apart, by the names of their fields, in the order in which they come.

A kind is remembered by two sets of names: those that all its rows have (its *core*) and those that any has (its
*union*). A row is as similar to a kind as the names they share are many among those that they share, those of the
core that the row lacks and those of the row that the kind has never had. The core shrinks and the union grows with
each row, so that fields which come and go do not make kinds of their own, while rows that lack what all others have do.

Sets of names are integers, a bit a name, so that a comparison takes some hundred nanoseconds; a set of names that was
seen before costs one lookup. Where fields come and go there are more sets than are remembered; then a batch of rows
that all fit a kind, so that none of them changes it, is told by the names that all and that any of them have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from hashlib import blake2b
from typing import Any, Final

#: Kinds of one format told apart. What is like none of so many goes to the most similar one.
MOST_KINDS: Final = 16
#: Least similarity to belong to a kind.
SIMILAR: Final = 0.5
#: Kinds that formats and envelopes name themselves; further ones are told apart by their fields.
MOST_NAMED: Final = 64
#: Longest name of a kind, in characters.
_LONGEST: Final = 200
#: Different names that are looked at, and sets of names that are remembered.
_MOST_NAMES: Final = 1024
_MOST_SETS: Final = 1024
_MOST_SHAPES: Final = 1 << 16


#: Returns the values of some rows by name, in the order of the names' first appearance.
Collect = Callable[[], Mapping[str, Sized]]


class _Kind:
    __slots__ = ("core", "union")

    def __init__(self, names: int) -> None:
        self.core = names
        self.union = names

    def similarity(self, names: int) -> float:
        shared = (names & self.union).bit_count()
        apart = (self.core & ~names).bit_count() + (names & ~self.union).bit_count()
        return shared / (shared + apart) if shared else 0.0

    def fits(self, most: int, least: int) -> bool:
        """Tell whether a row has all of the core and nothing beyond the union: then the similarity is 1.

        Args:
            most: of this all names of the core are to be.
            least: of this all names are to be in the union.
        """
        return not (self.core & ~most or least & ~self.union)

    def take(self, names: int) -> None:
        self.core &= names
        self.union |= names


class KindSorter:
    """Numbers the kinds of rows of one format in one partition: 0 for the first row's, and so on.

    What it says of a row depends on that row and on those before it, never on how they were cut into batches;
    :meth:`state` holds all that it depends on. Names are kept as short hashes: they can hold what is personal.
    """

    def __init__(self) -> None:
        self._bits: dict[int, int] = {}
        self._bit_of: dict[str, int] = {}
        self._kinds: list[_Kind] = []
        self._sets: dict[int, int] = {}
        self._shapes: dict[tuple[str, ...], int] = {}
        self._others: dict[int, frozenset[int]] = {}

    def sort(self, rows: Sequence[dict[str, Any]], collect: Collect | None = None) -> Sequence[int]:
        """Return the number of each row's kind.

        Args:
            rows: in the order in which they came.
            collect: returns their values by name, which may be wanted to save time.
        """
        if len(self._sets) >= _MOST_SETS and collect is not None:
            alike = self._sort_alike(rows, collect())
            if alike is not None:
                return alike
        known = self._shapes.get
        shapes = list(map(tuple, rows))
        kinds = list(map(known, shapes))
        if None not in kinds:
            return kinds  # type: ignore[return-value]  # just looked
        return [
            self.number(shape) if kind is None else kind for kind, shape in zip(kinds, shapes, strict=True)
        ]

    def number(self, shape: tuple[str, ...]) -> int:
        """Return the number of the kind of a row with these names."""
        found = self._shapes.get(shape)
        if found is not None:
            return found
        names = self._mask(shape)
        found = self._sets.get(names)
        if found is None:
            found = self._place(names)
            if len(self._sets) >= _MOST_SETS:
                # What is not remembered in the state must not be remembered here either.
                return found
            self._sets[names] = found
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        self._shapes[shape] = found
        return found

    def _sort_alike(self, rows: Sequence[dict[str, Any]], values: Mapping[str, Sized]) -> list[int] | None:
        """Return the number of each row's kind where all fit one, by the names that all and any have; else None.

        Only once no more sets are remembered: what is remembered depends on each row.
        """
        union = common = 0
        for name, some in values.items():
            bit = self._bit(name)
            union |= bit
            if len(some) == len(rows):
                common |= bit
        if union.bit_count() < len(values):
            # A name without a bit of its own: sizes of rows are not those of sets.
            return None
        found = next((at for at, kind in enumerate(self._kinds) if kind.fits(union, common)), None)
        # The first kind that any row may fit has to be the one that all of them do.
        if found is None or not self._kinds[found].fits(common, union):
            return None
        kinds = [found] * len(rows)
        others = self._sizes_of_others(found)
        if others:
            for place, size in enumerate(map(len, rows)):
                if size in others:
                    kinds[place] = self.number(tuple(rows[place]))
        return kinds

    def _sizes_of_others(self, kind: int) -> frozenset[int]:
        """Return how many names the remembered sets of other kinds have: rows of as many have to be looked up."""
        sizes = self._others.get(kind)
        if sizes is None:
            found = {names.bit_count() for names, owner in self._sets.items() if owner != kind}
            # A row without names is of the first kind.
            sizes = self._others[kind] = frozenset(found | ({0} if kind else set()))
        return sizes

    def _mask(self, shape: tuple[str, ...]) -> int:
        try:
            return sum(map(self._bit_of.__getitem__, shape))
        except KeyError:
            return sum(map(self._bit, shape))

    def _bit(self, name: str) -> int:
        """Return the bit of a name; 0 for one that there is no room for."""
        bit = self._bit_of.get(name)
        if bit is not None:
            return bit
        short = int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest())
        bit = self._bits.get(short)
        if bit is None and len(self._bits) < _MOST_NAMES:
            bit = self._bits[short] = 1 << len(self._bits)
        if bit is None:
            return 0
        self._bit_of[name] = bit
        return bit

    def _place(self, names: int) -> int:
        if not names:
            # A row without names is like any other.
            if not self._kinds:
                self._kinds.append(_Kind(0))
            return 0
        fitting = next((at for at, kind in enumerate(self._kinds) if kind.fits(names, names)), None)
        if fitting is not None:
            return fitting
        scores = [kind.similarity(names) for kind in self._kinds]
        best = max(range(len(scores)), key=scores.__getitem__, default=0)
        if not scores or (scores[best] < SIMILAR and len(scores) < MOST_KINDS):
            self._kinds.append(_Kind(names))
            return len(self._kinds) - 1
        self._kinds[best].take(names)
        return best

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "names": list(self._bits),
            "kinds": [[f"{kind.core:x}", f"{kind.union:x}"] for kind in self._kinds],
            "sets": {f"{names:x}": kind for names, kind in self._sets.items()},
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> KindSorter:
        """Return the sorter whose :meth:`state` this is."""
        sorter = cls()
        sorter._bits = {short: 1 << place for place, short in enumerate(state["names"])}
        for core, union in state["kinds"]:
            kind = _Kind(int(core, 16))
            kind.union = int(union, 16)
            sorter._kinds.append(kind)
        sorter._sets = {int(names, 16): kind for names, kind in state["sets"].items()}
        return sorter


class Kinds:
    """The kinds of record found in one partition of a topic, each with a label that stays.

    Formats are sorted apart: a batch holds the records of one before those of another, whatever their order was.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._sorters: dict[str, KindSorter] = {}
        self._named: set[str] = set()
        self._inside: dict[str, Kinds] = {}

    def inside(self, compression: str) -> Kinds:
        """Return the kinds of the records that were compressed so."""
        found = self._inside.get(compression)
        if found is None:
            found = self._inside[compression] = Kinds(f"{self._prefix}{compression}>")
        return found

    def label(self, family: str) -> str:
        """Return the one label of a format whose kinds are not told apart."""
        return self._prefix + family

    def label_all(self, family: str, shape: tuple[str, ...]) -> str:
        """Return the label of rows that all have the same names; ``family`` is their format and envelope."""
        return f"{self._prefix}{family}/{self._sorter(family).number(shape)}"

    def labels(
        self,
        family: str,
        rows: Sequence[dict[str, Any]],
        names: Sequence[str] | None = None,
        collect: Collect | None = None,
    ) -> list[str]:
        """Return the label of each row: by what its schema or envelope calls it, else by its own names.

        Args:
            family: the rows' format and envelope.
            rows: in the order in which they came.
            names: what their schemas or envelopes call them.
            collect: see :meth:`KindSorter.sort`.
        """
        if names is None:
            found = self._sorter(family).sort(rows, collect)
            by_number = {number: f"{self._prefix}{family}/{number}" for number in set(found)}
            return [by_number[number] for number in found]
        labels = {name: self._label(family, name) for name in dict.fromkeys(names)}
        if all(labels.values()):
            return [labels[name] for name in names]
        rest = [row for row, name in zip(rows, names, strict=True) if not labels[name]]
        others = iter(self.labels(family, rest))
        return [labels[name] or next(others) for name in names]

    def _label(self, family: str, name: str) -> str:
        if not name:
            return ""
        label = f"{self._prefix}{family}:{name[:_LONGEST]}"
        if label not in self._named:
            if len(self._named) >= MOST_NAMED:
                return ""
            self._named.add(label)
        return label

    def _sorter(self, family: str) -> KindSorter:
        sorter = self._sorters.get(family)
        if sorter is None:
            sorter = self._sorters[family] = KindSorter()
        return sorter

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "prefix": self._prefix,
            "sorters": {family: sorter.state() for family, sorter in self._sorters.items()},
            "named": sorted(self._named),
            "inside": {name: kinds.state() for name, kinds in self._inside.items()},
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> Kinds:
        """Return the kinds whose :meth:`state` this is."""
        kinds = cls(state["prefix"])
        kinds._sorters = {family: KindSorter.restored(one) for family, one in state["sorters"].items()}
        kinds._named = set(state["named"])
        kinds._inside = {name: cls.restored(one) for name, one in state["inside"].items()}
        return kinds
