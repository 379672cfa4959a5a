"""Gates: whether any of thousands of texts could hold something that a finder finds, at a few ns a text.

The texts are joined once. Single signs and literals are searched at C speed; runs of digits and of token
characters are found with numpy on the joined bytes. Each test is *necessary* for its finders: what
:mod:`.finders` finds in one text always passes here, whatever texts stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from streams.inventory.masking.finders import may_hold_secret

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

#: A domain must follow the "@", letter or digit first (``\w`` of any script).
_ADDRESS = re.compile(r"@[\w-]{1,63}+\.[\w-]")
_PLUS = re.compile(r"\+[1-9](?:[ ().-]{0,2}[0-9]){6}")
#: Eight token characters in a row, as one 64-bit word of flags.
_EIGHT = np.uint64(0x0101010101010101)
#: Bytes looked at in one go: what numpy makes of them stays in the processor's cache.
_CHUNK = 1 << 16


def suspicious(texts: Sequence[str]) -> bool:
    """Tell whether a finder could find anything in any of ``texts``. May say yes too often, never no wrongly."""
    joined = "\n".join(texts)
    if "#" in joined and "&#" in joined:
        return True
    if ("@" in joined and _ADDRESS.search(joined)) or ("+" in joined and _PLUS.search(joined)):
        return True
    raw = np.frombuffer(joined.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    if _any_chunk(raw, _long_token) and may_hold_secret(joined):
        return True
    return _any_chunk(raw, _personal_number)


def _any_chunk(raw: Bytes, test: Callable[[Bytes], bool]) -> bool:
    """Test ``raw`` in chunks that overlap by more than a test looks at together."""
    return any(test(raw[start : start + _CHUNK + 32]) for start in range(0, raw.size, _CHUNK))


def _long_token(raw: Bytes) -> bool:
    """Tell whether eight characters above ``,`` stand in an aligned word.

    Every secret has 15 of them in a row, and such a run covers a whole word, wherever it begins.
    """
    flags = raw[: raw.size - raw.size % 8].view(np.int8) > ord(",")  # bytes of non-ASCII letters are negative
    return bool((flags.view(np.uint64) == _EIGHT).any())


def _personal_number(raw: Bytes) -> bool:
    """Tell whether a number looked for could stand here: a long one at all, then one of the right length."""
    digit: Flags = (raw - np.uint8(ord("0"))) < 10
    two = digit[1:] & digit[:-1]
    four = two[2:] & two[:-2]
    if not four.any():
        return False
    eight = four[4:] & four[:-4]
    if not ((eight[2:] & eight[:-2]).any() or (four[5:] & four[:-5]).any()):  # see finders.LONG_NUMBER
        return False
    edge = np.zeros(raw.size + 1, dtype=np.bool_)
    edge[0], edge[-1] = digit[0], digit[-1]
    np.not_equal(digit[1:], digit[:-1], out=edge[1:-1])
    edges = np.flatnonzero(edge)
    return _right_length(raw, edges[::2], edges[1::2])


def _right_length(raw: Bytes, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> bool:
    """Tell whether a run of digits has the length and first digit of a mobile, a card, an identity number or
    stands behind two letters as in an IBAN, or two runs are groups of a mobile or a card.
    """
    length = ends - starts
    first = raw[starts]
    mobile = (length == 11) & (first == ord("1"))
    card = (length >= 13) & (length <= 19) & (first >= ord("2")) & (first <= ord("6"))
    resident = (length == 17) | (length == 18)
    if (mobile | card | resident).any():
        return True
    grouped = (starts[1:] - ends[:-1] == 1) & (length[:-1] == 4) & ((length[1:] == 4) | (length[1:] == 6))
    if grouped.any():
        return True
    behind = starts[(length >= 2) & (starts >= 2)]
    return bool((_letter(raw[behind - 1]) & _letter(raw[behind - 2])).any())


def _letter(raw: Bytes) -> Flags:
    return ((raw | np.uint8(32)) - np.uint8(ord("a"))) < 26
