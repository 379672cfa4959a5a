"""Values that look like a field's: each of its own with one of its last three letters or digits changed.

They tell what chance gives. Where identifiers are 1 to 1,682 without a gap, a number that is near one of them is one of
them, too, and so any small numbers are "included"; where they are sparse, hardly any near one is. It needs no
assumption on how identifiers are made: they are measured where the source's values lie, and no farther out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zlib import crc32

_LAST: Final = 3
_ALPHABETS: Final = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ROTATION: Final = {
    letter: (letters, place) for letters in _ALPHABETS for place, letter in enumerate(letters)
}


def near(texts: Sequence[str]) -> list[str]:
    """Return a text near each: as long, and the same but for one character. The same for the same texts.

    A number stays between the least and the greatest of them. Texts that do not end in letters from A to Z or digits
    have none.
    """
    numbers = [int(text) for text in texts if _is_number(text)]
    low, high = (min(numbers), max(numbers)) if numbers else (0, 0)
    found = []
    for text in texts:
        chance = crc32(text.encode("utf-8", "replace"))
        for back in (1 + chance % _LAST, 1):
            changed = _changed(text, len(text) - back, chance >> 8)
            if changed and (not _is_number(changed) or low <= int(changed) <= high):
                found.append(changed)
                break
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _changed(text: str, place: int, chance: int) -> str | None:
    """Return a text with one character exchanged for another of its alphabet; None where there is none."""
    letters, position = _ROTATION.get(text[place : place + 1], ("", 0)) if place >= 0 else ("", 0)
    if not letters:
        return None
    changed = letters[(position + 1 + chance % (len(letters) - 1)) % len(letters)]
    if changed == "0" and place == 0 and _is_number(text) and len(text) > 1:
        return None
    return text[:place] + changed + text[place + 1 :]
