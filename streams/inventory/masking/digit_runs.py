"""Runs of digits in the bytes of many texts at once, and whether one of them is a number that must be masked.

Most texts have no long number and cost a few passes over their bytes. What has the right length and first digits
is checked by vector (Luhn digit, date of birth), and what then remains (one order number in ten) for certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.inventory.masking import checks

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

_ZERO = np.uint8(ord("0"))
#: Shortest IBAN, and the longest with blanks between all its characters.
_SHORTEST_IBAN = 15
_LONGEST_IBAN = 72


class _Runs(NamedTuple):
    raw: Bytes
    start: Places
    end: Places
    size: Places

    def digit(self, place: int, low: str, high: str, among: Flags) -> Flags:
        """Tell of which runs in ``among`` the digit at ``place`` lies between ``low`` and ``high``."""
        found = among.copy()
        value = self.raw[self.start[among] + place]
        found[among] = (value >= ord(low)) & (value <= ord(high))
        return found

    def apart(self, among: Flags) -> Flags:
        """Tell which runs in ``among`` have no ASCII letter before or behind them."""
        found = among.copy()
        start, end = self.start[among], self.end[among]
        before = is_letter(self.raw[start - 1]) & (start > 0)
        behind = is_letter(self.raw[np.minimum(end, self.raw.size - 1)]) & (end < self.raw.size)
        found[among] = ~(before | behind)
        return found


def is_digit(raw: Bytes) -> Flags:
    """Tell which bytes are ASCII digits."""
    return (raw - _ZERO) < 10


def is_letter(raw: Bytes) -> Flags:
    """Tell which bytes are ASCII letters."""
    return ((raw | np.uint8(32)) - np.uint8(ord("a"))) < 26


def holds_number(raw: Bytes, lines: int) -> bool:
    """Tell whether a card, identity or mobile number or an IBAN could stand in ``raw``; never no wrongly.

    Args:
        raw: texts in UTF-8, joined by line feeds.
        lines: how many texts there are.
    """
    digit = is_digit(raw)
    two = digit[1:] & digit[:-1]
    four = two[2:] & two[:-2]
    if not four.any():
        return False
    eight = four[4:] & four[:-4]
    if not ((eight[2:] & eight[:-2]).any() or _grouped_digits(raw, two, four)):  # see finders.LONG_NUMBER
        return False
    edge = np.zeros(raw.size + 1, dtype=np.bool_)
    edge[0], edge[-1] = digit[0], digit[-1]
    np.not_equal(digit[1:], digit[:-1], out=edge[1:-1])
    edges = np.flatnonzero(edge)
    runs = _Runs(raw, edges[::2], edges[1::2], edges[1::2] - edges[::2])
    return (
        _mobile(runs, lines)
        or _grouped(runs)
        or _dialled(runs)
        or _card(runs)
        or _resident(runs)
        or _iban(runs)
    )


def _grouped_digits(raw: Bytes, two: Flags, four: Flags) -> bool:
    """Tell whether a blank, hyphen or dot stands between two digits and four: mostly it is the end of a text."""
    both = two[:-5] & four[3:]
    if not both.any():
        return False
    between = raw[np.flatnonzero(both) + 2]
    return bool(((between == ord(" ")) | (between == ord("-")) | (between == ord("."))).any())


def _mobile(runs: _Runs, lines: int) -> bool:
    """Tell whether eleven digits begin like a Chinese mobile number and are not all there is of a text."""
    if _encoded_before(runs):
        return True
    found = runs.digit(1, "3", "9", runs.digit(0, "1", "1", runs.size == 11))
    if not found.any():
        return False
    if np.count_nonzero(runs.raw == ord("\n")) != lines - 1:
        return True  # texts of several lines: a line may be digits only, its text is not
    opens = (runs.start == 0) | (runs.raw[runs.start - 1] == ord("\n"))
    closes = (runs.end == runs.raw.size) | (runs.raw[np.minimum(runs.end, runs.raw.size - 1)] == ord("\n"))
    return bool((found & ~(opens & closes)).any())


def _encoded_before(runs: _Runs) -> bool:
    """Tell whether a sign encoded for a URL (``%20``), and perhaps 86, stands before the eleven digits of a mobile."""
    for more in (1, 2):  # %A0, %20, %2B86
        found = runs.digit(more + 1, "3", "9", runs.digit(more, "1", "1", runs.size == 11 + more))
        starts = runs.start[found]
        before = starts[:, None] - np.arange(1, 4)
        if (runs.raw[np.maximum(before, 0)] == ord("%")).any():
            return True
    return False


def _grouped(runs: _Runs) -> bool:
    """Tell whether runs with a blank or hyphen between are the groups of a card (4-4-4-4, 4-6-4, 4-6-5) or of a
    mobile (3-4-4).
    """
    between = runs.raw[runs.end[:-1]]
    near = (runs.start[1:] - runs.end[:-1] == 1) & ((between == ord(" ")) | (between == ord("-")))
    pair = near[:-1] & near[1:]
    first, second, third = runs.size[:-2], runs.size[1:-1], runs.size[2:]
    mobile = runs.digit(0, "1", "1", runs.size == 3)[:-2] & (second == 4) & (third == 4)
    short_card = (first == 4) & (second == 6) & ((third == 4) | (third == 5))
    if (pair & (mobile | short_card)).any():
        return True
    fours = pair & (first == 4) & (second == 4) & (third == 4)
    return bool((fours[:-1] & fours[1:]).any())


def _dialled(runs: _Runs) -> bool:
    """Tell whether runs near each other are the groups of a North American number or a social security number
    (3-3-4, 3-2-4), or of a Chinese landline (3-8, 4-7).
    """
    between = runs.start[1:] - runs.end[:-1]
    first, second = runs.size[:-1], runs.size[1:]
    trunk = runs.digit(0, "0", "0", (runs.size == 3) | (runs.size == 4))[:-1]
    if (trunk & (between == 1) & ((second == 7) | (second == 8))).any():
        return True
    head = (first == 3) & (between <= 2) & ((second == 2) | (second == 3))
    tail = ((first == 2) | (first == 3)) & (between == 1) & (second == 4)
    return bool((head[:-1] & tail[1:]).any())


def _card(runs: _Runs) -> bool:
    """Tell whether a run of 13 to 19 digits has a valid Luhn digit and is a card."""
    plausible = runs.apart(runs.digit(0, "2", "6", (runs.size >= 13) & (runs.size <= 19)))
    for size in range(13, 20):
        starts = runs.start[plausible & (runs.size == size)]
        if not starts.size:
            continue
        values = (runs.raw[starts[:, None] + np.arange(size)] - _ZERO)[:, ::-1].astype(np.int16)
        doubled = values[:, 1::2] * 2
        total = values[:, ::2].sum(axis=1) + doubled.sum(axis=1) - 9 * (doubled > 9).sum(axis=1)
        if any(map(checks.bank_card, _texts(runs.raw, starts[total % 10 == 0], size))):
            return True
    return False


def _resident(runs: _Runs) -> bool:
    """Tell whether 18 digits, or 17 and one more sign, hold a date of birth where identity numbers have it."""
    found = (runs.size == 18) | ((runs.size == 17) & (runs.end < runs.raw.size))
    found = runs.digit(12, "0", "3", runs.digit(10, "0", "1", runs.digit(6, "1", "2", found)))
    return any(map(checks.resident_id, _texts(runs.raw, runs.start[found], 18)))


def _iban(runs: _Runs) -> bool:
    """Tell whether two letters and two digits begin an IBAN."""
    starts = runs.start[(runs.size >= 2) & (runs.start >= 2)] - 2
    starts = starts[starts + _SHORTEST_IBAN <= runs.raw.size]
    starts = starts[is_letter(runs.raw[starts]) & is_letter(runs.raw[starts + 1])]
    if not starts.size:
        return False
    window = runs.raw[starts[:, None] + np.arange(4, _SHORTEST_IBAN)]
    starts = starts[(is_letter(window) | is_digit(window) | (window == ord(" "))).all(axis=1)]
    return any(map(_is_iban, _texts(runs.raw, starts, _LONGEST_IBAN)))


def _is_iban(text: str) -> bool:
    pattern = checks.iban_pattern(text[:2].upper())
    found = pattern.match(text) if pattern else None
    return found is not None and checks.iban(found.group())


def _texts(raw: Bytes, starts: Places, size: int) -> Iterable[str]:
    return (raw[start : start + size].tobytes().decode("latin-1") for start in starts)
