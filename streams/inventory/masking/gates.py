"""Gates: whether any of thousands of texts could hold something that a finder finds, at a few ns a text.

The texts are joined once. Single signs and literals are searched at C speed; runs of token characters and of
digits are found with numpy on the joined bytes. Each test is *necessary* for its finders: what :mod:`.finders`
finds in one text always passes here, whatever texts stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from streams.inventory.masking.digit_runs import Bytes, Flags, holds_number, is_digit, is_letter
from streams.inventory.masking.finders import AT, ENCODED_AT, LONG_NUMBER, may_hold_secret

_PLUS = re.compile(r"\+[1-9](?:[ ().-]{0,2}[0-9]){6}")
#: Four flags in a row, as one 32-bit word.
_FOUR = np.uint32(0x01010101)
#: Texts, and characters, looked at in one go: small enough for the processor's cache, and for their memory to be
#: used again instead of going back to the system.
_TEXTS = 2_048
_CHARACTERS = 1 << 17
#: Up to so many characters, one search is faster than the fixed cost of working on arrays.
_SHORT = 256


def suspicious(texts: Sequence[str]) -> bool:
    """Tell whether a finder could find anything in any of ``texts``. May say yes too often, never no wrongly."""
    return any(_block(texts[start : start + _TEXTS]) for start in range(0, len(texts), _TEXTS))


def _block(texts: Sequence[str]) -> bool:
    joined = "\n".join(texts)
    if len(joined) > _CHARACTERS and len(texts) > 1:
        half = len(texts) // 2
        return _block(texts[:half]) or _block(texts[half:])
    if _signed(joined):
        return True
    if len(joined) <= _SHORT and not LONG_NUMBER.search(joined) and not may_hold_secret(joined, keys=True):
        return False
    raw = np.frombuffer(joined.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    if _long_token(raw) and may_hold_secret(joined, keys=_long_key(raw)):
        return True
    return holds_number(raw, lines=len(texts))


def _signed(joined: str) -> bool:
    """Tell whether there is a sign, with what stands behind it, without which some things are not."""
    return bool(
        ("#" in joined and "&#" in joined)
        or ("@" in joined and AT.search(joined))
        or ("+" in joined and _PLUS.search(joined))
        or ("%" in joined and ENCODED_AT.search(joined))
    )


def _long_token(raw: Bytes) -> bool:
    """Tell whether 15 characters above ``,`` could stand in a row: every secret has them."""
    return _fifteen(raw.view(np.int8) > ord(","))  # bytes of non-ASCII letters are negative


def _long_key(raw: Bytes) -> bool:
    """Tell whether 15 letters and digits could stand in a row."""
    return _fifteen(is_letter(raw) | is_digit(raw))


def _fifteen(flags: Flags) -> bool:
    """Tell whether three aligned words of four flags are full: 15 flags in a row fill them wherever they begin."""
    full = flags[: flags.size - flags.size % 4].view(np.uint32) == _FOUR
    return bool((full[2:] & full[1:-1] & full[:-2]).any())
