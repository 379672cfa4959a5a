"""Figures of real logged feedback, against scikit-learn, a direct DeLong and a direct self-normalised estimator."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import orjson
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from benchmarks import open_bandit
from benchmarks.open_bandit import Floats, Row
from monitoring.edges import Edges
from monitoring.watching import WatchSettings
from monitoring.watching.base import Flags
from monitoring.watching.corrected import MOST, Corrected
from pandian.events import Feedback
from streams.feedback.incoming import read_impression
from tests.support.data import data_folder, needs_data

pytestmark = needs_data
#: What rounding leaves.
CLOSE = 1e-9


class Logged(NamedTuple):
    """The log, its scores and the labels that the join gave, all in one order."""

    rows: list[Row]
    scores: Floats
    edges: Edges
    labels: list[Feedback]

    def column(self, name: str) -> Any:
        return np.array([getattr(row, name) for row in self.rows])


@pytest.fixture(scope="module")
def logged() -> Logged:
    folder = data_folder()
    assert folder is not None
    rows = open_bandit.rows(folder)
    scores = open_bandit.scores(rows)
    labels = {one.impression_id: one for one in open_bandit.labelled(rows, scores)}
    names = [f"{row.campaign}-{row.number}:{row.position}" for row in rows]
    return Logged(rows, scores, open_bandit.edges_of(scores), [labels[name] for name in names])


@pytest.fixture(scope="module")
def document(logged: Logged) -> dict[str, Any]:
    return open_bandit.watched(logged.labels, logged.edges).documents()[open_bandit.NAME]


def test_a_label_is_the_click_of_its_row(logged: Logged) -> None:
    assert [one.label for one in logged.labels] == logged.column("clicked").tolist()
    assert [one.propensity for one in logged.labels] == logged.column("propensity").tolist()
    assert [one.position for one in logged.labels] == logged.column("position").tolist()
    assert sum(one.label for one in logged.labels) == 84


def delong(codes: Floats, positive: Flags, weights: Floats) -> tuple[float, float]:
    """Return the AUC and its 95 % reach in log odds from all pairs, one by one."""
    (ones, w1), (zeros, w0) = (
        (codes[one], weights[one] / weights[one].sum()) for one in (positive, ~positive)
    )
    wins = (ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros)
    value = float(w1 @ wins @ w0)
    variance = 0.0
    for shares, part in ((w1, wins @ w0), (w0, w1 @ wins)):
        alike = 1 / (shares**2).sum()
        variance += float(shares**2 @ (part - value) ** 2) * alike / (alike - 1)
    return value, 1.959963984540054 * math.sqrt(variance) / (value * (1 - value))


def check_auc(found: dict[str, Any], codes: Floats, positive: Flags, weights: Floats) -> None:
    value, reach = delong(codes, positive, weights)
    odds = math.log(value / (1 - value))
    low, high = (1 / (1 + math.exp(-odds - sign * reach)) for sign in (-1, 1))
    assert found["value"] == pytest.approx(value, abs=CLOSE)
    assert found["low"] == pytest.approx(low - found["bound"], abs=CLOSE)
    assert found["high"] == pytest.approx(high + found["bound"], abs=CLOSE)


def check(found: dict[str, Any], logged: Logged, chosen: Flags, neighbours: int) -> None:
    """Compare all figures of some labels with those that numpy and scikit-learn give of rows of the file."""
    scores, positive = logged.scores[chosen], logged.column("clicked")[chosen]
    weights = 1 / logged.column("propensity")[chosen]
    plain, corrected = found["auc"], found["corrected"]
    codes = logged.edges.codes(scores)
    for auc, weighted in ((plain, np.ones(len(scores))), (corrected["auc"], weights)):
        truth = roc_auc_score(positive, scores, sample_weight=weighted)
        assert abs(auc["value"] - truth) <= auc["bound"] + CLOSE
    check_auc(plain, codes, positive, np.ones(len(scores)))
    check_auc(corrected["auc"], codes // neighbours, positive, weights)
    for part, weighted in ((found, None), (corrected, weights)):
        assert part["log_loss"] == pytest.approx(log_loss(positive, scores, sample_weight=weighted))
        assert part["brier"] == pytest.approx(brier_score_loss(positive, scores, sample_weight=weighted))
        means = (np.average(one, weights=weighted) for one in (positive, scores))
        assert part["calibration"] == pytest.approx(np.divide(*means))
        assert part["click_rate"] == pytest.approx(np.average(positive, weights=weighted))
        assert part["purchase_rate"] == 0
    assert corrected["effective"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert (corrected["labels"], corrected["unusable"], corrected["clipped"]) == (len(scores), 0, 0)


def test_figures_in_whole_are_those_of_the_references(logged: Logged, document: dict[str, Any]) -> None:
    everything = np.ones(len(logged.rows), np.bool_)
    check(document["total"], logged, everything, 4)
    points = (logged.edges.codes(logged.scores) * 10 // logged.edges.buckets + 0.5) / 10
    rates, _ = calibration_curve(logged.column("clicked"), points, n_bins=10)
    means = [logged.scores[points == point].mean() for point in np.unique(points)]
    curve = document["total"]["curve"]
    assert [one["rate"] for one in curve] == pytest.approx(rates.tolist())
    assert [one["score"] for one in curve] == pytest.approx(means)
    assert sum(one["labels"] for one in curve) == len(logged.rows)


@pytest.mark.parametrize(
    ("segment", "value"),
    [("group", "men"), ("group", "all"), ("user", "known"), ("user", "new"), ("source", "position 2")],
)
def test_figures_of_a_segment_are_those_of_the_references(
    logged: Logged, document: dict[str, Any], segment: str, value: str
) -> None:
    of = {
        "group": logged.column("campaign") == value,
        "user": (logged.column("before") > 0) == (value == "known"),
        "source": logged.column("position") == 1,
    }
    (part,) = (one for one in document["segments"] if (one["segment"], one["value"]) == (segment, value))
    for found in (part["total"], part["window"]):
        check(found, logged, of[segment], 4)
    shown = len(np.unique(logged.column("item")[of[segment]]))
    assert part["window"]["items_shown"] == part["total"]["items_shown"]["estimate"] == shown


def test_a_window_is_of_its_labels_alone_also_after_restarts(logged: Logged) -> None:
    settings = WatchSettings(window=6_000)
    watch = open_bandit.watched(logged.labels[:13_000], logged.edges, settings)
    again = open_bandit.watched([], logged.edges, settings)
    again.restore(watch.state())
    values = [open_bandit.encode(one) for one in logged.labels[13_000:]]
    again.take(0, values, len(values), 1)
    found = again.documents()[open_bandit.NAME]
    chosen = np.zeros(len(logged.rows), np.bool_)
    chosen[12_000:18_000] = True
    weights = 1 / logged.column("propensity")[chosen]
    rate = np.average(logged.column("clicked")[chosen], weights=weights)
    window = found["window"]["corrected"]
    assert window["click_rate"] == pytest.approx(rate, rel=1e-6)
    assert window["labels"] == 6_000
    assert found["window"]["items_shown"] == len(np.unique(logged.column("item")[chosen]))
    assert found["total"]["corrected"]["labels"] == 20_000


def test_a_log_that_prefers_items_says_after_correction_what_the_random_one_does(logged: Logged) -> None:
    """Of the random policy's log each row is kept with a chance that its item decides: so another policy's log is made.

    It shows more of what gets clicked; the weights take that back.
    """
    men = logged.column("campaign") == "men"
    items, positive = logged.column("item")[men], logged.column("clicked")[men]
    names, codes = np.unique(items, return_inverse=True)
    rates = np.bincount(codes, positive) / np.bincount(codes)
    keeps = np.where(rates > np.median(rates), 0.9, 0.15)
    propensity = (keeps / keeps.sum())[codes]
    random = np.random.default_rng(3)
    zeros, plain, found = np.zeros(len(codes), np.int64), [], []
    for _ in range(200):
        kept = random.random(len(codes)) < keeps[codes]
        part = Corrected(8)
        none = np.zeros(int(kept.sum()))
        part.add(zeros[kept], none, none, positive[kept], none > 0, propensity[kept])
        found.append(part.document())
        plain.append(positive[kept].mean())
    truth = positive.mean()
    assert len(names) == 34
    assert np.mean(plain) > 1.3 * truth
    assert np.mean([one["click_rate"] for one in found]) == pytest.approx(truth, rel=0.03)
    inside = [one["click_rate_low"] <= truth <= one["click_rate_high"] for one in found]
    assert np.mean(inside) >= 0.95
    assert found[0]["effective"] < 0.7 * found[0]["labels"]


def test_propensities_that_cannot_be_are_counted_and_left_out_and_tiny_ones_cut(logged: Logged) -> None:
    wrong = [0, -0.5, 1.5, "NaN", True, [0.1]]
    shown = orjson.loads(open_bandit.encode(open_bandit.impression(logged.rows[0], 0.5)))
    read = [read_impression(orjson.dumps({**shown, "propensity": one}), 1 << 41) for one in wrong]
    propensities = [one.propensity for one in read if not isinstance(one, str)]
    assert propensities == [0.0] * len(wrong)
    assert read_impression(open_bandit.encode(shown).replace(b"0.0125", b"NaN"), 1 << 41) == "bad-json"
    known = [
        one._replace(propensity=propensity)
        for one, propensity in zip(
            logged.labels, [*propensities, *wrong[1:], 1e-5, None, 0.5, 0.25], strict=False
        )
    ]
    (found,) = open_bandit.watched(known, logged.edges).documents().values()
    corrected = found["total"]["corrected"]
    assert (corrected["labels"], corrected["unusable"], corrected["clipped"]) == (3, 11, 1)
    weights = np.array([MOST, 2, 4])
    clicks = [one.label for one in known[-4:] if one.propensity is not None]
    assert corrected["click_rate"] == pytest.approx(np.average(clicks, weights=weights))
    assert corrected["effective"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert found["total"]["labels"] == len(known)
    none = open_bandit.watched([one._replace(propensity=0.0) for one in known], logged.edges)
    assert none.documents()[open_bandit.NAME]["total"]["corrected"] == {
        "labels": 0,
        "unusable": len(known),
        "clipped": 0,
    }
