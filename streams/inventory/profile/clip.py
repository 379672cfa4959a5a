"""Long values: a value of more than 256 characters is kept as its beginning, its length and a digest."""

from __future__ import annotations

import re
from hashlib import blake2b

#: Characters of a value that are kept.
MAX_TEXT = 256

_TAIL = re.compile(r"… #[0-9a-f]{16} (\d+)$")


def clip(text: str) -> str:
    """Return ``text``, or for a long one its first 256 characters with a digest and its length.

    Equal texts give equal results and different ones, but for a collision of 64 bits, different results.
    """
    if len(text) <= MAX_TEXT:
        return text
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{text[:MAX_TEXT]}… #{digest} {len(text)}"


def full_length(text: str) -> int:
    """Return the length in characters that a (possibly clipped) text had."""
    if len(text) <= MAX_TEXT:
        return len(text)
    tail = _TAIL.match(text, MAX_TEXT)
    return int(tail[1]) if tail else len(text)


def shown(text: str) -> str:
    """Return a (possibly clipped) text for people: without the digest."""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
