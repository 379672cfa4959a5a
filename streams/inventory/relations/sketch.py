"""The set of a field's values: a theta sketch that depends on the set alone, not on how it came about.

Dasgupta, Lang, Rhodes and Thaler, "A Framework for Estimating Stream Expression Cardinalities" (2016), from
Apache DataSketches. It keeps the hashes below a threshold theta, and so a sample of the different values that is the
same wherever a value occurs: what two sketches have in common tells what the two sets have in common.

Only what may be a key or a reference is taken in, each value judged by itself: whole numbers, and texts of at most 64
characters with at most one blank that are no dates. Prices, sentences and times cost nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from datasketches import compact_theta_sketch, theta_sketch, theta_union, update_theta_sketch

#: Hashes kept of a set that is sketched: 1,024. Shares of it are known within 4.1 % at worst (99 %).
LG_K: Final = 10
#: A sketch of all values that a field keeps one by one forgets none: up to 3,840.
_LG_K_OF_ALL: Final = 11
#: Characters of the longest text that may be a key.
LONGEST: Final = 64
#: What texts that need a closer look have in them: white space of any kind, dots and hyphens.
_MARKS: Final = frozenset(".-" + "".join(filter(str.isspace, map(chr, range(0x3001)))))
_PROBES: Final = 16

Hashes: TypeAlias = compact_theta_sketch


def keyable(texts: Sequence[str]) -> Sequence[str]:
    """Return the texts that may be keys or references, in the form in which they are compared.

    ``17850.0`` is ``17850``, as the number is. Blanks are no keys, nor are dates such as ``2010-12-01 08:26:00`` and
    numbers with a fraction.
    """
    if _MARKS.isdisjoint("".join(texts)) and max(map(len, texts), default=0) <= LONGEST:
        # Most identifiers are of letters and digits only, which is told in a fraction of the time.
        return texts if all(texts) else list(filter(None, texts))
    found = [
        text if "." not in text else _whole(text)
        for text in texts
        if len(text) <= LONGEST and text.count(" ") < 2 and text[4:8:3] != "--"
    ]
    return list(filter(str.strip, found))


def any_keyable(texts: Sequence[str]) -> bool:
    """Tell cheaply whether texts are worth a closer look: whether any of 16 from all over may be a key."""
    return bool(keyable(texts[:: -(-len(texts) // _PROBES) or 1]))


def _whole(text: str) -> str:
    """Return a text with a dot; a whole number without its fraction, and nothing for another number."""
    number, _, fraction = text.partition(".")
    if not (number.lstrip("-").isdecimal() and fraction.isdecimal()):
        return text
    return "" if fraction.strip("0") else number


def sketch_of(texts: Iterable[str]) -> Hashes:
    """Return the sketch of texts; it forgets none of up to 3,840."""
    sketch = update_theta_sketch(_LG_K_OF_ALL)
    deque(map(sketch.update, texts), maxlen=0)
    return sketch.compact()


def union(*sketches: theta_sketch) -> Hashes:
    """Return the sketch of the values of any of the sketches: the least 1,024 hashes of all."""
    both = theta_union(LG_K)
    for sketch in sketches:
        both.update(sketch)
    return both.get_result()


class ValueSet:
    """A growing set of texts of which the least 1,024 hashes count.

    What it says depends on the texts alone: not on their order or batches, nor on what was merged or restored when.
    """

    __slots__ = ("_base", "_fresh")

    def __init__(self) -> None:
        self._base: Hashes | None = None
        """What was restored or merged."""
        self._fresh: update_theta_sketch | None = None
        """What was added since."""

    def add(self, texts: Iterable[str]) -> None:
        """Add texts; one that was added before changes nothing. About 80 ns each."""
        if self._fresh is None:
            self._fresh = update_theta_sketch(LG_K)
        # The loop runs in C, here and above.
        deque(map(self._fresh.update, texts), maxlen=0)

    def merge(self, other: ValueSet) -> None:
        """Become the set of the texts of both; the other is left as it was."""
        if other._parts():
            self._base = union(*self._parts(), *other._parts())
            self._fresh = None

    def _parts(self) -> Sequence[theta_sketch]:
        return [part for part in (self._base, self._fresh) if part is not None]

    def compact(self) -> Hashes:
        """Return the sketch of all texts."""
        return union(*self._parts())

    def to_bytes(self) -> bytes:
        """Return the set in DataSketches' own compressed format, at most 8 KB; empty when nothing was added."""
        return bytes(self.compact().serialize(compress=True)) if self._parts() else b""

    def restore(self, data: bytes) -> None:
        """Take over what :meth:`to_bytes` gave."""
        self._base = compact_theta_sketch.deserialize(data) if data else None
        self._fresh = None
