"""The verdict follows from the rule that was said beforehand."""

from __future__ import annotations

import pytest

from monitoring.experiments.base import Interval
from monitoring.experiments.labels import PairLabels
from monitoring.experiments.rule import AUC, CLICKS, WINS, Compared, Measured, Rule, compare, judge
from tests.support.labelled import shadowed, tried

PAIR = ("sasrec@1", "sasrec@2")
RULE = Rule(labels=1_000)


def compared(*values: bytes, rule: Rule = RULE) -> Compared:
    labels = PairLabels(*PAIR)
    for value in values:
        labels.add(value)
    return compare(*PAIR, labels.table(), rule)


def test_in_shadow_the_auc_decides() -> None:
    found = compared(*shadowed(*PAIR, 4_000, better=0.8))
    assert (found.verdict.outcome, found.verdict.by, found.verdict.needed) == ("better", AUC, None)
    assert found.verdict.text.startswith("sasrec@2 is better than sasrec@1: AUC +0.")
    assert found.verdict.text.endswith("at all times with probability .95) on 4,000 labels that both scored")
    worse = compared(*shadowed(*PAIR, 4_000, better=-1.5))
    assert worse.verdict.outcome == "worse"


def test_where_both_are_shown_clicks_decide_and_where_pages_are_interleaved_wins_do() -> None:
    clicks = list(tried(*PAIR, 3_000, (0.1, 0.15), interleaved=False))
    found = compared(*clicks, *shadowed(*PAIR, 2_000))
    assert (found.verdict.outcome, found.verdict.by) == ("better", CLICKS)
    assert found.labels["paired"] == 2_000
    found = compared(*tried(*PAIR, 6_000, (0.1, 0.15), interleaved=True))
    assert (found.verdict.outcome, found.verdict.by) == ("better", WINS)


def test_without_labels_it_says_what_is_needed() -> None:
    found = compared()
    assert (found.verdict.outcome, found.verdict.by, found.verdict.needed) == ("undecided", AUC, 1_000)
    assert found.verdict.text == "too few labels: 0 positive labels, 50 are needed"
    document = found.document()
    assert document["labels"] == {"paired": 0, "champion": 0, "challenger": 0, "pages": 0}
    assert document["auc"]["gain"] == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "0 positive labels, 50 are needed",
    }


def measured(name: str, low: float, high: float, labels: int = 5_000) -> Measured:
    return Measured(name, labels, Interval((low + high) / 2, low, high))


@pytest.mark.parametrize(
    ("low", "high", "labels", "gain", "outcome"),
    [
        (0.01, 0.03, 5_000, 0.0, "better"),
        (0.01, 0.03, 5_000, 0.01, "undecided"),
        (0.01, 0.03, 999, 0.0, "undecided"),
        (-0.01, 0.03, 5_000, 0.0, "undecided"),
        (0.0, 0.03, 5_000, 0.0, "undecided"),
        (-0.03, -0.01, 5_000, 0.0, "worse"),
        (-0.03, -0.01, 999, 0.0, "undecided"),
    ],
)
def test_the_rule(low: float, high: float, labels: int, gain: float, outcome: str) -> None:
    rule = Rule(labels=1_000, gain=gain)
    assert judge([measured(CLICKS, low, high, labels)], rule, *PAIR).outcome == outcome


def test_another_measure_that_is_surely_worse_holds_it_up_and_none_can_push_it() -> None:
    better, worse, even = (
        measured(name, *ends)
        for name, ends in ((CLICKS, (0.01, 0.03)), (AUC, (-0.03, -0.01)), (CLICKS, (-0.01, 0.02)))
    )
    held = judge([better, worse], RULE, *PAIR)
    assert held.outcome == "undecided"
    assert "but worse by AUC -0.0200" in held.text
    assert judge([even, measured(AUC, 0.01, 0.03)], RULE, *PAIR).outcome == "undecided"


def test_how_many_labels_are_needed_still() -> None:
    # Four times the labels halve the width: then .01 is the low end's distance.
    found = judge([measured(AUC, -0.01, 0.03)], RULE, *PAIR)
    assert found.needed == 15_000
    assert judge([measured(AUC, -0.03, 0.01)], RULE, *PAIR).needed is None
    assert judge([measured(AUC, 0.01, 0.03, 400)], RULE, *PAIR).needed == 600
