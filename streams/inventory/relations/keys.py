"""Which fields are unique per record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.inventory.relations.base import VAGUE, FieldSet, Key

#: A key is there in so many records ...
_PRESENT: Final = 0.99
#: Numbers that are numbered through take at most so many times as many values as there are.
_DENSE: Final = 4
#: ... and tells so many of them apart, for sure.
UNIQUE: Final = 0.9


def single_keys(fields: Sequence[FieldSet], records: int) -> list[Key]:
    """Return the fields that tell the records apart, the surest first.

    Only identifiers are keys: a time or a price that never repeats is none.

    Args:
        fields: of the asset, those that may be keys.
        records: of the asset, header lines left out.
    """
    if records < 2:
        return []
    found = [
        Key((one.path,), one.unique, min(one.count / records, 1.0))
        for one in fields
        if "[]" not in one.path and one.count >= _PRESENT * records and _tells_apart(one)
    ]
    return sorted(found, key=lambda key: (-key.unique.estimate, key.fields))


def _tells_apart(one: FieldSet) -> bool:
    """Tell whether a field is unique.

    One whose meaning is not known has to be so throughout, and numbers have to be numbered through: a count or a sum
    that seldom repeats is none.
    """
    if one.unique.low < UNIQUE or one.semantic_type not in VAGUE:
        return one.unique.low >= UNIQUE
    dense = one.low is not None and one.high is not None and one.high - one.low <= _DENSE * one.count
    return one.unique.high >= 1 and (dense or one.semantic_type != "number")
