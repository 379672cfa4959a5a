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
#: Of each name of a code: the name, the units it was seen in, the last of them, whether it was unusual there.
_CELLS = 4
_UNITS, _LAST, _UNUSUAL = 1, 2, 3


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
        self._names: dict[int, list[int]] = {}
        """By code, the latest last: of each of its names the :data:`_CELLS`, one name after the other.

        Most codes have one name: a dict and a list for each would take three times the memory.
        """

    def add(self, codes: Codes, names: Codes, units: npt.NDArray[np.int64]) -> Bools:
        """Count records; return which of them bear another name than their code usually does.

        Args:
            codes: of each record, not 0.
            names: of each record, not 0.
            units: of each record, ascending.
        """
        # Runs of the same pair in a unit change nothing after their first record.
        same = np.zeros(len(codes), dtype=np.bool_)
        same[1:] = (codes[1:] == codes[:-1]) & (names[1:] == names[:-1]) & (units[1:] == units[:-1])
        first = np.flatnonzero(~same)
        broken = self._add_all(codes[first].tolist(), names[first].tolist(), units[first].tolist())
        if not any(broken):
            return np.zeros(len(codes), dtype=np.bool_)
        return np.repeat(np.array(broken, dtype=np.bool_), np.diff(first, append=len(codes)))

    def _add_all(self, codes: Sequence[int], names: Sequence[int], units: Sequence[int]) -> list[bool]:
        remembered, usual, broken = self._names, 0, []
        for code, name, unit in zip(codes, names, units, strict=True):
            known = remembered.get(code)
            if known is None:
                remembered[code] = [name, 1, unit, 0]
                broken.append(False)
                if len(remembered) > MAX_CODES:
                    del remembered[next(iter(remembered))]
            elif known[0] == name and len(known) == _CELLS:
                # Nearly always: its only name, so the usual one.
                if known[_LAST] != unit:
                    known[_UNITS] += 1
                    known[_LAST] = unit
                    remembered[code] = remembered.pop(code)
                    usual += 1
                broken.append(False)
            else:
                broken.append(self._add(known, code, name, unit))
        self.again += usual
        self.kept += usual
        return broken

    def _add(self, known: list[int], code: int, name: int, unit: int) -> bool:
        at = _place(known, name)
        if known[at + _LAST] != unit:
            usual = _usual(known)
            self.again += 1
            self.kept += at == usual
            known[at + _UNITS] += 1
            known[at + _LAST] = unit
            known[at + _UNUSUAL] = int(at != usual)
            # The codes seen last are at the end.
            self._names[code] = self._names.pop(code)
        return bool(known[at + _UNUSUAL])

    def merge(self, other: CodeMemory) -> None:
        """Add what another one counted in other records; codes are not compared between the two."""
        self.again += other.again
        self.kept += other.kept

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return JSON values; the hashes go to ``blobs``."""
        flat = [
            (code, *known[at : at + _CELLS]) for code, known in self._names.items() for at in _places(known)
        ]
        table = np.array(flat, dtype="<i8").reshape(-1, len(_COLUMNS))
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
        for code, *cells in zip(*columns, strict=True):
            self._names.setdefault(code, []).extend(cells)


#: Of the columns code, name, units, last unit, unusual there.
_COLUMNS = ("<u4", "<u4", "<u4", "<i8", "<u1")


def _places(known: list[int]) -> range:
    """Return where the names of a code begin."""
    return range(0, len(known), _CELLS)


def _place(known: list[int], name: int) -> int:
    """Return where a name of a code stands; it is put in, as the rest when there are too many, where it was not."""
    at = next((at for at in _places(known) if known[at] == name), None)
    if at is None and len(known) >= MAX_NAMES * _CELLS:
        name = _REST
        at = next((at for at in _places(known) if known[at] == name), None)
    if at is None:
        at = len(known)
        known += (name, 0, -1, 0)
    return at


def _usual(known: list[int]) -> int:
    """Return where the name stands that was there most often; of several, the first one."""
    return max(_places(known), key=lambda at: known[at + _UNITS])
