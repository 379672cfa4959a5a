"""Under which path a field is kept: a key of a map can be a person's number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from streams.inventory.base import Masker
from streams.inventory.profile.admission import renamed_texts

_DIGITS = re.compile(r"\d+")
#: Nine digits and more, also in groups. Eight may be a day (``sales_20240101``, ``2024-01-01``).
_NUMBER = re.compile(r"\d(?:[ ().\-/]{0,2}\d){8,}+")
#: A whole part of a path without any letter, and seven digits in a row, which may be a local number.
_BARE = re.compile(r"(?<![^.\[\]\"])[^\w.\[\]\"]*\d{7,8}[^\w.\[\]\"]*(?![^.\[\]\"])")


def kept_paths(paths: Sequence[str], masker: Masker) -> dict[str, str]:
    """Return the paths that must not be kept as they are, with what is kept instead.

    Besides what holds for all texts (see :func:`renamed_texts`), long numbers become ``9+``: so ``13870000000`` and
    ``13870000037`` are one field. What becomes of a path depends on that path alone; doing it twice is doing it once.
    """
    renamed = renamed_texts(paths, masker)
    for path in paths:
        kept = renamed.get(path, path)
        hidden = _BARE.sub(_outlined, _NUMBER.sub(_outlined, kept))
        if hidden != kept:
            renamed[path] = hidden
    return renamed


def _outlined(match: re.Match[str]) -> str:
    return _DIGITS.sub("9+", match.group())
