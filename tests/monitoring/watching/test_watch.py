"""A model that is watched: each label once, figures by window and segment, alarms that begin, end and survive."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import numpy as np
import orjson
import pytest
from sklearn.metrics import log_loss, ndcg_score, roc_auc_score

from monitoring.detection.discrimination import AucSettings
from monitoring.edges import Edges
from monitoring.watching import ModelWatch, Seen, WatchSettings
from monitoring.watching.course import MOST, Course
from monitoring.watching.figures import Figures
from monitoring.watching.pairs import WholePages, one_of_a_page
from monitoring.watching.watch import EVERYBODY, WatchStateError
from pandian.events import LABEL_FAMINE, Feedback, encode
from tests.monitoring.watching.labels import labels

EDGES = Edges(np.linspace(0.001, 0.999, 500))
SETTINGS = WatchSettings(window=2_000, auc=AucSettings(run_length=10_000, labels=500))
NAME = ("shop", "1")


def fed(*parts: Iterator[Feedback], by: int = 700, watch: ModelWatch | None = None) -> ModelWatch:
    watch = watch or ModelWatch(lambda _: EDGES, SETTINGS)
    values = [encode(one) for part in parts for one in part]
    for start in range(0, len(values), by):
        end = min(len(values), start + by)
        watch.take(0, values[start:end], end, 60 * end)
    return watch


def test_figures_are_those_of_the_labels() -> None:
    known = list(labels(6_000))
    found = fed(iter(known)).documents()[NAME]
    truth, scores = [one.label for one in known], [one.score for one in known]
    total, window = found["total"], found["window"]
    assert abs(total["auc"]["value"] - roc_auc_score(truth, scores)) <= total["auc"]["bound"]
    assert total["log_loss"] == pytest.approx(log_loss(truth, scores))
    assert total["click_rate"] == pytest.approx(np.mean(truth))
    assert total["purchase_rate"] == pytest.approx(np.mean([one.action == "purchase" for one in known]))
    assert total["calibration"] == pytest.approx(np.sum(truth) / np.sum(scores))
    assert sum(point["labels"] for point in total["curve"]) == 6_000
    assert window["labels"] == 2_000
    assert (
        abs(window["auc"]["value"] - roc_auc_score(truth[4_000:], scores[4_000:])) <= window["auc"]["bound"]
    )
    assert window["items_shown"] == 31
    assert total["items_shown"]["low"] <= 31 <= total["items_shown"]["high"] <= 32
    assert {(one["value"], one["total"]["labels"]) for one in found["segments"]} == {
        ("new", 1_200),
        ("known", 4_800),
    }
    assert found["alarms"] == []


def test_the_course_has_a_point_for_each_window_and_is_bounded() -> None:
    known = list(labels(6_500))
    found = fed(iter(known)).documents()[NAME]
    assert found["first"] == min(one.arrived or one.time for one in known)
    places = [(start, start + 2_000) for start in (0, 2_000, 4_000)]
    for point, (start, end) in zip(found["course"], places, strict=True):
        part = known[start:end]
        truth, scores = [one.label for one in part], [one.score for one in part]
        assert point["low"] < point["value"] < point["high"]
        assert point["value"] == pytest.approx(roc_auc_score(truth, scores), abs=2e-3)
        assert point["time"] == sum(one.arrived or one.time for one in part) // 2_000
    course, window = Course(), Figures(4)
    window.histogram.add_batch(np.array([0, 3, 2, 1]), np.array([False, True, True, False]))
    for time in range(1_000):
        course.count(np.array([time - 1, time + 1]))
        course.roll(window)
    times = [one["time"] for one in course.document()]
    assert len(times) <= MOST
    assert set(np.diff(times).tolist()) == {16}
    course.count(np.array([2_000]))
    other = Course()
    other.restore(course.state())
    for one in (course, other):
        for _ in range(16):
            one.roll(window)
    assert other.document() == course.document() != []


def test_pages_tell_what_stood_on_top() -> None:
    order = [(0, 1), (1, 0), (2, 1), (0, 0), (1, 0), (0, 0)]
    pages = ["a", "a", "a", "b", "b", "c"]
    known = [
        encode(Feedback("x", "u", "i", label, None, 0.5, "m", "1", 1, 2, request_id=page, position=place))
        for page, (place, label) in zip(pages, order, strict=True)
    ]
    watch = ModelWatch(lambda _: EDGES, SETTINGS)
    watch.take(0, known, 6, 1)
    found = watch.documents()["m", "1"]["total"]["pages"]
    ndcg = (1 + 1 / 2) / (1 + 1 / math.log2(3))
    assert (found["pages"], found["acted"]) == (2, 1)
    assert found["precision@5"] == pytest.approx((2 / 3 + 0) / 2)
    assert found["recall@5"] == 1
    assert found["ndcg"] == pytest.approx(ndcg)


def test_pages_of_a_window_and_of_a_segment_are_those_of_scikit_learn() -> None:
    known = list(labels(6_000, first=4))
    found = fed(iter(known)).documents()[NAME]
    # The last page may go on, so it counts nowhere yet; labels of the last window are those from place 4,000 on.
    over = known[:-4]
    parts = {(one["segment"], one["value"]): one for one in found["segments"]}
    new = [one for one in over if one.segments == {"user": "new"}]
    for told, of in (
        (found["total"], over),
        (found["window"], over[3_996:]),
        (parts["user", "new"]["total"], new),
    ):
        pages = [[one.label for one in page] for _, page in groupby(of, lambda one: one.request_id)]
        acted = np.array([page for page in pages if any(page)])
        size = acted.shape[1]
        ndcg = ndcg_score(acted, np.tile(-np.arange(size), (len(acted), 1))) if size > 1 else 1
        assert (told["pages"]["pages"], told["pages"]["acted"]) == (len(pages), len(acted))
        assert told["pages"]["ndcg"] == pytest.approx(ndcg)
        assert told["pages"]["precision@5"] == pytest.approx(np.mean([np.mean(page) for page in pages]))
        assert told["pages"]["recall@5"] == 1
    assert parts["user", "new"]["window"]["items_shown"] == 31


def test_what_has_a_propensity_is_weighted_by_it() -> None:
    shown = [*labels(1_000, propensity=0.5), *labels(1_000, first=1_001, seed=2, propensity=0.05)]
    found = fed(iter(shown)).documents()[NAME]["total"]["corrected"]
    weights = np.array([1 / one.propensity for one in shown if one.propensity])
    clicks = np.array([one.label for one in shown])
    assert found["click_rate"] == pytest.approx((weights * clicks).sum() / weights.sum())
    assert found["effective"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert fed(labels(100)).documents()[NAME]["total"]["corrected"] is None


@pytest.mark.parametrize("propensity", [1e-320, 1e-160, 1e-7, 0])
def test_a_chance_that_nobody_has_outweighs_nothing(propensity: float) -> None:
    """Its inverse, or the square of that, may be more than a number holds; the watcher then ended, again and again."""
    odd = fed(labels(10, propensity=propensity), labels(100, first=11, propensity=0.5))
    watch = ModelWatch(lambda _: EDGES, SETTINGS)
    watch.restore(odd.state())
    found = watch.documents()[NAME]["total"]
    assert found["labels"] == 110
    assert found["corrected"]["labels"] == found["corrected"]["effective"] == 100


def test_a_fall_is_alarm_and_its_end_is_the_end() -> None:
    watch = fed(labels(6_000))
    assert list(watch.standing()) == []
    fed(labels(9_000, 0.2, 6_001, seed=3), watch=watch)
    whole = [one for one in watch.standing() if one.kind == "auc-drop"]
    assert [one.subject for one in whole] == ["shop@1"]
    alarm = whole[0].alarm
    assert alarm.evidence >= alarm.threshold
    assert abs(alarm.since - 6_000) < 1_500
    assert alarm.fall is not None
    assert alarm.fall > 0.1
    fed(labels(8_000, 1.0, 15_001, seed=4), watch=watch)
    assert [one for one in watch.standing() if one.kind == "auc-drop"] == []


def test_batches_and_restarts_change_nothing() -> None:
    parts = (labels(5_000), labels(4_000, 0.3, 5_001, seed=3))
    whole = fed(*parts, by=9_000)
    pieces = ModelWatch(lambda _: EDGES, SETTINGS)
    values = [encode(one) for part in (labels(5_000), labels(4_000, 0.3, 5_001, seed=3)) for one in part]
    for start in range(0, len(values), 450):
        pieces.take(0, values[start : start + 450], start + 450, 60 * (start + 450))
        state = pieces.state()
        pieces = ModelWatch(lambda _: EDGES, SETTINGS)
        pieces.restore(state)
    one, other = whole.documents()[NAME], pieces.documents()[NAME]
    assert one["alarms"] == other["alarms"]
    assert one["alarms"]
    assert one["evidence"] == other["evidence"]
    assert one["total"]["auc"] == other["total"]["auc"]
    for kind in ("total", "window"):
        assert one[kind]["pages"] == pytest.approx(other[kind]["pages"])
    for kind in ("total", "window"):
        assert one[kind]["items_shown"] == other[kind]["items_shown"]
    assert pieces.positions == {0: 9_000}


def test_what_was_written_twice_counts_once_and_rubbish_not_at_all() -> None:
    watch = fed(labels(300), labels(300))
    assert watch.documents()[NAME]["total"]["labels"] == 300
    good = orjson.loads(encode(next(labels(1, first=301))))
    bad = [
        None,
        b"rubbish",
        b"[]",
        *(
            orjson.dumps({**good, **wrong})
            for wrong in (
                {"score": 1.5},
                {"score": "x"},
                {"score": None},
                {"label": 2},
                {"time": "now"},
                {"time": 1 << 63},
                {"model": 5},
            )
        ),
    ]
    watch.take(0, bad, 999, 1)
    assert watch.outcomes == {"taken": 300, "repeat": 300, "invalid": len(bad)}
    assert watch.documents()[NAME]["total"]["labels"] == 300


def test_a_version_that_answers_no_more_has_no_alarm() -> None:
    watch = fed(labels(6_000), labels(9_000, 0.2, 6_001, seed=3))
    assert list(watch.standing())
    fed(labels(2_100, first=15_001, version="2", seed=5), watch=watch)
    assert list(watch.standing()) == []


def test_labels_of_one_kind_alone_are_no_fall() -> None:
    watch = fed(*(labels(4_000), (one for one in labels(30_000, first=4_001) if not one.label)))
    assert {one.kind for one in watch.standing()} <= {LABEL_FAMINE, "calibration"}
    assert (LABEL_FAMINE, EVERYBODY) in {(one.kind, one.subject) for one in watch.standing()}


def test_labels_that_come_no_more_are_told_by_the_broker_s_clock_alone() -> None:
    watch = fed(labels(6_000))  # of 1970, and 60 ms after each other on the way
    watch.tick(6_000 * 60 + 500_000)
    assert list(watch.standing()) == []
    watch.tick(6_000 * 60 + 700_000)
    assert [(one.kind, one.subject) for one in watch.standing()] == [(LABEL_FAMINE, EVERYBODY)]
    fed(labels(100, first=6_001), watch=watch)
    assert list(watch.standing()) == []


def test_of_many_versions_and_segments_only_so_many_are_kept() -> None:
    watch = ModelWatch(lambda _: EDGES, SETTINGS)
    for number in range(20):
        fed(labels(20, first=20 * number + 1, version=str(number)), watch=watch)
    assert len(watch.documents()) == 8
    many = [encode(one) for one in labels(500, first=401, version="x")]
    renamed = [
        orjson.dumps({**orjson.loads(one), "segments": {"group": f"g{n}"}}) for n, one in enumerate(many)
    ]
    watch.take(0, renamed, 1, 1)
    groups = {one["value"]: one["total"]["labels"] for one in watch.documents()["shop", "x"]["segments"]}
    assert len(groups) == 9
    assert groups["(others)"] == 492
    odd = orjson.dumps({**orjson.loads(many[0]), "place": 10_000, "segments": {"group": ["g"], "user": 5}})
    watch.take(0, [odd], 2, 1)
    found = watch.documents()["shop", "x"]
    assert found["total"]["labels"] == 501
    assert sum(one["total"]["labels"] for one in found["segments"]) == 500


def test_many_versions_that_came_once_do_not_push_out_the_one_that_answers() -> None:
    watch = fed(labels(300))
    for number in range(20):
        fed(labels(2, first=301 + 2 * number, version=f"build-{number}"), watch=watch)
    assert watch.documents()[NAME]["total"]["labels"] == 300


def test_of_versions_that_are_made_up_a_batch_brings_no_more_than_are_watched() -> None:
    """Each costs as much as a thousand labels, the question for its edges not counted."""
    asked: list[tuple[str, str]] = []

    def edges(name: tuple[str, str]) -> Edges:
        asked.append(name)
        return EDGES

    watch = ModelWatch(edges, SETTINGS)
    made_up = [
        one._replace(version=f"build-{number}", place=number + 1) for number, one in enumerate(labels(10_000))
    ]
    real = [one._replace(version="2", place=10_000 + number) for number, one in enumerate(labels(40), 1)]
    values = [encode(one) for one in [*made_up, *real]]
    for start in range(0, len(values), 2_008):
        watch.take(0, values[start : start + 2_008], start, start)
    assert len(asked) == 5 * 8
    # The one with most labels of a batch is among them wherever it stands.
    assert watch.documents()["shop", "2"]["total"]["labels"] == 40
    # Labels of all others came, too: that is what a famine is told by.
    assert watch._famine.read == 10_040
    assert watch.outcomes == {"taken": 79, "crowded": 9_961}


@pytest.mark.parametrize("data", [b"", b"rubbish"])
def test_a_state_that_is_none_is_refused(data: bytes) -> None:
    watch = fed(labels(100))
    with pytest.raises(WatchStateError):
        watch.restore(data)
    with pytest.raises(WatchStateError, match=r"^it was made with other settings \(PANDIAN_WATCH_"):
        ModelWatch(lambda _: EDGES, WatchSettings()).restore(watch.state())
    assert watch.documents()[NAME]["total"]["labels"] == 100


def test_of_a_page_one_positive_label_is_evidence_wherever_a_batch_is_cut() -> None:
    pages = [("a", 0), ("a", 1), ("a", 2), None, None, ("b", 0), ("b", 1), ("c", 0), ("d", 0)]
    positive = np.array([0, 1, 1, 1, 1, 1, 1, 1, 1], np.bool_)
    numbers = np.arange(9)
    seen = Seen(numbers / 10, positive, positive, numbers, numbers * np.nan, numbers, pages, [None] * 9)

    def chosen(cuts: list[int]) -> list[int]:
        held, found = WholePages(), []
        for start, end in zip([0, *cuts], [*cuts, 9], strict=True):
            over = held.take(0, seen.part(start, end))
            found += over.times[one_of_a_page(over)].tolist()
            again = WholePages()
            again.restore(orjson.loads(orjson.dumps(held.state())))
            held = again
        return found

    whole = chosen([])
    assert whole == chosen([2]) == chosen([1, 2, 6]) == chosen(list(range(1, 9)))
    assert {0, 3, 4, 7} < set(whole)
    assert len({1, 2} & set(whole)) == len({5, 6} & set(whole)) == 1
    assert 8 not in whole, "its page may go on"


def test_which_label_of_a_page_is_evidence_does_not_hang_on_its_score() -> None:
    random = np.random.default_rng(2)
    held, kept, everything = WholePages(), [], []
    for page in range(2_000):
        scores = -np.sort(-random.random(4))  # as pages are: the highest first
        whole, ones = np.arange(4), np.ones(4, np.bool_)
        shown = Seen(
            scores, ones, ones, whole, whole * np.nan, whole, [(f"p{page}", n) for n in whole], [None] * 4
        )
        over = held.take(0, shown)
        kept += over.scores[one_of_a_page(over)].tolist()
        everything += scores.tolist()
    assert len(kept) == 1_999
    assert abs(np.mean(kept) - np.mean(everything)) < 0.03


def test_users_who_like_all_or_nothing_are_no_fall() -> None:
    """Within a page scores say little, between users much: the AUC of all labels is of both, and does not fall."""
    random = np.random.default_rng(5)
    watch = ModelWatch(lambda _: EDGES, SETTINGS)
    values, number = [], 0
    for page in range(6_000):
        liking = random.normal(-1.0, 1.5)
        for position in range(6):
            number += 1
            odds = liking + random.normal(0.0, 0.3)
            happened = int(random.random() < 1 / (1 + math.exp(-odds)))
            score = 1 / (1 + math.exp(-odds))
            made = Feedback(
                f"{page}:{position}", "u", "i", happened, None, score, "shop", "1", number, number
            )
            values.append(encode(made._replace(request_id=str(page), position=position)))
    watch.take(0, values, len(values), 1)
    assert [one.kind for one in watch.standing() if one.kind == "auc-drop"] == []
    found = watch.documents()[NAME]
    assert found["evidence"]["floor"] > 0.7
