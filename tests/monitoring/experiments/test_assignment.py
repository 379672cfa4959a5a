"""Who gets the challenger: the same everywhere, for good, and as many as stated."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest

from monitoring.experiments.assignment import Split, bits

USERS = [f"user-{number}" for number in range(20_000)]
NAME = "sasrec@20260301-101500-3fa9c1"


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 1.0])
def test_as_many_users_as_stated(share: float) -> None:
    got = sum(Split(NAME, share).has(user) for user in USERS) / len(USERS)
    assert abs(got - share) <= 4 * (share * (1 - share) / len(USERS)) ** 0.5


def test_a_user_stays_when_the_share_grows() -> None:
    few, more = Split(NAME, 0.1), Split(NAME, 0.3)
    assert all(more.has(user) for user in USERS if few.has(user))


def test_the_next_challenger_gets_other_users() -> None:
    one, other = Split(NAME, 0.5), Split("sasrec@20260302-101500-aaaaaa", 0.5)
    both = np.corrcoef([[split.has(user) for user in USERS] for split in (one, other)])
    assert abs(both[0, 1]) < 0.03


def test_every_process_says_the_same() -> None:
    code = f"from monitoring.experiments.assignment import Split; print(Split({NAME!r}, .5).point('17850'))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert said == {str(Split(NAME, 0.1).point("17850"))}


def test_points_are_what_they_were() -> None:
    """A change here would move the users of every running experiment."""
    assert Split(NAME, 1).point("17850") == pytest.approx(0.3826382296319588, abs=1e-15)
    assert Split(NAME, 1).point("\ud800") < 1


def test_coins_are_fair_and_repeat() -> None:
    drawn = list(islice(bits("request"), 10_000))
    assert drawn == list(islice(bits("request"), 10_000))
    assert abs(sum(drawn) / 10_000 - 0.5) < 0.03
    assert drawn[:256] != drawn[256:512]
