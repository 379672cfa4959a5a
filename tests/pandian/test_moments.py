"""Moments in words, whatever a record says that the time is."""

from __future__ import annotations

import pytest

from pandian.moments import moment


@pytest.mark.parametrize(
    ("epoch_ms", "said"),
    [
        (0, "1970-01-01 00:00 UTC"),
        (1_772_360_159_999, "2026-03-01 10:15 UTC"),
        ((1 << 53) - 1, "287396-10-12T08:59:00.991 UTC"),
        (-(1 << 53), "-283457-03-21T15:00:59.008 UTC"),
    ],
)
def test_a_moment_is_said_to_the_minute(epoch_ms: int, said: str) -> None:
    assert moment(epoch_ms) == said
