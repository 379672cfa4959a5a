"""The document that says on ``pandian.quarantine`` why a record was not counted, without showing what it held."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

import orjson

from streams.decode.base import Reject

#: Characters of an excerpt.
EXCERPT_CHARACTERS: Final = 120
#: Bytes of an original that are kept at most: in base64 they stay below Kafka's usual limit of 1 MB a message.
ORIGINAL_BYTES: Final = 700_000

_CJK = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record comes from."""

    topic: str
    topic_id: str
    """Kafka's id of the topic: a topic made again under the same name has another."""
    partition: int
    offset: int


def document(
    reject: Reject, value: bytes | None, origin: Origin, time_ms: int, *, keep_original: bool = False
) -> bytes:
    """Return the JSON document of one rejected record.

    Args:
        reject: why it was rejected.
        value: the record's bytes; None for a tombstone.
        origin: where it comes from.
        time_ms: when it was rejected, in epoch milliseconds UTC.
        keep_original: add the bytes themselves (``original``, base64, the first 700,000; ``size`` tells whether
            that is all). They may hold personal data.

    Returns:
        UTF-8 JSON: ``topic``, ``topic_id``, ``partition``, ``offset``, ``reason`` (a code of
        :mod:`streams.decode.reasons`), ``detail``, ``excerpt`` (see :func:`excerpt`), ``size`` in bytes, ``time``.
    """
    fields: dict[str, str | int] = {
        "topic": origin.topic,
        "topic_id": origin.topic_id,
        "partition": origin.partition,
        "offset": origin.offset,
        "reason": reject.reason,
        "detail": reject.detail,
        "excerpt": excerpt(value or b""),
        "size": len(value or b""),
        "time": time_ms,
    }
    if keep_original and value is not None:
        fields["original"] = b64encode(value[:ORIGINAL_BYTES]).decode()
    return orjson.dumps(fields)


def excerpt(value: bytes) -> str:
    r"""Return the shape of the first characters of a value, from which nothing personal can be read.

    Latin, Greek, Cyrillic and other letters become ``x`` or ``X``, Chinese characters ``字``, digits ``9``; ASCII
    punctuation and blanks stay, control characters are written as ``\x0a``; bytes that are not UTF-8 (perhaps
    text in another encoding) and everything else become ``?``. At most 120 characters; a cut ends in ``…``.
    """
    text = value[: 4 * EXCERPT_CHARACTERS + 4].decode("utf-8", errors="replace")
    shape = "".join(map(_mask, text[: EXCERPT_CHARACTERS + 1]))
    if len(shape) <= EXCERPT_CHARACTERS:
        return shape
    return shape[: EXCERPT_CHARACTERS - 1] + "…"


def _mask(character: str) -> str:
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if character.isalpha():
        return _mask_letter(character, code)
    if character.isnumeric():
        return "9"
    return character if code < 0x7F else "?"


def _mask_letter(character: str, code: int) -> str:
    if any(first <= code <= last for first, last in _CJK):
        return "字"
    return "X" if character.isupper() else "x"
