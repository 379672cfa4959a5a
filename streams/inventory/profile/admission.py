"""What a new value goes through before it is counted under its name: made writable, masked, clipped."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from streams.inventory.base import Masker
from streams.inventory.profile.clip import MAX_TEXT, clip
from streams.inventory.profile.numerals import Number, number_texts

#: When something among many texts looks personal, it is looked for in pieces of this many.
_PIECE = 64
#: Numbers below this have too few digits for an identity or card number.
_LONG_NUMBER = 10**11


def renamed_texts(texts: Sequence[str], masker: Masker) -> dict[str, str]:
    """Return the texts that must not be kept as they are, with what is kept instead.

    Personal parts are masked, lone surrogates (which no encoding can write) replaced, long texts clipped.
    What becomes of a text depends on that text alone.
    """
    joined = "".join(texts)
    renamed: dict[str, str] = {}
    if not joined.isascii() and writable(joined) is not joined:
        renamed = {text: writable(text) for text in texts if writable(text) is not text}
    if masker.suspicious(texts):
        _mask(texts, masker, renamed)
    if len(joined) > MAX_TEXT:
        for text in texts:
            kept = renamed.get(text, text)
            if len(kept) > MAX_TEXT:
                renamed[text] = clip(kept)
    return renamed


def _mask(texts: Sequence[str], masker: Masker, renamed: dict[str, str]) -> None:
    for start in range(0, len(texts), _PIECE):
        piece = texts[start : start + _PIECE]
        if len(texts) > _PIECE and not masker.suspicious(piece):
            continue
        for text in piece:
            kept = renamed.get(text, text)
            masked = masker.text(kept)
            if masked != kept:
                renamed[text] = masked


def writable(text: str) -> str:
    """Return the text itself, or a copy with lone surrogates replaced by ``?``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def numbers_as_texts(numbers: Sequence[Number], masker: Masker) -> dict[Number, str]:
    """Return the numbers that cannot be counted as numbers, with the text each is counted as.

    These are NaN, infinities, integers beyond the range of doubles, and numbers that the masker masks (such as a
    card number).
    """
    limit = sys.float_info.max
    texts = {number: beyond_range(number) for number in numbers if not -limit <= number <= limit}
    long = [number for number in numbers if not -_LONG_NUMBER < number < _LONG_NUMBER]
    if len(long) > len(texts):
        long = [number for number in long if number not in texts]
        names = number_texts(long)
        renamed = renamed_texts(names, masker)
        texts |= {number: renamed[name] for number, name in zip(long, names, strict=True) if name in renamed}
    return texts


def beyond_range(number: Number) -> str:
    """Return the text of NaN, of an infinity, and of an integer beyond the range of doubles."""
    if number > 0:
        return "Infinity"
    return "-Infinity" if number < 0 else "NaN"
