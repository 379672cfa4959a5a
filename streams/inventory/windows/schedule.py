"""Which windows are tested: all of them while records come slowly, about one a second of a fast partition.

The choice depends on how many records came before and on the times that the broker gave them, never on a clock: who
reads the partition again makes it again.
"""

from __future__ import annotations

from typing import Final

#: Records of a window.
WINDOW: Final = 1_000
#: A partition is fast when a window spans less, at 1,000 records/s and more.
_SLOW_MS: Final = 1_000
#: Of a fast one the first 16 windows are all tested, then every 2nd, from the 32nd on every 4th, and so on until every
#: 64th; fewer than one a second are never tested.
_DENSE: Final = 16
_SPARSEST: Final = 6


def is_tested(number: int, span_ms: int | None) -> bool:
    """Tell whether a window is tested.

    Args:
        number: how many windows came before it.
        span_ms: from the first record of the window before to its own, by the broker; None where that is not known.
    """
    sparseness = min((number // _DENSE).bit_length(), _SPARSEST)
    if span_ms is not None:
        sparseness = min(sparseness, (_SLOW_MS // max(span_ms, 1)).bit_length())
    return number % (1 << sparseness) == 0
