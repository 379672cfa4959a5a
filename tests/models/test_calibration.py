import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from export.runtime import calibrated
from models.calibration import LEAST, OTHERS, Shown, auc, calibrate, document, score_edges, show, show_again
from models.data.histories import Targets
from models.data.shown import Pages
from models.data.split import split_by_time
from tests.support.interactions import chains, log_of


def made(n=4_000, apart=1.0, users=None, seed=0):
    random = np.random.default_rng(seed)
    labels = random.random(n) < 0.25
    logits = random.normal(3 * np.where(labels, apart, 0.0), 3)
    return Shown(logits, labels, np.arange(n) if users is None else random.integers(0, users, n))


def test_the_calibration_is_that_of_logistic_regression():
    shown = made()
    slope, offset = calibrate(shown)
    other = LogisticRegression(C=1e9, tol=1e-10).fit(shown.logits[:, None], shown.labels)
    assert slope == pytest.approx(float(other.coef_[0, 0]), rel=0.01)
    assert offset == pytest.approx(float(other.intercept_[0]), rel=0.01)
    scores = calibrated(shown.logits, slope, offset)
    assert scores.mean() == pytest.approx(shown.labels.mean(), abs=1e-3)


@pytest.mark.parametrize("shift", [-1e4, 0, 1e4])
@pytest.mark.parametrize("scale", [1e-4, 1, 1e4])
def test_the_calibration_does_not_depend_on_where_logits_lie(scale, shift):
    shown = made()
    moved = Shown(shown.logits * scale + shift, shown.labels, shown.users)
    slope, offset = calibrate(moved)
    expected = calibrated(shown.logits, *calibrate(shown))
    if slope > 1.01e-3:
        assert calibrated(moved.logits, slope, offset) == pytest.approx(expected, abs=1e-6)
    assert calibrated(moved.logits, slope, offset).mean() == pytest.approx(0.25, abs=0.02)


def test_scores_rise_with_logits_even_when_those_are_upside_down():
    shown = made()
    slope, offset = calibrate(Shown(-shown.logits, shown.labels, shown.users))
    assert slope > 0
    assert calibrated(-shown.logits, slope, offset).mean() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    "shown",
    [
        Shown(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64)),
        Shown(np.zeros(9), np.ones(9, bool), np.arange(9)),
        Shown(np.zeros(9), np.zeros(9, bool), np.arange(9)),
        Shown(np.zeros(9), np.arange(9) < 3, np.arange(9)),
        Shown(np.array([1.0, 0.0]), np.array([True, False]), np.array([0, 0])),
        Shown(np.r_[np.full(5, 80.0), np.full(5, -80.0)], np.arange(10) < 5, np.arange(10)),
    ],
)
def test_whatever_was_shown_there_is_a_card(shown):
    found = document(shown)
    assert found["calibration"]["slope"] > 0
    assert np.isfinite(list(found["calibration"].values())).all()
    assert len(found["score_edges"]) == 1023
    assert (np.diff(found["score_edges"]) > 0).all()
    value = found["reference_auc"]
    assert 0 <= value["low"] <= value["value"] <= value["high"] <= 1


def test_edges_cut_scores_into_like_buckets():
    scores = np.random.default_rng(0).random(100_000)
    counts = np.bincount(np.searchsorted(score_edges(scores), scores, "right"), minlength=1024)
    assert counts.sum() == 100_000
    assert counts.min() > 80
    assert counts.max() < 115


def test_auc_is_that_of_scikit_learn():
    for shown in (made(), Shown(np.round(made().logits), made().labels, made().users)):
        assert auc(shown)["value"] == pytest.approx(roc_auc_score(shown.labels, shown.logits), abs=1e-12)


def test_the_interval_of_auc_covers_the_truth():
    truth = auc(made(400_000, seed=99))["value"]
    covered = sum(
        found["low"] <= truth <= found["high"] for found in (auc(made(400, seed=seed)) for seed in range(300))
    )
    assert 270 <= covered <= 298


def test_the_interval_grows_when_users_repeat_themselves():
    shown = made(300)
    copies = Shown(np.tile(shown.logits, 20), np.tile(shown.labels, 20), np.tile(shown.users, 20))
    one, many = auc(shown), auc(copies)
    assert many["value"] == pytest.approx(one["value"])
    assert many["high"] - many["low"] == pytest.approx(one["high"] - one["low"], rel=0.01)


def test_what_is_shown_is_the_target_among_others_by_popularity():
    log = log_of(chains())
    split = split_by_time(log)
    targets = split.validation("time")
    drawn = []

    def score(items):
        logits = np.tile(np.arange(log.n_items, dtype=np.float32), (len(items), 1))
        drawn.append(len(items))
        return logits

    shown = show(score, targets, split.train, 10, 0)
    right = shown.labels.sum()
    assert right == sum(drawn) == len(targets)
    assert 0.75 * OTHERS * right < (~shown.labels).sum() <= OTHERS * right
    found = np.bincount(shown.logits[~shown.labels].astype(int), minlength=log.n_items)
    assert np.corrcoef(found, split.train.counts())[0, 1] > 0.85


def pages(shown, each, users=40, n_items=6):
    """Pages of some items each, of users without a history, with the labels of ``shown``."""
    places = np.arange(len(shown.labels)) // each
    asked = Targets(
        np.zeros(0, np.int64),
        *np.zeros((2, places[-1] + 1), np.int64),
        np.full(places[-1] + 1, -1),
        np.arange(places[-1] + 1) % users,
    )
    return Pages(asked, places, np.arange(len(places)) % n_items, shown.labels)


def test_what_was_shown_is_looked_up_by_page_and_calibrates_to_the_rate_of_clicks():
    shown = made(3_000)
    wanted = pages(shown, each=3)
    found = show_again(lambda inputs: np.tile(np.arange(6.0), (len(inputs), 1)), wanted, 5, 6)
    assert found.really
    assert found.logits.tolist() == (np.arange(3_000) % 6).tolist()
    assert found.users.tolist() == (np.arange(3_000) // 3 % 40).tolist()
    card = document(found)["calibration"]
    assert card["shown"] == 3_000
    assert calibrated(found.logits, card["slope"], card["offset"]).mean() == pytest.approx(0.25, abs=0.02)
    assert document(shown)["calibration"]["shown"] == 0


@pytest.mark.parametrize("acted", [0, LEAST - 1, 3_000 - LEAST + 1, 3_000])
def test_too_few_labels_of_a_kind_calibrate_nothing(acted):
    labels = np.arange(3_000) < acted
    wanted = pages(Shown(np.zeros(3_000), labels, np.zeros(3_000, np.int64)), each=3)
    assert show_again(lambda inputs: np.zeros((len(inputs), 6)), wanted, 5, 6) is None
