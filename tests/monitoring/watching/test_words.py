"""What the end of an alert says: that all is well again, or only that nobody asks the model any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from monitoring.detection.discrimination import AucSettings
from monitoring.edges import Edges
from monitoring.watching import ModelWatch, WatchSettings
from monitoring.watching.watch import EVERYBODY
from monitoring.watching.words import ended, finding
from pandian.events import AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION, LABEL_FAMINE, Feedback, encode
from tests.monitoring.watching.labels import labels

NOW_MS = 1_772_360_100_000
SETTINGS = WatchSettings(window=2_000, auc=AucSettings(run_length=10_000, labels=500))


def fed(*parts: Iterator[Feedback]) -> ModelWatch:
    watch = ModelWatch(lambda _: Edges(np.linspace(0.001, 0.999, 500)), SETTINGS)
    values = [encode(one) for part in parts for one in part]
    for start in range(0, len(values), 700):
        watch.take(0, values[start : start + 700], start + 700, 60 * start)
    return watch


def test_where_it_is_well_again_the_newest_window_says_how_well() -> None:
    watch = fed(labels(12_000), labels(100, version="1 b"))
    window = watch.documents()["shop", "1"]["window"]
    segments = {one["value"]: one["window"] for one in watch.documents()["shop", "1"]["segments"]}
    floor = watch.documents()["shop", "1"]["evidence"]["floor"]
    assert ended(watch, AUC_DROP, "shop@1") == (
        f"The AUC of shop@1 is no longer too low: {window['auc']['value']:.3f} of its newest 2,000 labels,"
        f" where {floor:.3f} is asked for."
    )
    known = segments["known"]
    assert ended(watch, AUC_DROP_SEGMENT, "shop@1 user=known").startswith(
        f"The AUC of shop@1 user=known is no longer too low: {known['auc']['value']:.3f} of its newest"
        f" {known['labels']:,} labels, where 0."
    )
    assert ended(watch, CALIBRATION, "shop@1") == (
        "The probabilities of shop@1 are right again: of its newest 2,000 labels"
        f" {window['calibration']:.2f} times as many are positive as it says."
    )
    assert ended(watch, LABEL_FAMINE, EVERYBODY) == "Feedback comes again: a label is positive."


def test_what_answers_no_more_is_not_said_to_be_well() -> None:
    watch = fed(
        labels(6_000), labels(9_000, 0.2, 6_001, seed=3), labels(2_100, first=15_001, version="2", seed=5)
    )
    assert ended(watch, AUC_DROP, "shop@1") == "The alert auc-drop of shop@1 is over: shop@1 answers no more."


@pytest.mark.parametrize("subject", ["shop@3", "shop@1 b", "shop@1 user=nobody"])
def test_of_what_there_is_no_window_only_the_end_is_said(subject: str) -> None:
    watch = fed(labels(4_000), labels(100, version="1 b"))
    assert ended(watch, AUC_DROP, subject) == f"The alert auc-drop of {subject} is over."


def test_labels_that_do_not_come_are_told_with_since_when() -> None:
    watch = fed(labels(6_000))
    watch.take(0, [encode(one) for one in labels(10, first=6_001)], 6_010, NOW_MS)
    watch.tick(NOW_MS + 3_600_000)
    (one,) = (one for one in watch.standing() if one.kind == LABEL_FAMINE)
    assert finding(one).text == (
        "Feedback has stopped. No label has come since 2026-03-01 10:15 UTC, and no pause that is usual is as long."
    )
