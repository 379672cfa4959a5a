"""Which encoding a csv or tsv file is written in: UTF-8, unless most of its non-ASCII lines are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

_SAMPLE_LINES = 20_000


@dataclass(slots=True)
class _Evidence:
    valid: int = 0
    """Lines with non-ASCII characters that are UTF-8."""
    invalid: list[bytes] = field(default_factory=list)
    """A sample of the lines that are not."""

    def add(self, data: bytes) -> None:
        if data.isascii() or len(self.invalid) >= _SAMPLE_LINES:
            return
        for line in data.splitlines():
            self._add_line(line)

    def _add_line(self, line: bytes) -> None:
        if line.isascii():
            return
        try:
            line.decode()
        except UnicodeDecodeError:
            self.invalid.append(line)
        else:
            self.valid += 1


def detect(pieces: Iterable[bytes]) -> str:
    """Return ``utf-8``, ``gb18030``, ``cp1252`` or ``latin-1``.

    UTF-8 stands while at least as many lines speak for it as against it: the others are then bad rows. Otherwise
    the file is GB 18030 (which covers GBK) when it decodes as such and its non-ASCII bytes come in pairs of high
    bytes, as Chinese text does and Western text does not; else a Western single-byte encoding.

    Args:
        pieces: the file, or its beginning, in whole lines.
    """
    evidence = _Evidence()
    for piece in pieces:
        evidence.add(piece)
    if evidence.valid >= len(evidence.invalid):
        return "utf-8"
    text = b"\n".join(evidence.invalid)
    if _mostly_pairs(text) and _decodes(text, "gb18030"):
        return "gb18030"
    if any(0x80 <= byte <= 0x9F for byte in text) and _decodes(text, "cp1252"):
        return "cp1252"
    return "latin-1"


def _mostly_pairs(text: bytes) -> bool:
    high = sum(byte >= 0x80 for byte in text)
    paired = sum(first >= 0x80 and second >= 0x80 for first, second in pairwise(text))
    return 2 * paired >= high


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
