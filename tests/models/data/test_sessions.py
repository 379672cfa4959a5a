"""Where sessions end."""

import numpy as np
import pytest

from models.data.histories import Histories
from models.data.sessions import cut, natural_gap
from tests.support.interactions import START, log_of

MINUTE = 60_000


def visits(users=20, days=6, clicks=5, pause=MINUTE, seed=0):
    """Return clicks some minutes apart, on different days."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        for day in range(days):
            start = START + day * 1_440 * MINUTE + int(random.integers(0, 120 * MINUTE))
            at = start + np.cumsum(random.integers(pause // 4, pause * 2, clicks))
            rows += [(f"u{user}", f"i{random.integers(9)}", int(when)) for when in at]
    return Histories(log_of(rows))


def test_visits_of_different_days_are_told_apart():
    histories = visits()
    gap = natural_gap(histories)
    assert gap is not None
    assert 2 * 60 < gap < 20 * 3600
    assert cut(histories, gap).count == 20 * 6


def test_clicks_without_breaks_are_one_session():
    histories = visits(days=1)
    assert natural_gap(histories) is None
    assert cut(histories, None).count == 20


@pytest.mark.parametrize(
    "rows", [[], [("u", "a", 1)], [("u", "a", 1), ("u", "b", 1)], [("u", "a", 1), ("v", "b", 9)]]
)
def test_without_gaps_there_is_nothing_to_be_told_apart(rows):
    histories = Histories(log_of(rows))
    assert natural_gap(histories) is None
    assert cut(histories, 60.0).count == len({user for user, *_ in rows})


def test_one_gap_is_no_rule():
    rows = [("u", "a", 0), ("u", "b", 10**9)]
    assert natural_gap(Histories(log_of(rows))) is None


def test_sessions_are_numbered_by_when_they_ended():
    rows = [("u", "a", 0), ("u", "b", 1_000), ("u", "c", 90_000), ("v", "d", 500), ("v", "e", 40_000)]
    found = cut(Histories(log_of(rows)), 60.0)
    # u: a and b, then c; v: d and e, which end between them.
    assert found.numbers.tolist() == [0, 0, 2, 1, 1]
    assert found.firsts.tolist() == [0, 0, 2, 3, 3]


def test_a_gap_of_just_the_length_is_a_pause():
    rows = [("u", "a", 0), ("u", "b", 60_000)]
    histories = Histories(log_of(rows))
    assert cut(histories, 60.0).count == 1
    assert cut(histories, 59.999).count == 2
