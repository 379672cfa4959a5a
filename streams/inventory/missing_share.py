"""How much of an asset is missing, in one figure: of the places of its usual fields, the share without a value.

A record that is none of the asset's own (a line of a log that fell into the topic, text that reads as CSV) brings
fields that no other record has, and each of them would be missing everywhere else: one such record could say that half
of the asset is missing. So a field counts where at least one record in fifty has it, and more than one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

#: Least share of its places in which a field is there at all, null or blank included.
USUAL = 0.02


class Places(NamedTuple):
    """Where a field could have a value, and where it has one."""

    places: int
    """Records without header lines; of a field inside an array, elements of that array."""
    filled: int
    """Of these, neither absent nor null nor blank."""
    there: int
    """Of these, those where it is at all, null and blank included."""

    @property
    def usual(self) -> bool:
        """Whether records that are none of the asset's own cannot be all that has it."""
        return self.there >= USUAL * self.places and (self.there > 1 or self.places <= 1)


def missing_share(fields: Mapping[str, Places]) -> float | None:
    """Return the share of the places of usual fields that have no value; None where there is no place.

    Each place counts the same, so a field inside an array counts as often as the array has elements. Where no field is
    usual (two records that share none), all count.

    Args:
        fields: by path. A field inside an array counts only where the array does.

    Guarantees: exact; between 0 and 1.
    """
    usual = [one for path, one in fields.items() if _is_usual(path, fields)]
    counted = usual if sum(one.places for one in usual) else list(fields.values())
    places = sum(one.places for one in counted)
    if not places:
        return None
    return sum(max(one.places - one.filled, 0) for one in counted) / places


def _is_usual(path: str, fields: Mapping[str, Places]) -> bool:
    """Tell whether a field is usual, and all arrays that it is in."""
    while True:
        known = fields.get(path)
        if known is not None and not known.usual:
            return False
        array = path.rfind("[]")
        if array < 0:
            return True
        path = path[:array]
