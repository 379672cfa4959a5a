"""Values become identifiers: one text for one user or item, however a record spells it."""

from __future__ import annotations

from math import isfinite
from typing import Any

from pandian.events import MAX_ID_BYTES, NO_IDS

#: Why a value is no identifier.
MISSING, BAD = "missing", "bad"
_LONGEST_NUMBER = 40
#: Bits of whole numbers whose decimal text is surely not too long.
_LONGEST_BITS = MAX_ID_BYTES * 3


class NoIdError(ValueError):
    """A value that identifies nobody and nothing; its text is :data:`MISSING` or :data:`BAD`."""


def identifier(value: Any) -> str | None:
    """Return the identifier that a scalar spells; None when it spells that there is none.

    Numbers are their shortest decimal text: ``17850``, ``17850.0`` and ``"17850.0"`` are one user. Texts are trimmed.

    Raises:
        NoIdError: when it is none: a boolean, a fraction, not finite, or longer than
            :data:`~pandian.events.MAX_ID_BYTES` bytes.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, bool):
        raise NoIdError(BAD)
    if isinstance(value, float):
        if not isfinite(value):
            return None
        if not value.is_integer():
            raise NoIdError(BAD)
        value = int(value)
    if value.bit_length() > _LONGEST_BITS:
        raise NoIdError(BAD)
    return str(value)


def _of_text(value: str) -> str | None:
    text = value.strip()
    if text.lower() in NO_IDS:
        return None
    if text.endswith((".0", ".00")) and len(text) <= _LONGEST_NUMBER:
        whole = text.rpartition(".")[0]
        if whole.isascii() and whole.removeprefix("-").isdigit():
            return whole
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise NoIdError(BAD) from None
    if size > MAX_ID_BYTES or not text.isprintable():
        raise NoIdError(BAD)
    return text
