"""Which names codes had lately: a bounded memory for rules that compare records with earlier ones.

The codes seen last are remembered, so that both a code that comes all the time and one that lives for some records only
(an order) are compared with themselves. What is counted depends on the records and their order alone. Hashes of 32 bits
are kept, no texts.
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
#: Names remembered of each; further ones are no more told apart.
MAX_NAMES = 4
_REST = 0


class CodeMemory:
    """Codes with the names they had, and how often one came again with its usual name.

    A unit is some neighbouring records. Neighbours resemble each other (the lines of one order), so a pair of code and
    name counts once a unit.
    """

    def __init__(self) -> None:
        self.again = 0
        """How often a remembered code came again."""
        self.kept = 0
        """How often it then bore the name that it had borne most."""
        self._names: dict[int, dict[int, list[int]]] = {}
        """By code, the latest last, and name: units it was seen in, and the last of them."""

    def add(self, codes: Codes, names: Codes, units: npt.NDArray[np.int64]) -> Bools:
        """Count records; return which of them bear another name than their code usually does.

        Args:
            codes: of each record, not 0.
            names: of each record, not 0.
            units: of each record, ascending.
        """
        broken = [
            self._add(code, name, unit)
            for code, name, unit in zip(codes.tolist(), names.tolist(), units.tolist(), strict=True)
        ]
        return np.array(broken, dtype=np.bool_)

    def _add(self, code: int, name: int, unit: int) -> bool:
        known = self._names.pop(code, None)
        if known is None:
            self._names[code] = {name: [1, unit]}
            if len(self._names) > MAX_CODES:
                del self._names[next(iter(self._names))]
            return False
        self._names[code] = known
        usual = name if len(known) == 1 and name in known else _usual(known)
        kept = name if name in known or len(known) < MAX_NAMES else _REST
        pair = known.setdefault(kept, [0, -1])
        if pair[1] != unit:
            self.again += 1
            self.kept += kept == usual
            pair[0] += 1
            pair[1] = unit
        return kept != usual

    def merge(self, other: CodeMemory) -> None:
        """Add what another one counted in other records; codes are not compared between the two."""
        self.again += other.again
        self.kept += other.kept

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return JSON values; the hashes go to ``blobs``."""
        flat = [(code, name, *pair) for code, names in self._names.items() for name, pair in names.items()]
        table = np.array(flat, dtype="<i8").reshape(-1, 4)
        # One column after the other compresses well.
        columns = [table[:, place].astype(kind).tobytes() for place, kind in enumerate(_COLUMNS)]
        return [self.again, self.kept, *map(blobs.put, columns)]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.again, self.kept = state[:2]
        columns = [
            np.frombuffer(blobs.get(one), dtype=kind).tolist()
            for one, kind in zip(state[2:], _COLUMNS, strict=True)
        ]
        self._names = {}
        for code, name, units, last in zip(*columns, strict=True):
            self._names.setdefault(code, {})[name] = [units, last]


#: Of the columns code, name, units, last unit.
_COLUMNS = ("<u4", "<u4", "<u4", "<i8")


def _usual(names: dict[int, list[int]]) -> int:
    """Return the name that was there most often; of several, the first one."""
    return max(names, key=lambda name: names[name][0])
