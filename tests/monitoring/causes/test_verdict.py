"""Data, behaviour or the model itself, also where nothing in the data moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from monitoring.causes import Alarm, Lineage, Scores, explain
from monitoring.causes.verdict import moved

SINCE, NOW = 10_000_000, 14_000_000
ALARM = Alarm("sasrec@1", SINCE, NOW, 0.05, 200_000)


def scores(mean: float, count: int = 5_000) -> list[int]:
    """Return scores by bucket, of a bell about a mean."""
    drawn = np.random.default_rng(count).normal(mean, 1.0, count)
    return np.bincount(np.clip(drawn * 8 + 32, 0, 63).astype(int), minlength=64).tolist()


def asked(answered: Scores | None, since: int | None) -> tuple[str, str]:
    found = explain(replace(ALARM, scores=answered), [], Lineage({}, since))
    return found.verdict, found.text


@pytest.mark.parametrize(
    ("answered", "since", "verdict", "word"),
    [
        (None, SINCE + 100_000, "model", "new"),
        (None, 1_000, "unknown", "Nothing is known"),
        (Scores(scores(0.0, 40_000), scores(0.0), 0.71), 1_000, "behaviour", "nor its scores"),
        (Scores(scores(0.0, 40_000), scores(0.0), 0.71), None, "unknown", "Nothing is known"),
        (Scores(scores(0.0, 40_000), scores(0.6), 0.71), 1_000, "model", "its scores did"),
        (Scores(scores(0.0, 40_000), scores(0.0), 0.42), 1_000, "model", "wrong way round"),
        (Scores(scores(0.0, 40_000), scores(0.6, 300), 0.71), 1_000, "unknown", "Nothing is known"),
    ],
)
def test_where_no_data_moved_the_scores_tell_people_from_the_model(
    answered: Scores | None, since: int | None, verdict: str, word: str
) -> None:
    found, text = asked(answered, since)
    assert found == verdict
    assert word in text


@pytest.mark.parametrize("after", [[0, 0, 0, 5_000], [0] * 64])
def test_scores_in_few_buckets_are_compared(after: Sequence[int]) -> None:
    before = [5_000, 0, 0, 0] if len(after) == 4 else scores(0.0)
    after = after if sum(after) else scores(0.05)
    assert moved(Scores(before, after)) is (len(after) == 4)
