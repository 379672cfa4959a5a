"""Everything counted about one field of an asset."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from streams.decode.base import Column
from streams.inventory.base import Masker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import Estimate
from streams.inventory.profile.figures import Figures, TopValue
from streams.inventory.profile.masked import MaskedValues
from streams.inventory.profile.values import PlainValues
from streams.inventory.relations.sketch import Hashes

#: Below so many values each look counts.
_FEW = 10


class FieldProfile:
    """The mergeable statistics of one field path.

    Args:
        masker: masks what is personal before it is kept.
        masked_as: the semantic type of a personal field; its values are kept as shapes only, from the first one on.
    """

    __slots__ = (
        "_masker",
        "_values",
        "arrays",
        "booleans",
        "check_at",
        "nulls",
        "numbers",
        "objects",
        "strings",
    )

    def __init__(self, masker: Masker, masked_as: str | None = None) -> None:
        self._masker = masker
        self.strings = 0
        self.numbers = 0
        self.booleans = 0
        self.objects = 0
        self.arrays = 0
        self.nulls = 0
        self.check_at: float = 1
        """How many values the field has when it is to be classified again, see :meth:`schedule`."""
        self._values: PlainValues | MaskedValues = (
            PlainValues(masker) if masked_as is None else MaskedValues(masked_as, masker)
        )

    @property
    def masked_as(self) -> str | None:
        """The semantic type as which the field is masked, if it is. It stays so."""
        return self._values.semantic_type if isinstance(self._values, MaskedValues) else None

    @property
    def seen(self) -> int:
        """Strings, numbers and booleans together, blanks included."""
        return self.strings + self.numbers + self.booleans

    @property
    def blanks(self) -> int:
        """Strings that are empty or whitespace only."""
        return self._values.blanks

    @property
    def present(self) -> int:
        """How often the field was there and neither null nor blank."""
        return self.seen + self.objects + self.arrays - self.blanks

    @property
    def types(self) -> dict[str, int]:
        """How often each JSON type was seen, nulls left out."""
        counts = {
            "string": self.strings,
            "number": self.numbers,
            "boolean": self.booleans,
            "object": self.objects,
            "array": self.arrays,
        }
        return {name: count for name, count in counts.items() if count}

    @property
    def occurrences(self) -> int:
        """How often the field was there at all, nulls included."""
        return self.seen + self.objects + self.arrays + self.nulls

    def add(self, column: Column) -> None:
        """Count the values of a batch."""
        self.nulls += column.nulls
        if column.containers:
            self.objects += column.containers.get("object", 0)
            self.arrays += column.containers.get("array", 0)
        values = column.values
        if not values:
            return
        if column.kind:
            self._add_values(column.kind, values)
            return
        # Mixed: 1, 1.0 and True are equal to Python, so each type is counted apart.
        for kind in set(map(type, values)):
            self._add_values(kind.__name__, [value for value in values if type(value) is kind])

    def _add_values(self, kind: str, values: Sequence[Any]) -> None:
        if kind == "str":
            self.strings += len(values)
            self._values.add_strings(values)
        elif kind == "bool":
            self.booleans += len(values)
            self._values.add_booleans(values)
        else:
            self.numbers += len(values)
            self._values.add_numbers(values)

    def schedule(self, *, sure: bool = False) -> None:
        """Say when the field is to be classified again: at 1, 2, 5, 10, 20, 50 ... values; never when it is masked.

        Args:
            sure: whether its meaning is clear, so that every power of ten is enough. What is not may turn out to be
                personal, and shows its values until it does.
        """
        if self.masked_as is not None:
            self.check_at = math.inf
            return
        power = 10 ** (len(str(self.seen)) - 1)
        self.check_at = next(
            step * power for step in ((10,) if sure else (2, 5, 10)) if step * power > self.seen
        )

    @property
    def may_wait(self) -> bool:
        """Whether it is to be classified again between two powers of ten: where no value is new, the next one does."""
        return self.seen >= _FEW and str(self.check_at)[0] in "25"

    def mask(self, semantic_type: str) -> None:
        """Purge the field of its values: what was kept becomes shapes, numbers and extremes are dropped."""
        if isinstance(self._values, PlainValues):
            self._values = self._values.masked(semantic_type)

    def merge(self, other: FieldProfile) -> None:
        """Add what another profile of the field counted in other records. If one is masked, the result is."""
        for name in ("strings", "numbers", "booleans", "objects", "arrays", "nulls"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        theirs = other._values
        if isinstance(theirs, MaskedValues):
            self.mask(theirs.semantic_type)
        mine = self._values
        if isinstance(mine, MaskedValues):
            mine.merge(theirs if isinstance(theirs, MaskedValues) else theirs.masked(mine.semantic_type))
        elif isinstance(theirs, PlainValues):
            mine.merge(theirs)
        self.schedule()

    def copy(self) -> FieldProfile:
        """Return an independent profile of the same records."""
        twin = FieldProfile(self._masker, self.masked_as)
        twin.merge(self)
        return twin

    def figures(self) -> Figures:
        """Return the statistics of the values."""
        return self._values.figures()

    def kept(self) -> tuple[dict[str, int], bool]:
        """Return the non-blank values counted one by one, with their counts, and whether these are all there are.

        Nothing of a masked field: its values are shapes.
        """
        if isinstance(self._values, MaskedValues):
            return {}, False
        return self._values.kept(), self._values.exact

    def keys(self) -> Hashes | None:
        """Return the set of the values that may be keys or references; None where some were not taken in."""
        return self._values.keys()

    def samples(self, limit: int) -> tuple[list[tuple[str, int]], int]:
        """Return the most frequent non-blank values (shapes when masked) with counts, and the number of values."""
        return self._values.samples(limit)

    def top(self, limit: int) -> list[TopValue]:
        """Return the most frequent non-blank values, most frequent first; shapes when the field is masked."""
        return self._values.top(limit)

    def distinct(self) -> Estimate:
        """Return the number of different non-blank values."""
        return self._values.distinct()

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; sketches go to ``blobs``."""
        return {
            "masked_as": self.masked_as,
            "types": [self.strings, self.numbers, self.booleans, self.objects, self.arrays, self.nulls],
            "values": self._values.state(blobs),
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any], blobs: BlobReader, masker: Masker) -> FieldProfile:
        """Return the profile whose :meth:`state` this is."""
        profile = cls(masker, state["masked_as"])
        (
            profile.strings,
            profile.numbers,
            profile.booleans,
            profile.objects,
            profile.arrays,
            profile.nulls,
        ) = state["types"]
        profile._values.restore(state["values"], blobs)
        profile.schedule()
        return profile
