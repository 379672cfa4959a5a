"""Which period two models are compared on: the newest, unseen by both, and since the alarm where that is enough."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from models.config import TrainConfig
from models.data.log import InteractionLog
from models.data.split import split_by_time
from models.retraining.rule import newest

ROWS = 100_000
LOG = InteractionLog.of(np.arange(ROWS).astype(str), np.arange(ROWS).astype(str), np.arange(ROWS))


def begins(since=None, until=None, rows=ROWS):
    log = LOG.before(rows)
    champion = None if until is None else SimpleNamespace(card={"data": {"last": until}})
    found = newest(log, TrainConfig(), champion, since)
    return split_by_time(log, found.train_share, found.validation_share).test_from


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, 90_000),  # the newest tenth
        (None, 50_000, 90_000),
        (None, 94_999, 95_000),  # what the champion has not seen
        (40_000, 20_000, 90_000),  # all of the tenth is since the alarm
        (96_000, 20_000, 98_000),  # of what came since, the first half is there to learn from
        (96_000, 96_999, 98_500),  # and what the champion has seen is none of it
        (96_000, 98_999, 99_000),  # too few to be halved: what the champion has not seen
        (99_000, 20_000, 90_000),
        (200_000, 20_000, 90_000),
        (98_000, None, 99_000),
    ],
)
def test_the_newest_period(since, until, expected):
    assert begins(since, until) == expected


def test_shares_of_training_and_validation_stay_what_they_are_to_each_other():
    found = newest(LOG, TrainConfig(), None, 96_000)
    assert found.train_share / found.validation_share == pytest.approx(8)
