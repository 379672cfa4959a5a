"""The state that is counted in simulations: which records, and how often each, so that equality is exact."""

from __future__ import annotations

from array import array

#: Formats of the two versions of the code that run mixed.
OLD, NEW = 1, 2

_NEW_MARK = b"\x02new"


class RecordBag:
    """A multiset of record ids, in the format of an old or a new version of the code."""

    def __init__(self, version: int) -> None:
        self.format = version

    def empty(self) -> list[int]:
        return []

    def dump(self, state: list[int]) -> bytes:
        body = array("Q", state).tobytes()
        return _NEW_MARK + body if self.format == NEW else body

    def load(self, body: bytes, version: int) -> list[int]:
        if self.format == NEW and version == NEW:
            body = body.removeprefix(_NEW_MARK)
        # Old code that is made to read a new body takes what it can, as a careless parser would.
        ids = array("Q")
        ids.frombytes(body[: len(body) // 8 * 8])
        return ids.tolist()
