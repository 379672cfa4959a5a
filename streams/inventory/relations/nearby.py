"""Values that look like a field's: each of its own with one of its last three letters or digits changed.

They tell what chance gives. Where identifiers are 1 to 1,682 without a gap, a number that is near one of them is one
of them, too, and so any small numbers are "included"; where they are sparse, hardly any near one is. It needs no
assumption on how identifiers are made: they are measured where the source's values lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zlib import crc32

_LAST: Final = 3
_ALPHABETS: Final = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ROTATION: Final = {
    letter: (letters, place) for letters in _ALPHABETS for place, letter in enumerate(letters)
}


def near(texts: Iterable[str]) -> list[str]:
    """Return a text near each: as long, of the same letters and digits but one. The same for the same text.

    Texts that do not end in letters or digits have none, and a number keeps its first digit from becoming 0.
    """
    return [found for text in texts if (found := _near(text))]


def _near(text: str) -> str | None:
    chance = crc32(text.encode("utf-8", "replace"))
    start = max(len(text) - _LAST, 0)
    places = [place for place in range(start, len(text)) if text[place] in _ROTATION]
    if not places:
        return None
    place = places[chance % len(places)]
    letters, position = _ROTATION[text[place]]
    changed = letters[(position + 1 + (chance >> 8) % (len(letters) - 1)) % len(letters)]
    if changed == "0" and place == 0 and len(text) > 1:
        changed = "1" if text[0] != "1" else "2"
    return text[:place] + changed + text[place + 1 :]
