"""Which windows are tested: all of them while records come slowly, every sixteenth of a fast partition.

The choice depends on how many records came before and on the times that the broker gave them, never on a clock: who
reads the partition again makes it again.
"""

from __future__ import annotations

from typing import Final

#: Records of a window.
WINDOW: Final = 1_000
#: At 2,000 records/s and more a partition is fast: a window spans half a second or less.
_FAST_MS: Final = 500
#: Of a fast partition the first 64 windows are all tested, then every 2nd, 4th, 8th, and from the 512th on every 16th.
_DENSE: Final = 64
_SPARSEST: Final = 4


def is_tested(number: int, span_ms: int | None) -> bool:
    """Tell whether a window is tested.

    Args:
        number: how many windows came before it.
        span_ms: from the first record of the window before to its own, by the broker; None where that is not known.
    """
    if span_ms is not None and span_ms > _FAST_MS:
        return True
    return number % (1 << min((number // _DENSE).bit_length(), _SPARSEST)) == 0
